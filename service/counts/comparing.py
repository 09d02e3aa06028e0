"""Holding each group's share against everyone else's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service.counts import statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.counts.publishing import Published

    Floats = NDArray[np.float64]


_TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What follows from published figures, of M cells and T themes; NaN where it is not defined.

    Attributes:
        low: Shape (M, T), where the Wilson interval of the share begins.
        high: Shape (M, T), where it ends.
        elsewhere: Shape (M, T), share of everyone else.
        difference: Shape (3, M, T), the share less that, and where its Newcombe interval begins
            and ends.
        p_value: Shape (M, T), of a two-sided test that there is no difference.
        p_adjusted: Shape (M, T), the same after Benjamini and Hochberg over all of them.
        risk_ratio: Shape (3, M, T), the share over that elsewhere, and its interval.
    """

    low: Floats
    high: Floats
    elsewhere: Floats
    difference: Floats
    p_value: Floats
    p_adjusted: Floats
    risk_ratio: Floats


def compared(figures: Published, known: NDArray[np.bool_]) -> Compared:
    """Compare each cell with all other cells whose figures are published and whose group is known.

    Args:
        figures: What may be told; nothing else is used.
        known: Shape (M,), cells that are compared and stand in for everyone else.
    """
    base = np.broadcast_to(figures.effective[:, None], figures.share.shape)
    told = ~np.isnan(figures.share) & known[:, None] & (base > 0)
    low, high = _wilson(figures.share, base)
    elsewhere, base_elsewhere = _elsewhere(figures, told)
    share = np.where(told & (base_elsewhere > 0), figures.share, np.nan)
    others = _wilson(elsewhere, base_elsewhere)
    spread = statistics.newcombe(share, (low, high), elsewhere, others)
    parts = (
        _people(share * base),
        _people(base),
        _people(elsewhere * base_elsewhere),
        _people(base_elsewhere),
    )
    p_value = statistics.two_proportion_p(*parts)
    return Compared(
        low=low,
        high=high,
        elsewhere=np.where(np.isnan(share), np.nan, elsewhere),
        difference=np.stack([share - elsewhere, *spread]),
        p_value=p_value,
        p_adjusted=statistics.adjusted(p_value),
        risk_ratio=np.stack(statistics.risk_ratios(*parts)),
    )


def _wilson(share: Floats, base: Floats) -> tuple[Floats, Floats]:
    return statistics.wilson(share * base, base)


def _people(number: Floats) -> Floats:
    """Give whole numbers of people as such, for a test that is exact for these."""
    whole = np.round(number)
    return np.where(np.abs(number - whole) < _TINY, whole, number)


def _elsewhere(figures: Published, told: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Give the share of all other cells that are told, and their effective base (Kish 1965)."""
    weight = np.where(told, np.nan_to_num(figures.weight)[:, None], 0.0)
    squares = np.where(told, np.nan_to_num(figures.squares)[:, None], 0.0)
    raising = weight * np.nan_to_num(figures.share)
    others, others_raising = (_others(each) for each in (weight, raising))
    others_squares = _others(squares)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(others > 0, others_raising / others, np.nan)
        base = np.where(others_squares > 0, others**2 / others_squares, 0.0)
    return np.clip(share, 0.0, 1.0), base


def _others(values: Floats) -> Floats:
    others: Floats = np.maximum(values.sum(axis=0, keepdims=True) - values, 0.0)
    return others
