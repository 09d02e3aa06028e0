"""Whether the tagger hears how a theme is spoken of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evaluation.bootstrap import share_estimates
from evaluation.estimates import Estimate, EvaluationSettings, Result
from labelled_data import BLAME, PRAISE, Polarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labelled_data import DistinctComments
    from models import Prediction

Places: TypeAlias = NDArray[np.int64]

POLARITIES = tuple(Polarity)
UNTOLD = -1
"""Stands in place of a polarity where none is told."""


class ThemePolarity(Result):
    """Polarity of one theme's tags.

    Args:
        theme: Its id.
        tags: Comments in which person and tagger gave it and told its polarity.
        accuracy: Share of these with the person's polarity.
    """

    theme: str
    tags: int
    accuracy: Estimate


class PolarityFigures(Result):
    """Polarity of the tags that person and tagger both gave, where both told it.

    Args:
        tags: Their number, a comment counting once for each theme.
        accuracy: Share with the person's polarity, with a bootstrap interval over comments.
        confusion: Tags by the person's polarity and then by the tagger's.
        by_theme: Figures of each theme that has such a tag, codebook order.
    """

    tags: int
    accuracy: Estimate
    confusion: dict[Polarity, dict[Polarity, int]]
    by_theme: tuple[ThemePolarity, ...]


def told_polarities(data: DistinctComments) -> Places:
    """Give the polarities people told, as at least half of them heard praise and blame.

    Returns:
        Places in `POLARITIES`, shape (n_comments, n_themes); `UNTOLD` where nobody told, or most
        people did not give the theme.
    """
    praise, blame = (data.polarity[..., each] >= 0.5 for each in (PRAISE, BLAME))
    heard = (Polarity.MIXED, Polarity.POSITIVE, Polarity.NEGATIVE)
    places = np.select(
        [praise & blame, praise, blame],
        [POLARITIES.index(each) for each in heard],
        POLARITIES.index(Polarity.NEUTRAL),
    )
    told = data.labels & ~np.isnan(data.polarity[..., PRAISE])
    return np.where(told, places, UNTOLD)


def said_polarities(answers: Sequence[Prediction], themes: Sequence[str]) -> Places:
    """Give the polarities a tagger told.

    Args:
        answers: One a comment.
        themes: Theme ids, the columns of what is given.

    Returns:
        Places in `POLARITIES`, shape (n_comments, n_themes); `UNTOLD` where the theme was not
        given, or no polarity with it.
    """
    said = np.full((len(answers), len(themes)), UNTOLD)
    columns = {theme: column for column, theme in enumerate(themes)}
    for row, answer in enumerate(answers):
        for tag in answer.tags:
            if tag.polarity is not None and tag.theme in columns:
                said[row, columns[tag.theme]] = POLARITIES.index(tag.polarity)
    return said


def measure_polarity(
    told: Places, said: Places, themes: Sequence[str], settings: EvaluationSettings
) -> PolarityFigures | None:
    """Measure polarity where both told it.

    Args:
        told: What people told, see `told_polarities`.
        said: What the tagger told, see `said_polarities`.
        themes: Ids of the themes, the columns of both.
        settings: How many resamples, and the seed.

    Returns:
        None where there is no comment and theme of which both told.
    """
    both = (told != UNTOLD) & (said != UNTOLD)
    if not both.any():
        return None
    right = both & (told == said)
    return PolarityFigures(
        tags=int(both.sum()),
        accuracy=_pooled(right, both, settings),
        confusion=_confusion(told[both], said[both]),
        by_theme=tuple(
            ThemePolarity(theme=theme, tags=int(tags), accuracy=share)
            for theme, tags, share in zip(
                themes, both.sum(axis=0), share_estimates(right, both, settings), strict=True
            )
            if tags
        ),
    )


def polarity_gain(told: Places, old: Places, new: Places, settings: EvaluationSettings) -> Estimate:
    """Give how much more accurate one tagger is than another on the tags of which all told.

    Args:
        told: What people told, see `told_polarities`.
        old: What the one tagger told, see `said_polarities`.
        new: What the other told.
        settings: How many resamples, and the seed.

    Returns:
        Accuracy of the new less that of the old; undefined where there is no such tag.
    """
    shared = (told != UNTOLD) & (old != UNTOLD) & (new != UNTOLD)
    gained = ((new == told).astype(np.int64) - (old == told)) * shared
    return _pooled(gained, shared, settings)


def _pooled(
    part: NDArray[np.generic], whole: NDArray[np.generic], settings: EvaluationSettings
) -> Estimate:
    """Divide sums over all themes."""
    (share,) = share_estimates(
        part.sum(axis=1, keepdims=True), whole.sum(axis=1, keepdims=True), settings
    )
    return share


def _confusion(told: Places, said: Places) -> dict[Polarity, dict[Polarity, int]]:
    counts = np.zeros((len(POLARITIES), len(POLARITIES)), dtype=np.int64)
    np.add.at(counts, (told, said), 1)
    return {
        one: dict(zip(POLARITIES, row, strict=True))
        for one, row in zip(POLARITIES, counts.tolist(), strict=True)
    }
