from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from service.store.column_types import Moment, storable

ANY_TEXT = st.text(st.characters(codec=None, categories=None) | st.sampled_from("\0\ud800\udfff"))


@given(ANY_TEXT)
def test_what_is_stored_can_be_and_keeps_its_places(text: str) -> None:
    stored = storable(text)
    assert len(stored) == len(text)
    assert "\0" not in stored
    assert stored.encode().decode() == stored
    assert storable(stored) == stored


@given(st.text())
def test_text_that_can_be_stored_stays_as_it_is(text: str) -> None:
    assert storable(text) == text.replace("\0", "\ufffd")


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2025, 1, 1), sqlite.dialect())  # noqa: DTZ001


def test_a_moment_comes_back_in_utc() -> None:
    there = datetime(2025, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    stored = Moment().process_bind_param(there, sqlite.dialect())
    given_back = Moment().process_result_value(stored.replace(tzinfo=None), sqlite.dialect())
    assert given_back == there
    assert given_back.tzinfo is UTC
