"""Counts looked up among a survey's margins and crossings, rather than counted anew."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from service.counts.counting import ExactCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from service.counts.protection import Places
    from service.counts.slices import Slices
    from service.counts.tallies import Tallies

_PAIR = 2
_NOBODY = (0, 0, 0, 0, 0)


def tallied(tallies: Tallies, slices: Slices, by: tuple[str, ...]) -> ExactCounts | None:
    """Look up the counts of a table's cells.

    Args:
        tallies: The survey's numbers; it has no weights.
        slices: What the table is to these.
        by: What people are parted by, as the query has it.

    Returns:
        The counts, without coverage; None where they are not there to be looked up: months that
        are taken together, of a survey in which people answered in several.
    """
    cells = tuple(product(*(dimension.nodes for dimension in slices.by)))
    if not all(_adds_up(tallies, places) for places in (*slices.base, *slices.polarity)):
        return None
    base = [_base(tallies, slices.of_base(cell)) for cell in cells]
    count = [_count(tallies, slices.of_count(cell)) for cell in cells]
    return ExactCounts(by, cells, np.array(base), np.stack(count), None, None, None, _NOBODY)


def _adds_up(tallies: Tallies, places: Places) -> bool:
    """Tell whether nodes taken together hold as many people as each of them in all."""
    if len(places) == 1:
        return True
    return any(
        whole and all(each.first <= place < each.first + len(each.nodes) for place in places)
        for each, whole in zip(tallies.dimensions, tallies.partition, strict=True)
    )


def _base(tallies: Tallies, slices: Sequence[Places]) -> int:
    if not slices:
        return tallies.everyone
    if len(slices) < _PAIR:
        return int(tallies.base[list(slices[0])].sum())
    return int(tallies.base_pairs[np.ix_(list(slices[0]), list(slices[1]))].sum())


def _count(tallies: Tallies, slices: Sequence[Places]) -> NDArray[np.int64]:
    if not slices:
        return tallies.total
    of_first = tallies.count[:, list(slices[0])]
    if len(slices) == _PAIR:
        crossed = tallies.count_pairs[:, list(slices[0])][:, :, list(slices[1])]
        of_first = crossed.sum(axis=2)
    found: NDArray[np.int64] = of_first.sum(axis=1)
    return found
