"""Months from one to another, taken together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from service.counts.measures import Flags, Ints, Part, Subject


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """Neighbours among the n nodes of a dimension that are in order, taken together.

    From place i up to, but without, place j of the dimension; what a table tells of each stands in
    a row of its own beside those of the K nodes and of everyone, see `service.counts.bounds`.

    Attributes:
        part: The dimension; None where there is none whose nodes may be taken together.
        rows: Shape (n + 1, n + 1), the row of each range; of everyone where it is empty or turned
            round.
        asked: Shape (n + 1, n + 1), the ranges of several nodes that a table may be of: those who
            stand in no place of the order are in none.
        more: How many rows there are beside those of nodes and of everyone.
    """

    part: Part | None
    rows: Ints
    asked: Flags
    more: int

    @classmethod
    def of(cls, subject: Subject) -> Ranges:
        """Find the ranges of a subject's dimensions."""
        everyone = len(subject.told.values)
        for part in subject.parts:
            if part.joined and part.partition:
                return cls._in(part, subject.missing[part.places], everyone)
        return cls(None, np.empty((0, 0), np.int64), np.empty((0, 0), dtype=bool), 0)

    @classmethod
    def _in(cls, part: Part, missing: Flags, everyone: int) -> Ranges:
        """Number ranges; those without a place in the order come last in it."""
        many = part.end - part.first
        start, end = np.indices((many + 1, many + 1))
        rows = np.full((many + 1, many + 1), everyone)
        one, several = end - start == 1, (end - start > 1) & (end - start < many)
        rows[one] = part.first + start[one]
        rows[several] = everyone + 1 + np.arange(several.sum())
        ordered = many - int(missing.sum())
        asked = (end - start > 1) & (end <= ordered)
        return cls(part, rows, asked, int(several.sum()))

    @property
    def places(self) -> slice:
        """Its nodes among all."""
        return slice(0, 0) if self.part is None else self.part.places

    @property
    def later(self) -> Flags:
        """Which ranges hold any node."""
        later: Flags = np.triu(np.ones(self.rows.shape, dtype=bool), 1)
        return later

    def sums(self, numbers: Ints) -> Ints:
        """Sum (K,) numbers of nodes over each range, shape (n + 1, n + 1); nought if empty."""
        until = np.concatenate([[0], np.cumsum(numbers[self.places])])
        return np.where(self.later, until[None, :] - until[:, None], 0)
