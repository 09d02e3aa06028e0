"""Codebooks: themes with their definitions, versioned."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from labelled_data.errors import CodebookError
from labelled_data.strict_yaml import read_model

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHIPPED = Path(__file__).parent / "codebooks"

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Example(BaseModel):
    """A short comment that shows what a theme means.

    Attributes:
        text: The comment.
        note: Why it carries the theme, or which theme it carries instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Line
    note: Line


class Theme(BaseModel):
    """One code of a codebook.

    Attributes:
        id: Short name in snake_case, unique in the codebook.
        name: Plain name for people.
        definition: What a comment must say to carry the theme.
        includes: What else belongs to it.
        excludes: What does not, and where it goes instead.
        group: Heading it stands under.
        source_label: Exact name in the published data it is imported from.
        included_examples: Comments that carry it.
        excluded_examples: Comments that do not, and where they go instead.
        boundary_examples: Comments at its edge, and how they are decided.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: Line
    definition: Line
    includes: Line | None = None
    excludes: Line | None = None
    group: Line | None = None
    source_label: Annotated[str, StringConstraints(min_length=1)] | None = None
    included_examples: tuple[Example, ...] = ()
    excluded_examples: tuple[Example, ...] = ()
    boundary_examples: tuple[Example, ...] = ()


class Codebook(BaseModel):
    """A versioned set of themes.

    Attributes:
        id: Short name in snake_case.
        name: Plain name for people.
        version: As its authors number it.
        unit: What is coded, such as "one comment".
        source: Where the themes come from.
        themes: In the order that every output keeps.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: Line
    version: Line
    unit: Line
    source: Line | None = None
    themes: Annotated[tuple[Theme, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_unique_themes(self) -> Self:
        labels = [theme.source_label for theme in self.themes if theme.source_label is not None]
        for kind, values in (("theme id", self.theme_ids), ("source label", labels)):
            for value, times in Counter(values).items():
                if times > 1:
                    raise ValueError(f"the {kind} {value!r} stands {times} times")
        return self

    @property
    def theme_ids(self) -> tuple[str, ...]:
        """Ids of the themes in codebook order."""
        return tuple(theme.id for theme in self.themes)

    def theme(self, theme_id: str) -> Theme:
        """Gives the theme with an id.

        Raises:
            CodebookError: If the codebook has no such theme.
        """
        for theme in self.themes:
            if theme.id == theme_id:
                return theme
        raise CodebookError(f"codebook {self.id!r} has no theme {theme_id!r}")

    def in_order(self, theme_ids: Iterable[str]) -> tuple[str, ...]:
        """Puts theme ids into codebook order, each once.

        Raises:
            CodebookError: If the codebook lacks one of them.
        """
        wanted = {self.theme(theme_id).id for theme_id in theme_ids}
        return tuple(theme_id for theme_id in self.theme_ids if theme_id in wanted)


def load_codebook(path: str | Path) -> Codebook:
    """Reads a codebook from a YAML file.

    Args:
        path: The file.

    Returns:
        The codebook, validated.

    Raises:
        CodebookError: If the file cannot be read, is not YAML, repeats a key, or does not describe
            a codebook.
    """
    return read_model(Path(path), Codebook, "a codebook", CodebookError)


@cache
def shipped_codebook(codebook_id: str) -> Codebook:
    """Gives a codebook that comes with Sayso.

    Raises:
        CodebookError: If none has this id.
    """
    if codebook_id not in shipped_codebooks():
        known = ", ".join(shipped_codebooks())
        raise CodebookError(f"there is no codebook {codebook_id!r}; those shipped are: {known}")
    return load_codebook(_SHIPPED / f"{codebook_id}.yaml")


def shipped_codebooks() -> tuple[str, ...]:
    """Gives the ids of the codebooks that come with Sayso, in alphabetical order."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))
