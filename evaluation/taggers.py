"""Measuring a tagger on labelled comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluation.predictions import Predictions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labelled_data import DistinctComments, LabelledComment
    from models import OperatingPoint, Prediction, Tagger

BATCH = 256


def themes_with(
    comments: Sequence[LabelledComment], themes: Sequence[str], minimum: int
) -> tuple[str, ...]:
    """Give the themes that at least ``minimum`` labelled comments carry, in codebook order."""
    counts = dict.fromkeys(themes, 0)
    for comment in comments:
        for theme in comment.themes:
            counts[theme] += 1
    return tuple(theme for theme in themes if counts[theme] >= minimum)


def predictions_of(
    tagger: Tagger, data: DistinctComments, operating_point: OperatingPoint | str = "balanced"
) -> Predictions:
    """Tag comments and put the answers beside what people said.

    Args:
        tagger: The tagger.
        data: Comments whose targets have a column for each theme of the tagger's codebook.
        operating_point: Which thresholds to use.

    Returns:
        Scores of 0 stand for comments the tagger did not read.
    """
    answers: list[Prediction] = []
    for start in range(0, len(data), BATCH):
        part = slice(start, start + BATCH)
        answers += tagger.tag(data.texts[part], data.questions[part], operating_point)
    themes = tagger.codebook.theme_ids
    unread = (0.0,) * len(themes)
    return Predictions(
        truth=data.labels,
        scores=np.array([answer.scores or unread for answer in answers]),
        predicted=np.array([[theme in answer.themes for theme in themes] for answer in answers]),
        themes=themes,
        statuses=[answer.status.value for answer in answers],
    )


def restricted(predictions: Predictions, themes: Sequence[str]) -> Predictions:
    """Leave only some themes, in their order."""
    columns = [predictions.themes.index(theme) for theme in themes]
    return Predictions(
        truth=predictions.truth[:, columns],
        scores=predictions.scores[:, columns],
        predicted=predictions.predicted[:, columns],
        themes=tuple(themes),
        statuses=predictions.statuses,
    )
