from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelled_data import Polarity
from service.counts import statistics
from service.counts.policy import Policy, shipped_policies, shipped_policy
from service.counts.readings import Readings
from service.counts.records import Corrected, CountQuery, CountRow, CountsTable, Ranged
from service.counts.table import build_table, build_trend, protected
from service.errors import UnprocessableError
from tests.service.counts.brute_force import records_of, recount
from tests.service.counts.generated import characteristic, generated_readings

NHS, EXACT = shipped_policy("nhs"), shipped_policy("exact")
MADE = datetime(2026, 1, 2, tzinfo=UTC)


def _table(readings: Readings, query: CountQuery, policy: Policy, **more: Any) -> CountsTable:  # noqa: ANN401
    return build_table(
        readings, query, policy, survey="s", survey_name="S", model=None, made=MADE, **more
    )


@pytest.fixture(scope="module")
def survey() -> Readings:
    return generated_readings(11, 3_000, missing=0.06, days=150)


def test_the_policies_that_there_are() -> None:
    assert shipped_policies() == ("exact", "nhs")
    with pytest.raises(UnprocessableError, match="there is no policy 'lax'"):
        shipped_policy("lax")


def test_exact_tables_tell_what_a_recount_finds(survey: Readings) -> None:
    query = CountQuery(by=("sex", "age"), question="q1", polarity=Polarity.NEGATIVE)
    found = recount(
        records_of(survey),
        lambda somebody, _: (somebody.groups["sex"], somebody.groups["age"]),
        question="q1",
        polarity="negative",
    )
    for row in _rows(_table(survey, query, EXACT)):
        cell = (row.groups["sex"], row.groups["age"])
        assert row.base == found["base"].get(cell, 0)
        assert row.count == found["count"].get((cell, row.theme), 0)


def test_a_row_is_compared_with_everyone_else_whose_group_is_known(survey: Readings) -> None:
    one, other = (
        row
        for row in _rows(_table(survey, CountQuery(by=("sex",)), EXACT))
        if row.theme == "theme_2" and row.kind == "group"
    )
    counts = (one.count or 0, one.base or 0, other.count or 0, other.base or 0)
    share, elsewhere = counts[0] / counts[1], counts[2] / counts[3]
    assert one.share == _ranged(share, *statistics.wilson(*counts[:2]))
    assert one.elsewhere == pytest.approx(elsewhere)
    intervals = statistics.wilson(*counts[:2]), statistics.wilson(*counts[2:])
    spread = statistics.newcombe(share, intervals[0], elsewhere, intervals[1])
    assert one.difference == _ranged(share - elsewhere, *spread)
    assert one.p_value == pytest.approx(float(statistics.two_proportion_p(*counts)))
    assert one.risk_ratio == _ranged(*statistics.risk_ratios(*counts))


def test_missing_groups_have_rows_and_are_never_compared(survey: Readings) -> None:
    missing = [
        row
        for row in _rows(_table(survey, CountQuery(by=("sex",)), EXACT))
        if row.kind == "missing" and row.theme == "theme_4"
    ]
    assert [row.groups["sex"] for row in missing] == ["not_stated", "not_known", "not_asked"]
    for row in missing:
        assert (row.difference, row.p_value, row.elsewhere) == (None, None, None)


def test_p_values_are_adjusted_over_the_whole_table(survey: Readings) -> None:
    rows = _rows(_table(survey, CountQuery(by=("ethnicity",)), EXACT))
    told = [row for row in rows if row.p_value is not None]
    adjusted = statistics.adjusted(np.array([row.p_value for row in told]))
    assert [row.p_adjusted for row in told] == pytest.approx(adjusted.tolist())


def test_themes_that_are_asked_for_are_told_and_change_no_figure(survey: Readings) -> None:
    every = _table(survey, CountQuery(by=("sex",)), NHS)
    some = _table(survey, CountQuery(by=("sex",), themes=("theme_3",)), NHS)
    assert some.rows == tuple(row for row in every.rows if row.theme == "theme_3")


