"""The tagger's errors per equality group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluation.errors import InvalidPredictionsError
from evaluation.estimates import Estimate, Result, wilson_estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.predictions import Flags, Predictions


class GroupFigures(Result):
    """Micro recall and precision of one group's comments, with Wilson 95% intervals.

    The intervals take each theme of a comment as a separate trial. Themes of one comment go
    together, so the truth is somewhat less certain than they say.

    Args:
        comments: Comments of the group.
        true_themes: Themes people gave them: the base of recall.
        predicted_themes: Themes the tagger gave them: the base of precision.
        recall: Share of the true themes that were predicted.
        precision: Share of the predicted themes that are true.
    """

    comments: int
    true_themes: int
    predicted_themes: int
    recall: Estimate
    precision: Estimate


def evaluate_by(predictions: Predictions, groups: Sequence[str]) -> dict[str, GroupFigures]:
    """Measure the comments of each group.

    Args:
        predictions: The tagger's answers.
        groups: One group per comment. Missing groups are groups too: name them.

    Returns:
        Figures by group, groups in alphabetical order.

    Raises:
        InvalidPredictionsError: If there is not one group per comment.
    """
    if len(groups) != len(predictions):
        raise InvalidPredictionsError(f"{len(groups)} groups for {len(predictions)} comments")
    members = np.asarray(groups, dtype=object)
    return {
        str(group): _figures(predictions.truth[rows], predictions.predicted[rows])
        for group in sorted(set(groups))
        for rows in [members == group]
    }


def _figures(truth: Flags, predicted: Flags) -> GroupFigures:
    found, true, said = (int(each.sum()) for each in (truth & predicted, truth, predicted))
    return GroupFigures(
        comments=len(truth),
        true_themes=true,
        predicted_themes=said,
        recall=wilson_estimate(found, true),
        precision=wilson_estimate(found, said),
    )
