from __future__ import annotations

from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.counts.records import TrendPoint
from service.counts.trend import RULES, SHIFT, TREND, control_chart

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN = (None, None)
Figures = tuple[int | None, int | None]


def points(*figures: Figures) -> list[TrendPoint]:
    """Periods of (base, count)."""
    return [
        TrendPoint(period=str(place), name=str(place), hidden=count is None, base=base, count=count)
        for place, (base, count) in enumerate(figures)
    ]


def of_hundred(*counts: int | None) -> list[TrendPoint]:
    return points(*((100, count) if count is not None else HIDDEN for count in counts))


def marked(chart: Sequence[TrendPoint], rule: str) -> list[int]:
    return [place for place, point in enumerate(chart) if rule in point.signals]


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    if draw(st.integers(0, 7)) == 0:
        return HIDDEN
    base = draw(st.integers(0, 300))
    return base, draw(st.integers(0, base))


series = st.lists(figures(), max_size=30)


def test_a_worked_p_chart_has_the_limits_of_the_textbook_formula() -> None:
    centre, chart = control_chart(points((100, 10), (400, 50), (500, 40)))
    assert centre == pytest.approx(0.1)
    for point, base in zip(chart, (100, 400, 500), strict=True):
        width = 3 * sqrt(0.1 * 0.9 / base)
        assert point.low == pytest.approx(0.1 - width)
        assert point.high == pytest.approx(0.1 + width)


@given(series)
def test_limits_hold_the_centre_and_are_shares(several: list[Figures]) -> None:
    centre, chart = control_chart(points(*several))
    for (base, count), point in zip(several, chart, strict=True):
        assert (point.low is None) == (point.high is None) == (not base or count is None)
        if centre is not None and point.low is not None and point.high is not None:
            assert 0 <= point.low <= centre <= point.high <= 1


@given(series)
def test_a_share_is_marked_outside_just_where_it_is_past_a_limit(several: list[Figures]) -> None:
    for (base, count), point in zip(several, control_chart(points(*several))[1], strict=True):
        if not base or count is None or point.low is None or point.high is None:
            assert not point.signals
        elif min(abs(count / base - limit) for limit in (point.low, point.high)) > 1e-9:
            past = not point.low <= count / base <= point.high
            assert ("outside" in point.signals) == past


@given(series)
def test_figures_themselves_are_never_changed(several: list[Figures]) -> None:
    before = points(*several)
    _, after = control_chart(before)
    nothing = {"low": None, "high": None, "signals": ()}
    assert [point.model_copy(update=nothing) for point in after] == before


@given(series)
def test_drawing_a_chart_again_changes_nothing(several: list[Figures]) -> None:
    centre, chart = control_chart(points(*several))
    assert control_chart(chart) == (centre, chart)


@given(series)
def test_time_run_backwards_marks_the_same_periods(several: list[Figures]) -> None:
    _, forwards = control_chart(points(*several))
    _, backwards = control_chart(points(*reversed(several)))
    assert [each.signals for each in forwards] == [each.signals for each in reversed(backwards)]


@given(series)
def test_those_who_do_not_raise_a_theme_have_the_mirrored_chart(several: list[Figures]) -> None:
    mirrored = [
        (base, None if base is None or count is None else base - count) for base, count in several
    ]
    _, chart = control_chart(points(*several))
    _, mirror = control_chart(points(*mirrored))
    assert [each.signals for each in chart] == [each.signals for each in mirror]


@given(series)
def test_signals_are_rules_that_are_explained(several: list[Figures]) -> None:
    for point in control_chart(points(*several))[1]:
        assert list(point.signals) == [rule for rule in RULES if rule in point.signals]


def test_nothing_shown_has_no_centre_and_no_limits() -> None:
    for several in ((), (HIDDEN, HIDDEN), ((0, 0),)):
        before = points(*several)
        assert control_chart(before) == (None, tuple(before))


def test_a_theme_that_nobody_or_everybody_raises_has_no_signals() -> None:
    for count in (0, 100):
        centre, chart = control_chart(of_hundred(*[count] * 12))
        assert centre == count / 100
        assert not any(point.signals for point in chart)
        assert {(point.low, point.high) for point in chart} == {(centre, centre)}


