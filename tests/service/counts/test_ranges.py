"""Months taken together: every range has a row of its own, and holds what its months hold."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.counts.measures import Measure, Part, Subject
from service.counts.ranges import Ranges

OTHERS = 3


def survey(months: int, missing: int, *, partition: bool = True) -> Subject:
    """Give one of people in three groups and some months, and in none."""
    nodes = OTHERS + months + missing
    values = np.arange(nodes, dtype=np.int64) * 7 % 5
    told = Measure(40, values, np.zeros((nodes, nodes), np.int64), 7, 5)
    of_no_month = np.arange(nodes) >= OTHERS + months
    parts = (Part(0, OTHERS, True), Part(OTHERS, nodes, partition, joined=True))
    return Subject(parts, told, None, of_no_month)


MONTHS, MISSING = st.integers(min_value=1, max_value=14), st.integers(min_value=0, max_value=2)


@given(MONTHS, MISSING)
def test_every_range_holds_what_its_months_hold(months: int, missing: int) -> None:
    subject = survey(months, missing)
    ranges, values = Ranges.of(subject), subject.told.values
    sums = ranges.sums(values)
    for (start, end), held in np.ndenumerate(sums):
        assert held == values[OTHERS + start : max(OTHERS + end, OTHERS + start)].sum()


@given(MONTHS, MISSING)
def test_a_month_and_everyone_keep_their_rows_and_each_range_has_one(
    months: int, missing: int
) -> None:
    subject = survey(months, missing)
    ranges, everyone = Ranges.of(subject), len(subject.told.values)
    many = months + missing
    for (start, end), row in np.ndenumerate(ranges.rows):
        if end - start == 1:
            assert row == OTHERS + start
        elif not 1 < end - start < many:
            assert row == everyone
    further = ranges.rows[ranges.rows > everyone]
    assert sorted(further) == list(range(everyone + 1, everyone + 1 + ranges.more))


@given(MONTHS, MISSING)
def test_nobody_may_ask_for_those_of_no_month_among_others(months: int, missing: int) -> None:
    asked = Ranges.of(survey(months, missing)).asked
    assert asked.sum() == months * (months - 1) / 2
    assert not asked[:, months + 1 :].any()


def test_where_people_answered_in_several_months_no_range_is_a_sum() -> None:
    ranges = Ranges.of(survey(4, 1, partition=False))
    assert ranges.part is None
    assert ranges.more == 0
    assert ranges.sums(np.ones(8, np.int64)).size == 0
