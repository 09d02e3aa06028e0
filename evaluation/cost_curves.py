"""What recall costs in comments to read.

Lowering a threshold finds more of a theme's comments and flags more comments for a person to read.
Each point of a curve is the highest threshold that reaches a recall of 5%, 10% … 100%: thresholds
are quantiles of the scores of the comments that carry the theme, so the points lie evenly along the
recall however rare the theme is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluation.estimates import Result

if TYPE_CHECKING:
    from evaluation.predictions import Flags, Floats, Predictions

STEPS = 20


class CostPoint(Result):
    """What one threshold gives.

    Args:
        threshold: Themes with a score of at least this are flagged.
        recall: Share of the true themes flagged.
        precision: Share of the flagged themes that are true.
        share_read: Share of comments with a theme flagged, which a person would read.
        flags_per_comment: Flagged themes per comment, read or not.
    """

    threshold: float
    recall: float
    precision: float
    share_read: float
    flags_per_comment: float


class CostCurve(Result):
    """Points from the highest threshold to the lowest; none where no comment carries the theme."""

    points: tuple[CostPoint, ...]

    def reading_cost(self, at_recall: float) -> float | None:
        """Share of comments to read to reach a recall.

        Args:
            at_recall: From 0 to 1. Between two points the dearer one answers.

        Returns:
            The share, or None where the recall is undefined.
        """
        enough = (point.share_read for point in self.points if point.recall >= at_recall)
        return next(enough, None)


class CostCurves(Result):
    """The curve of one threshold for all themes, and each theme's own."""

    overall: CostCurve
    by_theme: dict[str, CostCurve]


def cost_curve(truth: Flags, scores: Floats) -> CostCurve:
    """Trace recall against comments to read.

    Args:
        truth: Shape (n_comments, n_themes); one theme is one column.
        scores: The same shape.
    """
    carried = np.sort(scores[truth])[::-1]
    # whole-number ceiling: the fewest true themes that reach each step of recall
    ranks = -(-np.arange(1, STEPS + 1) * len(carried) // STEPS) - 1
    thresholds = np.unique(carried[ranks])[::-1] if len(carried) else carried
    return CostCurve(points=tuple(_point(truth, scores, float(each)) for each in thresholds))


def cost_curves(predictions: Predictions) -> CostCurves:
    """Trace the curve over all themes and of each theme."""
    truth, scores = predictions.truth, predictions.scores
    by_theme = {
        theme: cost_curve(truth[:, [i]], scores[:, [i]])
        for i, theme in enumerate(predictions.themes)
    }
    return CostCurves(overall=cost_curve(truth, scores), by_theme=by_theme)


def _point(truth: Flags, scores: Floats, threshold: float) -> CostPoint:
    flagged = scores >= threshold
    found = int((flagged & truth).sum())
    return CostPoint(
        threshold=threshold,
        recall=found / int(truth.sum()),
        precision=found / int(flagged.sum()),
        share_read=float(flagged.any(axis=1).mean()),
        flags_per_comment=float(flagged.sum(axis=1).mean()),
    )