@given(st.integers(0, 300), st.sampled_from(["sex", "ethnicity", "age", "site"]))
@settings(max_examples=10, deadline=None)
def test_a_protected_table_tells_nothing_small_and_nothing_unrounded(seed: int, by: str) -> None:
    readings = generated_readings(seed, 400, missing=0.05)
    for row in _table(readings, CountQuery(by=(by,)), NHS).rows:
        if row.hidden:
            assert (row.count, row.share, row.difference, row.p_value) == (None,) * 4
        else:
            assert row.base is not None
            assert row.count is not None
            assert row.count == 0 or row.count >= NHS.smallest_shown
            assert row.count % NHS.round_to == row.base % NHS.round_to == 0


@given(st.integers(0, 300))
@settings(max_examples=10, deadline=None)
def test_all_that_a_protected_table_tells_follows_from_its_counts_and_bases(seed: int) -> None:
    readings = generated_readings(seed, 900, missing=0.05)
    table = _table(readings, CountQuery(by=("age",)), NHS)
    for row in table.rows:
        if row.share is None:
            continue
        assert row.count is not None
        assert row.base
        assert row.share.value == pytest.approx(min(row.count / row.base, 1))
        others = [
            each
            for each in table.rows
            if each.theme == row.theme and each.kind == "group" and each.share and each is not row
        ]
        if row.kind == "group" and others and row.elsewhere is not None:
            count = sum(each.count or 0 for each in others)
            assert row.elsewhere == pytest.approx(count / sum(each.base or 0 for each in others))


def test_weights_change_shares_and_neither_counts_nor_what_is_hidden() -> None:
    weighted = generated_readings(5, 2_000, weighted=True)
    rows = _rows(_table(weighted, CountQuery(by=("sex",)), EXACT))
    found = recount(records_of(weighted), lambda somebody, _: (somebody.groups["sex"],))
    for row in rows:
        cell = (row.groups["sex"],)
        assert row.count == found["count"].get((cell, row.theme), 0)
        if row.share is not None:
            of_theme = found["weighted_count"].get((cell, row.theme), 0.0)
            assert row.share.value == pytest.approx(of_theme / found["weighted_base"][cell])
    assert any("weighted" in note for note in _table(weighted, CountQuery(), EXACT).notes)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (CountQuery(by=("sex", "age"), question="q0"), "at most 2 of"),
        (CountQuery(by=("sex",), question="q0", polarity=Polarity.MIXED), "at most 2 of"),
        (CountQuery(by=("ethnicity",), level="groups"), "by the level that the survey compares"),
        (CountQuery(since=date(2025, 2, 10)), "begin with a month"),
        (CountQuery(until=date(2025, 2, 10)), "end with a month"),
        (CountQuery(by=("sex",), since=date(2025, 2, 1), until=date(2025, 3, 31)), "one month"),
        (CountQuery(question="q0", polarity=Polarity.MIXED), "answer more than once"),
    ],
)
def test_a_protected_table_that_would_part_people_too_finely_is_refused(
    survey: Readings, query: CountQuery, why: str
) -> None:
    with pytest.raises(UnprocessableError, match=why):
        _table(survey, query, NHS)
    assert _table(survey, query, EXACT).rows


def test_a_table_of_too_few_people_is_refused_with_the_reason() -> None:
    few = generated_readings(1, 8)
    with pytest.raises(UnprocessableError, match="no table of so few people"):
        _table(few, CountQuery(by=("sex",)), NHS)


def test_characteristics_from_one_column_are_not_told_both() -> None:
    twice = (characteristic("sex", 2), characteristic("gender", 2, column="sex"))
    readings = generated_readings(2, 500, characteristics=twice)
    assert _table(readings, CountQuery(by=("sex",)), NHS).rows
    with pytest.raises(UnprocessableError, match="the same column"):
        _table(readings, CountQuery(by=("gender",)), NHS)


