"""Comparing two models on a file of labelled comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.comparison import ComparedModel, ModelAnswers, compare_answers
from evaluation.errors import DifferentCodebooksError
from evaluation.labelled import measurable
from evaluation.polarity import said_polarities, told_polarities
from evaluation.taggers import answered, answers_of, with_themes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evaluation.comparison import Comparison
    from evaluation.labelled import LabelledFile
    from labelled_data import Codebook, DistinctComments
    from models import Tagger


def compare_models(
    new: Tagger, old: Tagger, labelled: LabelledFile, operating_point: str = "balanced"
) -> Comparison:
    """Say what a model gains and loses against another on the same labelled comments.

    Of the test part, only comments count that both models' training left aside.

    Raises:
        DifferentCodebooksError: The models have not the same themes.
        NothingToMeasureError: The part has no comment, or no theme has enough examples.
        DataError: The file cannot be read as what it is said to be.
    """
    common, left_out = common_themes(new.codebook, old.codebook)
    book = _with_themes_of_both(new.codebook, old.codebook)
    comments = labelled.read(book)
    # a text kept for the test at one share is kept at every larger one
    share = min(each.manifest.training.test_share for each in (new, old))
    data, themes = measurable(labelled, comments, book.theme_ids, share)
    themes = tuple(theme for theme in themes if theme in common)
    if not themes:
        raise labelled.too_few_examples()
    kept = with_themes(data, [book.theme_ids.index(theme) for theme in themes])
    before, after = (_answers(each, kept, themes, operating_point) for each in (old, new))
    return compare_answers(before, after, told_polarities(kept), left_out=left_out)


def common_themes(new: Codebook, old: Codebook) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the ids of the themes that two codebooks share, and of those only one of them has.

    Raises:
        DifferentCodebooksError: They are not versions of one codebook and their themes differ, or
            they share none.
    """
    common = _among(new.theme_ids, old.theme_ids)
    only_new, only_old = _missing(new.theme_ids, common), _missing(old.theme_ids, common)
    differ = bool(only_new or only_old)
    if (differ and new.id != old.id) or not common:
        told = "; ".join(
            f"only {book.id!r} has {', '.join(themes)}"
            for book, themes in ((new, only_new), (old, only_old))
            if themes
        )
        raise DifferentCodebooksError(f"the models' codebooks differ: {told}")
    return common, only_new + only_old


def _among(themes: Iterable[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(theme for theme in themes if theme in others)


def _missing(themes: Iterable[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(theme for theme in themes if theme not in others)


def _with_themes_of_both(new: Codebook, old: Codebook) -> Codebook:
    """A codebook by which comments coded with either version can be read."""
    dropped = tuple(theme for theme in old.themes if theme.id not in new.theme_ids)
    return new.model_copy(update={"themes": new.themes + dropped})


def _answers(
    tagger: Tagger, data: DistinctComments, themes: tuple[str, ...], operating_point: str
) -> ModelAnswers:
    manifest, book = tagger.manifest, tagger.codebook
    answers = answers_of(tagger, data, operating_point)
    return ModelAnswers(
        model=ComparedModel(
            id=manifest.id,
            version=manifest.version,
            codebook=book.id,
            codebook_version=book.version,
        ),
        predictions=answered(answers, book, data, themes),
        polarity=said_polarities(answers, themes),
    )
