"""The interval of a corrected share, honest for small numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from service.counts.statistics import Z

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.counts.read_sums import ReadSums

    Floats: TypeAlias = NDArray[np.float64]


def margins(sums: ReadSums) -> tuple[Floats, Floats]:
    """Give how far the 95% interval of each corrected share reaches down and up; shape (M, T)."""
    right, missed = read_shares(sums)
    return joined_margins(
        sums.predicted,
        (right, sums.with_theme.uncertainty),
        (missed, sums.without.uncertainty),
    )


def read_shares(sums: ReadSums) -> tuple[Floats, Floats]:
    """Give the shares of those read who raise the theme: given it by the model, and not given it.

    Where nobody of a part was read, the share is that of the other part: what the estimate takes
    it for, as the predictions then say nothing.
    """
    with np.errstate(invalid="ignore"):
        right = sums.with_theme.raising / sums.with_theme.weight
        missed = sums.without.raising / sums.without.weight
    return np.where(np.isnan(right), missed, right), np.where(np.isnan(missed), right, missed)


def joined_margins(
    predicted: Floats,
    right: tuple[Floats, Floats],
    missed: tuple[Floats, Floats],
    z: float = Z,
) -> tuple[Floats, Floats]:
    """Give how far an interval reaches down and up from the share W p + (1 - W) q.

    The interval of each share is Wilson's; the margins are joined as Newcombe's method 10 joins
    those of a difference: with l and u the limits of p, and k and v those of q::

        down = sqrt(W^2 (p - l)^2 + (1 - W)^2 (q - k)^2)
        up   = sqrt(W^2 (u - p)^2 + (1 - W)^2 (v - q)^2)

    Args:
        predicted: W, the share of people whom the model gives the theme: known, not estimated.
        right: p, the share of these who raise it, with one over the effective number read.
        missed: q, the share of the others who raise it, with the same.
        z: Standard normal deviate of the interval.

    Source:
        Zou and Donner 2008, Statistics in Medicine 27, 1693-1702 (the method of variance estimates
        recovery); Newcombe 1998, Statistics in Medicine 17, 873-890.
    """
    (low, high), (low_missed, high_missed) = wilson_limits(*right, z), wilson_limits(*missed, z)
    down = np.hypot(predicted * (right[0] - low), (1 - predicted) * (missed[0] - low_missed))
    up = np.hypot(predicted * (high - right[0]), (1 - predicted) * (high_missed - missed[0]))
    return down, up


def wilson_limits(share: Floats, uncertainty: Floats, z: float = Z) -> tuple[Floats, Floats]:
    """Give Wilson's score limits of a share.

    Args:
        share: What was found.
        uncertainty: One over the effective number of people it was found in: 0 where everybody was
            read, so that the limits are the share; infinite where nobody was, so that they are 0
            and 1.
        z: Standard normal deviate of the interval.

    Source:
        Wilson 1927, Journal of the American Statistical Association 22, 209-212; with the finite
        population factor of Cochran 1977, Sampling Techniques, section 2.6, in the effective number
        of people, and Kish's for weights (Kish 1965, Survey Sampling, section 11.7).
    """
    fraction = np.minimum(uncertainty, 1e12)  # beyond it nothing changes
    centre = share + z**2 / 2 * fraction
    half = z * np.sqrt(share * (1 - share) * fraction + (z / 2 * fraction) ** 2)
    shrink = 1 / (1 + z**2 * fraction)
    return (
        np.clip((centre - half) * shrink, 0, share),
        np.clip((centre + half) * shrink, share, 1),
    )
