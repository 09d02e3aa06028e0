"""Two models of one codebook beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.errors import ConflictError
from service.model_figures import measured

if TYPE_CHECKING:
    from evaluation.estimates import Estimate
    from models import Tagger
    from service.model_figures import Measured


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of both.

    Attributes:
        first: Of the first model; None where it has none.
        second: Of the second.
    """

    first: Estimate | None
    second: Estimate | None

    @property
    def difference(self) -> float | None:
        """The second less the first; None where either is undefined."""
        values = [each.value for each in (self.first, self.second) if each is not None]
        if len(values) < 2 or values[0] is None or values[1] is None:
            return None
        return values[1] - values[0]


@dataclass(frozen=True, slots=True)
class ThemeChange:
    """One theme in both.

    Attributes:
        theme: Its id.
        name: Its name.
        recall: Its recall.
        precision: Its precision.
        f1: Its F1.
    """

    theme: str
    name: str
    recall: Change
    precision: Change
    f1: Change


@dataclass(frozen=True, slots=True)
class Changes:
    """Two models of one codebook.

    Attributes:
        overall: Words on a figure over all themes, and the figure.
        by_theme: Each theme of the second's codebook.
        same_test: Whether all that an artefact tells of its test is the same in both: the files
            its comments were kept out of, as what share, and how many carry each theme.
        differing_files: Names of the data files that are not the same in both.
    """

    overall: tuple[tuple[str, Change], ...]
    by_theme: tuple[ThemeChange, ...]
    same_test: bool
    differing_files: tuple[str, ...]


def changes(first: Tagger, second: Tagger) -> Changes:
    """Set two models beside each other.

    Raises:
        ConflictError: They give themes of different codebooks, or one was not measured.
    """
    if first.codebook.id != second.codebook.id:
        raise ConflictError(
            f"{first.manifest.id!r} gives themes of {first.codebook.id!r} and"
            f" {second.manifest.id!r} of {second.codebook.id!r}: their figures say nothing of"
            " each other"
        )
    before, after = _known(first), _known(second)
    names = ("micro", "macro"), ("f1", "recall", "precision")
    overall = tuple(
        (
            f"{average}-{'F1' if figure == 'f1' else figure}",
            Change(
                getattr(getattr(before.overall, average), figure),
                getattr(getattr(after.overall, average), figure),
            ),
        )
        for average in names[0]
        for figure in names[1]
    )
    differing = _differing_files(first, second)
    return Changes(overall, _by_theme(second, before, after), _same_test(first, second), differing)


def _known(tagger: Tagger) -> Measured:
    found = measured(tagger)
    if found is None:
        raise ConflictError(f"how good {tagger.manifest.id!r} is was not measured")
    return found


def _by_theme(tagger: Tagger, before: Measured, after: Measured) -> tuple[ThemeChange, ...]:
    def of(theme: str, figure: str) -> Change:
        pair = (each.of_theme(theme) for each in (before, after))
        return Change(*(None if rates is None else getattr(rates, figure) for rates in pair))

    return tuple(
        ThemeChange(
            theme.id,
            theme.name,
            recall=of(theme.id, "recall"),
            precision=of(theme.id, "precision"),
            f1=of(theme.id, "f1"),
        )
        for theme in tagger.codebook.themes
    )


def _same_test(first: Tagger, second: Tagger) -> bool:
    return _told_of_test(first) == _told_of_test(second)


def _told_of_test(tagger: Tagger) -> tuple[object, ...]:
    training, found = tagger.manifest.training, _known(tagger)
    support = {each.theme: each.support for each in found.by_theme}
    return training.data_sha256, training.test_share, found.comments, support


def _differing_files(first: Tagger, second: Tagger) -> tuple[str, ...]:
    one, other = (each.manifest.training.data_sha256 for each in (first, second))
    return tuple(sorted(name for name in one | other if one.get(name) != other.get(name)))
