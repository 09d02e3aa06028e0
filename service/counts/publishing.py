"""Exact counts turned into those that may be published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service.rounding import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.counts.counting import ExactCounts
    from service.counts.policy import Policy
    from service.counts.protection import Protection
    from service.counts.slices import Slices

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """Figures that may be told, of M cells and T themes; NaN where hidden.

    Attributes:
        base: Shape (M,), rounded.
        count: Shape (M, T), rounded.
        step: Shape (M, T), what counts are rounded to.
        share: Shape (M, T), weighted where the survey is.
        effective: Shape (M,), people that the share's interval is worked out with.
        weight: Shape (M,), what a cell's share counts for where cells are taken together.
        squares: Shape (M,), of weights, summed over the cell's people.
    """

    base: Floats
    count: Floats
    step: NDArray[np.int64]
    share: Floats
    effective: Floats
    weight: Floats
    squares: Floats


def published(
    exact: ExactCounts, policy: Policy, protection: Protection | None, slices: Slices | None
) -> Published:
    """Hide and round what a policy wants hidden and rounded.

    Shares are those of rounded figures. A weighted share, of people who are shown, is rounded to
    as many steps as these.

    Args:
        exact: The figures.
        policy: The rules.
        protection: What may be told; None for everything.
        slices: What the cells are to the protection; None for everything.
    """
    base, count = exact.base.astype(float), exact.count.astype(float)
    step = np.full(count.shape, policy.round_to)
    if protection is not None and slices is not None:
        base, count, step = _protected(exact, policy, protection, slices)
    share = _ratio(count, base[:, None])
    effective, weight, squares = base, base, base
    if exact.weighted_base is not None:
        share = _weighted_share(exact, base, count, step, policy)
        effective = _effective(exact, base, policy)
        weight = np.where(np.isnan(base), np.nan, exact.weighted_base)
        squares = _ratio(weight**2, effective)
    share = np.minimum(share, 1.0)
    return Published(base, count, step, share, effective, weight, squares)


def _protected(
    exact: ExactCounts, policy: Policy, protection: Protection, slices: Slices
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    bases = [slices.of_base(cell) for cell in exact.cells]
    counts = [slices.of_count(cell) for cell in exact.cells]
    told = np.array([protection.base.tells(each) for each in bases])
    told &= (exact.base == 0) | (exact.base >= policy.smallest_base)
    base_step = np.array([protection.base.step(each) for each in bases])
    base = np.where(told, rounded(exact.base, base_step).astype(float), np.nan)
    shown = np.array(
        [[told[m] and of.tells(each) for of in protection.themes] for m, each in enumerate(counts)]
    )
    # whoever answers in two months is in both, so that a range may hold fewer than its months do
    rest = exact.base[:, None] - exact.count
    shown &= ~(_is_small(exact.count, policy) | _is_small(rest, policy))
    steps = np.array([[of.step(each) for of in protection.themes] for each in counts])
    return base, np.where(shown, rounded(exact.count, steps).astype(float), np.nan), steps


def _is_small(numbers: NDArray[np.int64], policy: Policy) -> NDArray[np.bool_]:
    return (numbers > 0) & (numbers < policy.smallest_shown)


def _weighted_share(
    exact: ExactCounts,
    base: Floats,
    count: Floats,
    step: NDArray[np.int64],
    policy: Policy,
) -> Floats:
    assert exact.weighted_base is not None  # noqa: S101 - for the type; the caller asked
    assert exact.weighted_count is not None  # noqa: S101
    share = _ratio(exact.weighted_count, exact.weighted_base[:, None])
    if policy.protects:
        steps = base[:, None] / step
        share = _ratio(np.floor(share * steps + 0.5), steps)
    return np.where(np.isnan(count), np.nan, share)


def _effective(exact: ExactCounts, base: Floats, policy: Policy) -> Floats:
    assert exact.effective_base is not None  # noqa: S101 - for the type; the caller asked
    if not policy.protects:
        return exact.effective_base.astype(float)
    of_each = np.round(_ratio(exact.effective_base, exact.base.astype(float)), 1)
    return np.maximum(base * of_each, np.minimum(base, 1.0))


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        found = part / whole
    return np.where(np.isfinite(found), found, np.nan)
