"""How a sample is shared out among strata."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

_ROUNDING = 1e-9


def neyman_allocation(total: int, sizes: Ints, spreads: Floats, least: Ints) -> Ints:
    """Share a sample out among strata: n = total N S / sum(N S), within limits.

    Strata that would have fewer than `least`, or more than they hold, have just these, and the
    others share the rest as before. Remainders go to the largest fractions.

    Args:
        total: People to draw; from the sum of `least` to that of `sizes`.
        sizes: N, shape (G,).
        spreads: S, shape (G,).
        least: Shape (G,), at most `sizes`.

    Returns:
        Shape (G,), which sums to `total`.

    Source:
        Neyman 1934; the limits as in Cochran 1977, section 5.8.
    """
    # a stratum without spread is given more only when all others are full
    parts = sizes * np.maximum(spreads, 1e-9)
    turns = np.sort(np.concatenate([least / parts, sizes / parts]))
    sums = np.clip(turns[:, None] * parts, least, sizes).sum(axis=1)
    exact = np.clip(np.interp(total, sums, turns) * parts, least, sizes)
    whole: Ints = np.floor(exact + _ROUNDING).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    for each in order[whole[order] < sizes[order]][: total - whole.sum()]:
        whole[each] += 1
    return whole