def test_what_people_read_is_told_of_rows_that_are_shown_alone(survey: Readings) -> None:
    said = Corrected(share=Ranged(value=0.213, low=0.15, high=0.27), read=40)

    def corrections(query: CountQuery) -> list[list[Corrected]]:
        cells = 5 if query.by else 1
        return [[said] * len(survey.themes) for _ in range(cells)]

    query = CountQuery(by=("sex",), correct=True)
    rows = _table(survey, query, NHS, corrections=corrections).rows
    for row in rows:
        assert (row.corrected is None) == row.hidden
        if row.corrected is not None and row.base:
            assert row.corrected.share is not None
            step = row.rounded_to / row.base
            assert row.corrected.share.value == pytest.approx(round(0.213 / step) * step, abs=0.005)
            assert row.corrected.share.low <= 0.15 < 0.27 <= row.corrected.share.high
    plain = _table(survey, CountQuery(by=("sex",)), NHS, corrections=corrections).rows
    assert all(row.corrected is None for row in plain)


def test_cautions_stand_on_the_rows_of_their_group(survey: Readings) -> None:
    def cautions(characteristic: str) -> dict[tuple[str, str], str]:
        return {("sex_1", "*"): "Mind this.", ("sex_1", "theme_0"): "And this."}

    rows = _rows(_table(survey, CountQuery(by=("sex",)), EXACT, cautions=cautions))
    minded = {(row.groups["sex"], row.theme): row.caution for row in rows if row.caution}
    assert minded["sex_1", "theme_0"] == "And this. Mind this."
    assert minded["sex_1", "theme_1"] == "Mind this."
    assert {group for group, _ in minded} == {"sex_1"}


def test_what_is_not_tagged_yet_is_said() -> None:
    unfinished = generated_readings(4, 400, waiting=0.3)
    assert "not tagged yet" in _table(unfinished, CountQuery(), EXACT).notes[0]


def test_a_protection_that_is_given_is_the_one_that_would_be_worked_out(survey: Readings) -> None:
    query = CountQuery(by=("age",), question="q1")
    given_one = _table(survey, query, NHS, protection=protected(survey, NHS))
    assert given_one == _table(survey, query, NHS)


@pytest.mark.parametrize("period", ["month", "quarter", "year", "sex"])
def test_periods_of_an_exact_trend_hold_what_their_days_hold(survey: Readings, period: str) -> None:
    trend = build_trend(
        survey, CountQuery(), period, EXACT, survey="s", survey_name="S", model=None, made=MADE
    )
    whole = {row.theme: row for row in _table(survey, CountQuery(), EXACT).rows}
    for each in trend.trends:
        counts = [point.count or 0 for point in each.points]
        assert 0 < sum(counts) <= (whole[each.theme].count or 0)
        assert each.points[0].share is not None


def test_a_protected_trend_hides_what_a_table_of_the_same_months_hides() -> None:
    readings = generated_readings(8, 700, days=200)
    trend = build_trend(
        readings, CountQuery(), "month", NHS, survey="s", survey_name="S", model=None, made=MADE
    )
    for each in trend.trends:
        for point in each.points:
            if point.period == "2025-03":
                march = CountQuery(since=date(2025, 3, 1), until=date(2025, 3, 31))
                row = next(r for r in _table(readings, march, NHS).rows if r.theme == each.theme)
                assert (point.hidden, point.base, point.count) == (row.hidden, row.base, row.count)
    assert any(point.hidden for each in trend.trends for point in each.points)


def _ranged(value: Any, low: Any, high: Any) -> Any:  # noqa: ANN401 - arrays of one number
    return Ranged(value=float(value), low=float(low), high=float(high))


def _rows(table: CountsTable) -> list[CountRow]:
    return [row for row in table.rows if row.kind != "everyone"]
