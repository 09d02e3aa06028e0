"""Intervals and tests of shares; every figure is an array as broad as its arguments together."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.special import gammaln
from scipy.stats import false_discovery_control, norm

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = "NDArray[np.float64]"

Z = float(norm.ppf(0.975))
"""Standard normal deviate of a two-sided 95% interval."""
_FEWEST_EXPECTED = 5
_AS_LIKELY = 1 + 1e-7
"""How much likelier than what was seen a table may be by rounding; R's `fisher.test` has it so."""


def wilson(
    count: ArrayLike, base: ArrayLike, effective_base: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Give Wilson's 95% score interval of a share.

    Args:
        count: How many of the base it is, or the sum of their weights.
        base: How many there are, or the sum of their weights.
        effective_base: Effective number of people where they are weighted, which then takes the
            place of their number (Franco, Little, Louis and Slud 2019, Journal of Survey Statistics
            and Methodology 7, 334-364).

    Returns:
        Where it begins and ends, 0 to 1; NaN where there is nobody.

    Source:
        Wilson 1927, Journal of the American Statistical Association 22, 209-212; without continuity
        correction.
    """
    count, base = _floats(count, base)
    people = base if effective_base is None else np.asarray(effective_base, np.float64)
    share = _share(count, base)
    with np.errstate(invalid="ignore", divide="ignore"):
        shrink = 1 / (1 + Z**2 / people)
        centre = (share + Z**2 / (2 * people)) * shrink
        half = Z * np.sqrt(share * (1 - share) / people + (Z / (2 * people)) ** 2) * shrink
    return np.clip(centre - half, 0, share), np.clip(centre + half, share, 1)


def newcombe(
    share_a: ArrayLike,
    interval_a: tuple[ArrayLike, ArrayLike],
    share_b: ArrayLike,
    interval_b: tuple[ArrayLike, ArrayLike],
) -> tuple[Floats, Floats]:
    """Give Newcombe's 95% interval of the difference of two shares, of a less that of b.

    Args:
        share_a: One share.
        interval_a: Where its Wilson interval begins and ends.
        share_b: The other, of other people.
        interval_b: Where its Wilson interval begins and ends.

    Source:
        Newcombe 1998, Statistics in Medicine 17, 873-890, method 10 (without continuity
        correction).
    """
    a, low_a, high_a = _floats(share_a, *interval_a)
    b, low_b, high_b = _floats(share_b, *interval_b)
    low = a - b - np.hypot(a - low_a, high_b - b)
    high = a - b + np.hypot(high_a - a, b - low_b)
    return np.maximum(low, -1), np.minimum(high, 1)


def two_proportion_p(
    count_a: ArrayLike, base_a: ArrayLike, count_b: ArrayLike, base_b: ArrayLike
) -> Floats:
    """Give the p-value of a two-sided test that two shares are the same.

    It is the pooled z test without continuity correction, or Fisher's exact test where all numbers
    are whole and one that is expected is under 5. For weighted shares give the share times the
    effective base as count, and the effective base as base.

    Args:
        count_a: How many of the one.
        base_a: How many there are.
        count_b: How many of the others.
        base_b: How many these are.

    Returns:
        NaN where either base is 0; 1 where all or none raise it.

    Source:
        Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, section 3.2;
        Fisher 1935, Journal of the Royal Statistical Society 98, 39-82; when to use which, Cochran
        1954, Biometrics 10, 417-451.
    """
    a, of_a, b, of_b = np.broadcast_arrays(*_floats(count_a, base_a, count_b, base_b))
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (a + b) / (of_a + of_b)
        error = np.sqrt(pooled * (1 - pooled) * (1 / of_a + 1 / of_b))
        p = 2 * norm.sf(np.abs(a / of_a - b / of_b) / error)
        fewest = np.minimum(pooled, 1 - pooled) * np.minimum(of_a, of_b)
    p = np.where((pooled <= 0) | (pooled >= 1), 1.0, p)
    p = np.where((of_a > 0) & (of_b > 0), p, np.nan)
    whole = np.all([np.equal(number, np.rint(number)) for number in (a, of_a, b, of_b)], axis=0)
    exact = whole & (fewest < _FEWEST_EXPECTED) & (p < 1)
    p[exact] = _fisher(a[exact], of_a[exact], b[exact], of_b[exact])
    return p


def risk_ratios(
    count_a: ArrayLike, base_a: ArrayLike, count_b: ArrayLike, base_b: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Give the ratio of two shares, of a over that of b, with its 95% interval.

    For weighted shares give the share times the effective base as count, and the effective base as
    base.

    Returns:
        The ratio, and where its interval begins and ends; NaN where either count is 0.

    Source:
        Katz, Baptista, Azen and Pike 1978, Biometrics 34, 469-474 (the logarithm's interval).
    """
    a, of_a, b, of_b = np.broadcast_arrays(*_floats(count_a, base_a, count_b, base_b))
    defined = (a > 0) & (b > 0)
    a, of_a, b, of_b = (np.where(defined, number, np.nan) for number in (a, of_a, b, of_b))
    ratio = (a / of_a) / (b / of_b)
    half = Z * np.sqrt(np.maximum(1 / a - 1 / of_a + 1 / b - 1 / of_b, 0))
    return ratio, ratio * np.exp(-half), ratio * np.exp(half)


def risk_ratio(
    count_a: float, base_a: float, count_b: float, base_b: float
) -> tuple[float, float, float] | None:
    """Give one ratio of `risk_ratios`, or None where it is not defined."""
    ratio, low, high = risk_ratios(count_a, base_a, count_b, base_b)
    return None if np.isnan(ratio) else (float(ratio), float(low), float(high))


def adjusted(p_values: ArrayLike) -> Floats:
    """Adjust p-values of one table so that few of those found in it are false.

    Args:
        p_values: Of any shape; NaN where nothing was tested, which does not count as a test.

    Returns:
        Of the same shape; found at 0.05, one in twenty is expected to be false. NaN stays.

    Source:
        Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57, 289-300.
    """
    found = np.array(p_values, np.float64)
    tested = ~np.isnan(found)
    if tested.any():
        found[tested] = false_discovery_control(found[tested])
    return found


def _fisher(a: Floats, of_a: Floats, b: Floats, of_b: Floats) -> Floats:
    """Sum the chances of all tables with the same margins that are no likelier than each one's.

    They stand one after the other in one array, from the fewest that `a` could be to the most.
    """
    raise_it = a + b
    fewest = np.maximum(0, raise_it - of_b)
    lengths = (np.minimum(of_a, raise_it) - fewest).astype(np.intp) + 1
    starts = np.cumsum(lengths) - lengths
    table = np.repeat(np.arange(len(a)), lengths)
    could_be = fewest[table] + np.arange(len(table)) - starts[table]
    likely = _log_chance(could_be, of_a[table], raise_it[table], of_b[table])
    seen = likely[starts + (a - fewest).astype(np.intp)]
    chances = np.exp(likely) * (likely <= seen[table] + np.log(_AS_LIKELY))
    summed = np.add.reduceat(chances, starts) if len(a) else chances
    return np.minimum(summed, 1)


def _log_chance(a: Floats, of_a: Floats, raise_it: Floats, of_b: Floats) -> Floats:
    """Give the logarithm of the hypergeometric chance that `a` of those who raise it are of a."""
    chosen = _log_choose(of_a, a) + _log_choose(of_b, raise_it - a)
    return chosen - _log_choose(of_a + of_b, raise_it)


def _log_choose(people: Floats, chosen: Floats) -> Floats:
    ways: Floats = gammaln(people + 1) - gammaln(chosen + 1) - gammaln(people - chosen + 1)
    return ways


def _share(count: Floats, base: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(base > 0, count / base, np.nan)


def _floats(*numbers: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.asarray(number, np.float64) for number in numbers)
