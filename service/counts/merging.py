"""Putting together what each person says in each part of their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Element = TypeVar("Element", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Rows in runs of one person and one part of their answers each.

    Attributes:
        order: The rows, run by run.
        starts: Where in `order` each run begins; None where every run is one row.
    """

    order: NDArray[np.intp]
    starts: NDArray[np.intp] | None

    def first(self, column: NDArray[Element]) -> NDArray[Element]:
        """Give a column's value in the first row of each run."""
        return column[self.order if self.starts is None else self.order[self.starts]]

    def together(self, bits: NDArray[Element]) -> NDArray[Element]:
        """Give the bits that stand in any row of each run."""
        bits = bits[self.order]
        if self.starts is None or not len(bits):
            return bits
        joined: NDArray[Element] = np.bitwise_or.reduceat(bits, self.starts)
        return joined


def runs(rows: NDArray[np.intp], of: NDArray[np.intp], *parts: NDArray[Any]) -> Runs:
    """Find rows of the same person, and in the same parts.

    Args:
        rows: Each person's together, in ascending order of people.
        of: Shape (n,); the person of each row there is.
        parts: Shapes (n,); whole numbers from 0 on.
    """
    key = of[rows]
    if parts:
        several = _several(key)
        for part in parts:
            key = key * (int(part.max(initial=0)) + 1) + part[rows]
        order = several[np.argsort(key[several], kind="stable")]
        rows = rows.copy()
        rows[several], key[several] = rows[order], key[order]
    another = np.diff(key) != 0
    if another.all():
        return Runs(rows, None)
    return Runs(rows, np.concatenate(([0], np.flatnonzero(another) + 1)))


def _several(people: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give the rows of people who have more than one: nobody else's need sorting."""
    again = np.diff(people) == 0
    return np.flatnonzero(np.append(again, False) | np.insert(again, 0, False))
