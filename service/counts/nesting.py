"""Dimensions that follow from one another: whoever knows the one knows the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.counts.tallies import Dimension, Tallies

_PARTING = ("characteristic", "site", "period")
_FEWEST = 2


def apart(tallies: Tallies) -> Tallies:
    """Leave out each dimension that follows from an earlier one, or that one from it.

    Where every group of a region is of one region's systems, sums of the systems' numbers are those
    of the regions: two levels of the same thing, which would give each other's small numbers away.
    Only what is known counts: that nobody's group is known of both is no reason.

    Args:
        tallies: A survey's numbers.

    Returns:
        The same, without these dimensions and their nodes.
    """
    kept: list[Dimension] = []
    for dimension in tallies.dimensions:
        if not any(_follow(tallies, dimension, earlier) for earlier in kept):
            kept.append(dimension)
    return tallies if len(kept) == len(tallies.dimensions) else _only(tallies, kept)


def _follow(tallies: Tallies, one: Dimension, other: Dimension) -> bool:
    """Tell whether each known group of the one stands in one group of the other, or the reverse."""
    if one.kind not in _PARTING or other.kind not in _PARTING:
        return False
    crossed = tallies.base_pairs[np.ix_(_known(one), _known(other))] > 0
    crossed = crossed[crossed.any(axis=1)][:, crossed.any(axis=0)]
    if min(crossed.shape) < _FEWEST:
        return False
    return bool((crossed.sum(axis=1) == 1).all() or (crossed.sum(axis=0) == 1).all())


def _known(dimension: Dimension) -> list[int]:
    return [
        dimension.first + place for place, node in enumerate(dimension.nodes) if not node.missing
    ]


def _only(tallies: Tallies, kept: list[Dimension]) -> Tallies:
    places: NDArray[np.intp] = np.concatenate(
        [np.arange(each.first, each.first + len(each.nodes)) for each in kept]
    )
    firsts = np.cumsum([0, *(len(each.nodes) for each in kept)])
    return replace(
        tallies,
        dimensions=tuple(
            replace(each, first=int(first)) for each, first in zip(kept, firsts, strict=False)
        ),
        partition=tuple(
            whole
            for each, whole in zip(tallies.dimensions, tallies.partition, strict=True)
            if each in kept
        ),
        base=tallies.base[places],
        count=tallies.count[:, places],
        base_pairs=tallies.base_pairs[np.ix_(places, places)],
        count_pairs=tallies.count_pairs[:, places][:, :, places],
    )
