"""Counting rows by every pair of many axes, without going through them once a pair."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_MOST_CELLS = 1 << 16
"""Cells whose counts stay in a processor's nearer caches."""


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """What rows are parted by.

    Attributes:
        first: Where its nodes begin among those of all axes.
        size: How many nodes it has.
        places: Shape (u,); the node of each row, from 0.
    """

    first: int
    size: int
    places: NDArray[np.intp]

    @property
    def nodes(self) -> slice:
        """Where its nodes are among those of all axes."""
        return slice(self.first, self.first + self.size)


Crossing = tuple[int, ...]
"""Places of one axis, or of two that are crossed."""


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """Axes whose nodes are all crossed at once, so that many crossings of two are sums over it.

    Attributes:
        axes: Their places, in ascending order.
        crossings: What it is summed to.
    """

    axes: tuple[int, ...]
    crossings: tuple[Crossing, ...]


def packs(
    sizes: Sequence[int], crossings: Iterable[Crossing], most: int = _MOST_CELLS
) -> list[Pack]:
    """Part crossings into few packs of not too many cells.

    Args:
        sizes: How many nodes each axis has.
        crossings: What is wanted; each comes in one pack.
        most: Cells of a pack, unless one crossing alone has more.
    """
    left, found = list(crossings), []
    while left:
        axes = set(left[0])
        for crossing in left[1:]:
            wider = axes.union(crossing)
            if prod(sizes[axis] for axis in wider) <= most:
                axes = wider
        inside = tuple(crossing for crossing in left if axes.issuperset(crossing))
        found.append(Pack(tuple(sorted(axes)), inside))
        left = [crossing for crossing in left if crossing not in inside]
    return found


def cells(axes: Sequence[Axis]) -> NDArray[np.intp]:
    """Give each row's place among the crossed nodes of axes, the last one's moving fastest."""
    cell = axes[0].places
    for axis in axes[1:]:
        cell = cell * axis.size + axis.places
    return cell


def add_sums(
    pairs: NDArray[np.int64], axes: Sequence[Axis], pack: Pack, counts: NDArray[np.intp]
) -> None:
    """Sum a pack's counts to its crossings, and add these in their places.

    Args:
        pairs: Shape (K, K); added to symmetrically, and for one axis on the diagonal.
        axes: All there are.
        pack: Which of them the counts are of.
        counts: By cell, as `cells` numbers them.
    """
    counts = counts.reshape([axes[axis].size for axis in pack.axes])
    for crossing in pack.crossings:
        others = tuple(place for place, axis in enumerate(pack.axes) if axis not in crossing)
        sums = counts.sum(axis=others)
        if len(crossing) == 1:
            nodes = np.arange(axes[crossing[0]].size) + axes[crossing[0]].first
            pairs[nodes, nodes] += sums
        else:
            one, other = (axes[axis].nodes for axis in sorted(crossing))
            pairs[one, other] += sums
            pairs[other, one] += sums.T
