from __future__ import annotations

import math
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.uploads.cells import day, identifier, positive

if TYPE_CHECKING:
    from datetime import date, datetime


@given(st.dates())
def test_every_day_written_as_in_iso_8601_is_read(value: date) -> None:
    assert day(f" {value.isoformat()} ") == value


@given(st.datetimes(timezones=st.none() | st.just(ZoneInfo("Europe/London"))))
def test_a_time_may_follow_a_day(value: datetime) -> None:
    assert day(value.isoformat()) == day(value.isoformat(" ")) == value.date()


@pytest.mark.parametrize(
    "cell",
    ["1/2/2025", "20250101", "45351", "2025-13-01", "2025-1-1", "2025-01-01T25:00", "٢٠٢٥-01-01"],
)
def test_a_day_written_otherwise_is_refused_rather_than_guessed(cell: str) -> None:
    with pytest.raises(ValueError, match=r"ISO 8601|no such"):
        day(cell)


def test_a_blank_is_no_day_and_no_identifier() -> None:
    assert day(" ") is None
    assert identifier("\t", 5) is None


@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False))
def test_every_positive_number_is_a_weight(value: float) -> None:
    assert positive(repr(value)) == value


@given(st.floats(max_value=0) | st.just(math.inf) | st.just(math.nan))
def test_other_numbers_are_no_weights(value: float) -> None:
    with pytest.raises(ValueError, match="not a positive number"):
        positive(repr(value))


@pytest.mark.parametrize("cell", ["", "1,5", "1_000", "\uff11", "1e999", "heavy", "+1", "0x1"])
def test_what_is_not_a_plain_number_is_no_weight(cell: str) -> None:
    with pytest.raises(ValueError, match="not a positive number"):
        positive(cell)