def test_a_share_far_from_the_others_is_outside() -> None:
    counts = [20, 21, 19, 20, 22, 18, 45, 20, 19, 21]
    assert marked(control_chart(of_hundred(*counts))[1], "outside") == [6]


def test_seven_in_a_row_on_one_side_are_a_shift_and_six_are_not() -> None:
    low, high = [18, 19] * 6, [22, 23, 21, 22, 24, 22, 23]
    assert len(high) == SHIFT
    _, chart = control_chart(of_hundred(*low, *high))
    assert marked(chart, "shift") == list(range(19))
    broken = [18, 22] * 6
    assert marked(control_chart(of_hundred(*broken, *high, 10))[1], "shift") == list(range(11, 19))
    assert not marked(control_chart(of_hundred(21, 19, *high[:5], 15, 22, 18))[1], "shift")


def test_a_share_on_the_centre_line_neither_counts_nor_ends_a_row() -> None:
    counts = [21, 21, 21, 20, 21, 21, 21, 21, 13]
    centre, chart = control_chart(of_hundred(*counts))
    assert centre == 0.2
    assert marked(chart, "shift") == [0, 1, 2, 4, 5, 6, 7]


def test_six_rising_or_falling_in_a_row_are_a_trend_and_five_are_not() -> None:
    rising = [16, 18, 19, 21, 22, 24]
    assert len(rising) == TREND
    assert marked(control_chart(of_hundred(20, *rising, 20))[1], "trend") == list(range(1, 7))
    falling = control_chart(of_hundred(20, *reversed(rising), 20))[1]
    assert marked(falling, "trend") == list(range(1, 7))
    assert not marked(control_chart(of_hundred(20, *rising[1:], 20))[1], "trend")
    assert not marked(control_chart(of_hundred(16, 18, 18, 21, 22, 24))[1], "trend")


def test_two_of_three_far_out_on_one_side_are_marked() -> None:
    calm = [20, 21, 19, 20, 18, 22] * 3
    assert marked(control_chart(of_hundred(*calm, 30, 21, 30, *calm))[1], "two_of_three") == [
        len(calm),
        len(calm) + 2,
    ]
    assert not marked(control_chart(of_hundred(*calm, 30, 21, 10, *calm))[1], "two_of_three")


def test_no_row_goes_on_across_a_hidden_point() -> None:
    counts = [22, 23, 21, 22, None, 23, 22, 21, 10]
    _, chart = control_chart(of_hundred(*counts))
    assert not marked(chart, "shift")
    assert not marked(control_chart(of_hundred(15, 17, 19, None, 21, 23, 25))[1], "trend")
    assert chart[4].low is None


def simulated(shares: Sequence[float], base: int, seed: int) -> list[TrendPoint]:
    random = np.random.default_rng(seed)
    return points(*((base, int(random.binomial(base, share))) for share in shares))


def test_chance_alone_marks_few_charts_by_each_rule() -> None:
    """Two years of 400 people a month: about 5%, 10%, 3% and 3% of charts."""
    charts = [control_chart(simulated([0.2] * 24, 400, seed))[1] for seed in range(500)]
    found = {rule: np.mean([bool(marked(chart, rule)) for chart in charts]) for rule in RULES}
    assert found["outside"] < 0.12
    assert 0.06 < found["shift"] < 0.24
    assert found["trend"] < 0.12
    assert found["two_of_three"] < 0.14
    assert np.mean([bool(point.signals) for chart in charts for point in chart]) < 0.08


def test_a_planted_shift_is_found_where_it_is() -> None:
    for seed in range(50):
        _, chart = control_chart(simulated([0.2] * 12 + [0.3] * 12, 1000, seed))
        assert len([place for place in marked(chart, "shift") if place >= 12]) >= SHIFT


def test_a_planted_slope_is_found() -> None:
    shares = list(np.linspace(0.1, 0.4, 12))
    assert all(before < after for before, after in pairwise(shares))
    for seed in range(50):
        _, chart = control_chart(simulated(shares, 2000, seed))
        assert marked(chart, "outside")
        assert marked(chart, "trend")
