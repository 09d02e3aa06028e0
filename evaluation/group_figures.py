"""How a tagger does for one group of people, set against how it does for everyone else."""

from __future__ import annotations

from evaluation.estimates import Estimate, Result

MINIMUM_SUPPORT = 10
"""Comments with a theme that a group, and everyone else, need to be compared. Resamples of fewer
are so alike that the interval is too narrow: where all agree it is a single point."""

MATERIAL_DIFFERENCE = 0.05
"""Recall that may be lost before it is said of a count. At a recall near 0.8 it makes a share one
sixteenth too low, as 20% becomes 19%; less is small beside the intervals of the shares."""


class RecallCompared(Result):
    """Recall of a group, set against that of everyone else whose group is known.

    Args:
        recall: Share of the true themes that were predicted.
        elsewhere: The same of everyone else; None where the two are not compared.
        difference: Recall less recall elsewhere.
        materially_worse: Whether it is, by `evaluation.recall_tests.is_materially_worse`.
    """

    recall: Estimate
    elsewhere: float | None = None
    difference: Estimate = Estimate(value=None)
    materially_worse: bool = False


class GroupTheme(RecallCompared):
    """Recall of one theme in a group.

    Args:
        theme: Id of the theme.
        true_comments: Comments of the group that carry it.
    """

    theme: str
    true_comments: int


class GroupFigures(RecallCompared):
    """Figures of one group's comments, pooled over themes, with bootstrap intervals.

    Args:
        group: Its id, or why people have none.
        name: Plain name for people.
        missing: Whether it tells why there is no group: such a row is compared with nothing.
        comments: Comments of the group.
        true_themes: Themes people gave them: the base of recall.
        predicted_themes: Themes the tagger gave them: the base of precision.
        read: Share of the comments that the tagger read, rather than finding them empty or in
            another language. Recall is over all of them: what is not read is not found.
        precision: Share of the predicted themes that are true.
        calibration_gap: Mean score less the share of themes that are true, over the comments that
            were read and all themes; above 0 the tagger promises too much.
        calibration_error: Expected calibration error over the same; None for too few comments.
        by_theme: Themes that the group and everyone else have at least `MINIMUM_SUPPORT` comments
            of, in codebook order.
    """

    group: str
    name: str
    missing: bool
    comments: int
    true_themes: int
    predicted_themes: int
    read: Estimate
    precision: Estimate
    calibration_gap: Estimate
    calibration_error: float | None
    by_theme: tuple[GroupTheme, ...] = ()
