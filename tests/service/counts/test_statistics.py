from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2_contingency, fisher_exact
from scipy.stats.contingency import relative_risk

from service.counts.statistics import (
    adjusted,
    newcombe,
    risk_ratio,
    risk_ratios,
    two_proportion_p,
    wilson,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


@st.composite
def some_of(draw: st.DrawFn, most: int = 5_000) -> tuple[int, int]:
    base = draw(st.integers(1, most))
    return draw(st.integers(0, base)), base


@given(some_of())
def test_wilsons_interval_is_that_of_scipy_and_holds_the_share(one: tuple[int, int]) -> None:
    count, base = one
    low, high = wilson(count, base)
    told = binomtest(count, base).proportion_ci(method="wilson")
    assert (float(low), float(high)) == pytest.approx((told.low, told.high), abs=1e-12)
    assert 0 <= low <= count / base <= high <= 1


@given(some_of(), st.floats(0.1, 1))
def test_an_interval_is_wider_where_weights_make_people_tell_less(
    one: tuple[int, int], kept: float
) -> None:
    low, high = wilson(*one)
    weighted_low, weighted_high = wilson(*one, effective_base=one[1] * kept)
    assert weighted_low <= low + 1e-12
    assert weighted_high >= high - 1e-12


@given(some_of(100))
def test_wilsons_interval_of_weighted_people_who_are_alike_is_that_of_unweighted_ones(
    one: tuple[int, int],
) -> None:
    count, base = one
    assert wilson(2.5 * count, 2.5 * base, base) == pytest.approx(wilson(count, base))


def test_there_is_no_interval_of_nobody() -> None:
    assert np.isnan(wilson([0, 0], [0, 0], [0, 0])).all()


# Newcombe 1998, table II, method 10
@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_interval_is_that_of_his_paper(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    assert difference(one, other) == pytest.approx((low, high), abs=5e-5)


@given(some_of(), some_of())
def test_newcombes_interval_holds_the_difference_and_turns_round_with_the_groups(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    low, high = difference(one, other)
    assert -1 <= low <= one[0] / one[1] - other[0] / other[1] <= high <= 1
    assert difference(other, one) == pytest.approx((-high, -low))


@given(some_of(), some_of())
def test_p_is_fishers_where_few_are_expected_and_of_chi_squared_elsewhere(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    table = np.array([[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]])
    p = float(two_proportion_p(*one, *other))
    if 0 in table.sum(axis=0):
        assert p == 1
        return
    told = chi2_contingency(table, correction=False)
    expected = told.expected_freq.min()
    assume(not np.isclose(expected, 5))  # where rounding decides which test it is
    wanted = fisher_exact(table).pvalue if expected < 5 else told.pvalue
    assert p == pytest.approx(wanted, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("table", [(3, 12, 9, 900), (0, 40, 30, 400), (1, 7, 990, 993)])
def test_fishers_test_is_that_of_scipy(table: tuple[int, int, int, int]) -> None:
    a, of_a, b, of_b = table
    wanted = fisher_exact(np.array([[a, of_a - a], [b, of_b - b]])).pvalue
    assert two_proportion_p(*table) == pytest.approx(wanted)


def test_many_tests_at_once_are_each_what_they_are_alone() -> None:
    chance = np.random.default_rng(5)
    bases = chance.integers(1, 300, (2, 8, 6))
    counts = chance.integers(0, bases // chance.integers(1, 30, bases.shape) + 1)
    p = two_proportion_p(counts[0], bases[0], counts[1], bases[1])
    assert p.shape == (8, 6)
    for place in np.ndindex(8, 6):
        numbers = (int(each[place]) for each in (counts[0], bases[0], counts[1], bases[1]))
        assert two_proportion_p(*numbers) == pytest.approx(p[place])


def test_counts_that_are_not_whole_are_tested_without_fishers_test() -> None:
    wanted = chi2_contingency(np.array([[2.5, 10.0], [20.5, 479.5]]), correction=False).pvalue
    assert two_proportion_p(2.5, 12.5, 20.5, 500) == pytest.approx(wanted)


def test_nothing_is_tested_against_nobody() -> None:
    assert np.isnan(two_proportion_p([0, 3, 0], [0, 9, 0], [3, 0, 0], [9, 0, 0])).all()


def test_fishers_test_of_a_million_people_is_that_of_scipy() -> None:
    p = two_proportion_p(np.arange(8), 1_000, 500, 1_000_000)
    tables = (np.array([[a, 1_000 - a], [500, 999_500]]) for a in range(8))
    wanted = [fisher_exact(table).pvalue for table in tables]
    assert p == pytest.approx(wanted, rel=1e-6)


@given(some_of(), some_of())
def test_the_risk_ratio_is_that_of_scipy_and_turns_over_with_the_groups(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    told = risk_ratio(*one, *other)
    if 0 in (one[0], other[0]):
        assert told is None
        return
    assert told is not None
    wanted = relative_risk(*one, *other)
    interval = wanted.confidence_interval()
    if one[0] < one[1] or other[0] < other[1]:
        assert told == pytest.approx((wanted.relative_risk, interval.low, interval.high))
    over = risk_ratio(*other, *one)
    assert over == pytest.approx((1 / told[0], 1 / told[2], 1 / told[1]))
    assert told[1] <= told[0] <= told[2]


def test_risk_ratios_that_are_not_defined_are_not_numbers() -> None:
    ratios = risk_ratios([0, 3, 0, 6], [9, 9, 0, 12], [3, 0, 0, 1], [9, 9, 9, 4])
    assert np.isnan(ratios[0][:3]).all()
    half = 1.959964 * np.sqrt(1 / 6 - 1 / 12 + 1 / 1 - 1 / 4)
    wanted = [2, 2 / np.exp(half), 2 * np.exp(half)]
    assert [float(each[3]) for each in ratios] == pytest.approx(wanted)


p_values = st.lists(st.none() | st.floats(0, 1), max_size=40)


@given(p_values)
def test_adjusting_is_what_benjamini_and_hochberg_say(given_values: Sequence[float | None]) -> None:
    p = [np.nan if value is None else value for value in given_values]
    tested = sorted(value for value in given_values if value is not None)
    for before, after in zip(given_values, adjusted(p), strict=True):
        if before is None:
            assert np.isnan(after)
        else:
            later = [
                value * len(tested) / rank
                for rank, value in enumerate(tested, 1)
                if value >= before
            ]
            assert after == pytest.approx(min(1, *later, 1))


@given(p_values)
def test_adjusting_never_lowers_a_p_value_nor_changes_their_order(
    given_values: Sequence[float | None],
) -> None:
    p = np.array([value for value in given_values if value is not None], np.float64)
    after = adjusted(p)
    assert (after >= p - 1e-15).all()
    assert (np.diff(after[np.argsort(p)]) >= -1e-15).all()


def test_adjusting_keeps_the_shape_of_a_table_and_what_it_was_given() -> None:
    p = np.array([[0.01, np.nan], [0.02, 0.5]])
    assert adjusted(p).shape == (2, 2)
    assert np.isnan(p[0, 1])
    assert p[0, 0] == 0.01
    assert np.isnan(adjusted([np.nan])).all()


def difference(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    shares = one[0] / one[1], other[0] / other[1]
    low, high = newcombe(shares[0], wilson(*one), shares[1], wilson(*other))
    return float(low), float(high)
