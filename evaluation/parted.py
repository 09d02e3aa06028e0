"""Predictions parted by group, with sums over the comments and over resamples of responses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evaluation.bootstrap import resampled_sums
from evaluation.errors import InvalidPredictionsError
from evaluation.estimates import percentile_estimate
from evaluation.group_figures import MINIMUM_SUPPORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evaluation.estimates import Estimate, EvaluationSettings
    from evaluation.groupings import Grouping
    from evaluation.predictions import Flags, Floats, Predictions

UNREAD = ("empty", "not_english")


@dataclass(frozen=True, eq=False)
class Parted:
    """Predictions by group.

    Args:
        predictions: The tagger's answers.
        grouping: The group of each comment.
        settings: How many resamples, and the seed.
        responses: For each comment a number, the same for those of one response; None where each
            is a response of its own.

    Raises:
        InvalidPredictionsError: There is not one group, or not one response, per comment.
    """

    predictions: Predictions
    grouping: Grouping
    settings: EvaluationSettings
    responses: Sequence[int] | None

    def __post_init__(self) -> None:
        members, comments = self.grouping.members, len(self.predictions)
        for told, name in ((members, "groups"), (self.responses, "responses")):
            if told is not None and len(told) != comments:
                raise InvalidPredictionsError(f"{len(told)} {name} for {comments} comments")

    @property
    def inside(self) -> Flags:
        """Which group each comment is of, shape (n_comments, n_groups)."""
        inside: Flags = self.grouping.members[:, None] == np.arange(len(self.grouping.groups))
        return inside

    @property
    def known(self) -> Flags:
        """Which groups are groups rather than missing, shape (n_groups,)."""
        return np.array([not group.missing for group in self.grouping.groups])

    @property
    def read(self) -> Flags:
        """Which comments the tagger read, shape (n_comments,)."""
        statuses = self.predictions.statuses
        if statuses is None:
            return np.ones(len(self.predictions), dtype=bool)
        return ~np.isin(np.asarray(statuses, dtype=str), UNREAD)

    def counted(self, flags: Flags) -> NDArray[np.int64]:
        """Count comments by group.

        Args:
            flags: Shape (n_comments, k).

        Returns:
            Shape (n_groups, k).
        """
        counted: NDArray[np.int64] = self.inside.T.astype(np.int64) @ flags
        return counted

    def compared(self, support: NDArray[np.int64]) -> Flags:
        """Say where a group, and everyone else with a known group, have enough examples.

        Args:
            support: Examples by group, shape (n_groups, k).
        """
        known = self.known[:, None]
        elsewhere = (support * known).sum(axis=0) - support
        enough: Flags = (support >= MINIMUM_SUPPORT) & (elsewhere >= MINIMUM_SUPPORT)
        return enough & known

    def totals(self, columns: NDArray[np.generic]) -> Floats:
        """Sum columns over all comments first, and then over those of each resample.

        Args:
            columns: Shape (n_comments, k).

        Returns:
            Shape (1 + resamples, k).
        """
        if self.responses is not None:
            columns = _by_response(columns, self.responses)
        whole = columns.sum(axis=0, keepdims=True)
        return np.concatenate([whole, resampled_sums(columns, self.settings)])


def estimate(values: Floats) -> Estimate:
    """Give the estimate of a figure of shape (1 + resamples,), whose first is its value."""
    return percentile_estimate(values[0], values[1:])


def _by_response(columns: NDArray[np.generic], responses: Sequence[int]) -> Floats:
    numbers, place = np.unique(np.asarray(responses), return_inverse=True)
    sums = np.zeros((len(numbers), columns.shape[1]))
    np.add.at(sums, place, columns)
    return sums
