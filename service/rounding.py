"""Rounding numbers of people, in one way wherever they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@overload
def rounded(number: int, step: int) -> int: ...
@overload
def rounded(number: Ints, step: int | Ints) -> Ints: ...
def rounded(number: int | Ints, step: int | Ints) -> int | Ints:
    """Round to the nearest multiple of a step, halves up.

    What stays hidden depends on which numbers are told alike, so nothing rounds in another way.
    """
    return (2 * number + step) // (2 * step) * step
