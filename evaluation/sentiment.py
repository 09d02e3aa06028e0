"""Whether the tagger hears how positive or negative a comment is as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evaluation.bootstrap import resampled_sums
from evaluation.estimates import (
    Estimate,
    EvaluationSettings,
    Result,
    mean_defined,
    percentile_estimate,
    ratio,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.predictions import Floats
    from labelled_data import DistinctComments
    from models import Prediction

Sentiments: TypeAlias = NDArray[np.int64]

SCALE = (1, 2, 3, 4, 5)
"""From very positive to very negative."""
UNTOLD = 0
"""Stands in place of a sentiment where none is told."""


class SentimentFigures(Result):
    """Sentiment of the comments of which person and tagger both told it.

    Intervals are bootstrap intervals over comments.

    Args:
        comments: Their number.
        accuracy: Share with the person's sentiment.
        mean_absolute_error: How many steps of the scale lie between the two, on average.
        macro_mean_absolute_error: Mean of the former over the sentiments that persons gave, which
            a tagger that always says the commonest does not get low (Baccianella, Esuli and
            Sebastiani 2009, *Evaluation measures for ordinal regression*).
        confusion: Comments by the person's sentiment and then by the tagger's.
    """

    comments: int
    accuracy: Estimate
    mean_absolute_error: Estimate
    macro_mean_absolute_error: Estimate
    confusion: dict[int, dict[int, int]]


def told_sentiments(data: DistinctComments) -> Sentiments:
    """Give the sentiments people told: the mean, to the nearest step; halves to the worse one.

    Returns:
        1 to 5, shape (n_comments,); `UNTOLD` where nobody told.
    """
    known = ~np.isnan(data.sentiments)
    return np.where(known, np.floor(np.where(known, data.sentiments, UNTOLD) + 0.5), UNTOLD).astype(
        np.int64
    )


def said_sentiments(answers: Sequence[Prediction]) -> Sentiments:
    """Give the sentiments a tagger told, shape (n_comments,); `UNTOLD` where it told none."""
    return np.array([answer.sentiment or UNTOLD for answer in answers], dtype=np.int64)


def measure_sentiment(
    told: Sentiments, said: Sentiments, settings: EvaluationSettings
) -> SentimentFigures | None:
    """Measure sentiment where both told it.

    Args:
        told: What people told, see `told_sentiments`.
        said: What the tagger told, see `said_sentiments`.
        settings: How many resamples, and the seed.

    Returns:
        None where there is no comment of which both told.
    """
    both = (told != UNTOLD) & (said != UNTOLD)
    if not both.any():
        return None
    told, said = told[both], said[both]
    given = told[:, None] == np.array(SCALE)
    columns = np.column_stack([told == said, given, given * np.abs(told - said)[:, None]])
    point = _figures(columns.sum(axis=0).astype(float))
    draws = _figures(resampled_sums(columns, settings))
    names = ("accuracy", "mean_absolute_error", "macro_mean_absolute_error")
    estimates = {
        name: percentile_estimate(point[place], draws[place]) for place, name in enumerate(names)
    }
    return SentimentFigures(comments=len(told), confusion=_confusion(told, said), **estimates)


def _figures(sums: Floats) -> Floats:
    """Give the three figures, shape (3, ...), from sums of the columns, shape (..., 11)."""
    right, given, steps = np.split(sums, [1, 1 + len(SCALE)], axis=-1)
    comments = given.sum(axis=-1)
    return np.stack(
        [
            ratio(right[..., 0], comments),
            ratio(steps.sum(axis=-1), comments),
            mean_defined(ratio(steps, given)),
        ]
    )


def _confusion(told: Sentiments, said: Sentiments) -> dict[int, dict[int, int]]:
    counts = np.zeros((len(SCALE), len(SCALE)), dtype=np.int64)
    np.add.at(counts, (told - 1, said - 1), 1)
    return {
        one: dict(zip(SCALE, row, strict=True))
        for one, row in zip(SCALE, counts.tolist(), strict=True)
    }
