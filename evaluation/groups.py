"""Measuring a tagger's errors for each equality group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evaluation.calibration import expected_calibration_error, reliability
from evaluation.estimates import EvaluationSettings, ratio
from evaluation.group_figures import GroupFigures
from evaluation.group_themes import group_themes
from evaluation.parted import Parted, estimate
from evaluation.recall_tests import is_materially_worse, p_fewer_found

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from evaluation.groupings import Grouping
    from evaluation.predictions import Flags, Floats, Predictions

ENOUGH_TO_BIN = 100
"""Comments that an expected calibration error needs: with fewer it is mostly chance, which can only
raise it."""


def evaluate_by(
    predictions: Predictions,
    grouping: Grouping,
    settings: EvaluationSettings | None = None,
    responses: Sequence[int] | None = None,
) -> tuple[GroupFigures, ...]:
    """Measure the comments of each group, and set its recall against everyone else's.

    Everyone else has a known group. Intervals are percentile bootstrap intervals (Efron and
    Tibshirani 1993, chapter 13) over responses, since neither the themes of a comment nor the
    comments of a response are separate trials. A difference is of two recalls in one resample.

    Args:
        predictions: The tagger's answers, one for each comment, equal comments among them.
        grouping: The group of each comment.
        settings: How many resamples, the seed, and the bins of the calibration.
        responses: For each comment a number, the same for those of one response; None where each
            is a response of its own.

    Returns:
        Groups that comments are of, in order, and then why others have none.

    Raises:
        InvalidPredictionsError: There is not one group, or not one response, per comment.
    """
    parted = Parted(predictions, grouping, settings or EvaluationSettings(), responses)
    sums, themes = _sums(parted), group_themes(parted)
    compared = parted.compared(parted.counted(predictions.truth.max(axis=1, keepdims=True)))
    return tuple(
        GroupFigures(
            group=grouping.groups[place].id,
            name=grouping.groups[place].name,
            missing=grouping.groups[place].missing,
            calibration_error=_calibration_error(parted, place),
            by_theme=themes[place],
            **sums.figures(place, compared[:, 0]),
        )
        for place in np.unique(grouping.members).tolist()
    )


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums by group, shape (1 + resamples, n_groups): over all comments, then over each resample.

    Attributes:
        known: Which groups are groups rather than missing, shape (n_groups,).
        comments: Comments.
        read: Those that were read.
        found: True themes that were predicted.
        true: True themes.
        said: Predicted themes.
        excess: Scores of comments that were read, less their true themes.
        decisions: How many scores these are.
    """

    known: Flags
    comments: Floats
    read: Floats
    found: Floats
    true: Floats
    said: Floats
    excess: Floats
    decisions: Floats

    def figures(self, place: int, compared: Flags) -> dict[str, Any]:
        """Give the figures of a group by name.

        Args:
            place: Its place among the groups.
            compared: Which groups are compared with everyone else, shape (n_groups,).
        """
        told = {
            "comments": int(self.comments[0, place]),
            "true_themes": int(self.true[0, place]),
            "predicted_themes": int(self.said[0, place]),
            "read": estimate(ratio(self.read, self.comments)[:, place]),
            "recall": estimate(ratio(self.found, self.true)[:, place]),
            "precision": estimate(ratio(self.found, self.said)[:, place]),
            "calibration_gap": estimate(ratio(self.excess, self.decisions)[:, place]),
        }
        return told | self._comparison(place) if compared[place] else told

    def _comparison(self, place: int) -> dict[str, Any]:
        others = self.known & (np.arange(len(self.known)) != place)
        here = self.found[:, place], self.true[:, place]
        rest = self.found[:, others].sum(axis=1), self.true[:, others].sum(axis=1)
        elsewhere = ratio(*rest)
        difference = estimate(ratio(*here) - elsewhere)
        p_value = p_fewer_found(*(each[:1] for each in (*here, *rest)))[0]
        return {
            "elsewhere": float(elsewhere[0]),
            "difference": difference,
            "materially_worse": is_materially_worse(difference, float(p_value)),
        }


def _sums(parted: Parted) -> _Sums:
    truth, predicted = parted.predictions.truth, parted.predictions.predicted
    excess = (parted.predictions.scores - truth).sum(axis=1)
    columns = (
        np.ones(len(truth)),
        parted.read,
        (truth & predicted).sum(axis=1),
        truth.sum(axis=1),
        predicted.sum(axis=1),
        np.where(parted.read, excess, 0),
        parted.read * truth.shape[1],
    )
    inside = parted.inside
    totals = parted.totals(np.hstack([inside * column[:, None] for column in columns]))
    return _Sums(parted.known, *np.split(totals, len(columns), axis=1))


def _calibration_error(parted: Parted, place: int) -> float | None:
    rows = (parted.grouping.members == place) & parted.read
    if rows.sum() < ENOUGH_TO_BIN:
        return None
    truth, scores = parted.predictions.truth[rows], parted.predictions.scores[rows]
    return expected_calibration_error(reliability(truth, scores, parted.settings.bins))
