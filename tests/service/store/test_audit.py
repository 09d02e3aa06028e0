from datetime import UTC, datetime, timedelta

import pytest

from service.store import Store, audit


def test_an_entry_comes_back_as_it_was_recorded(store: Store) -> None:
    with store.write() as conn:
        audit.record(conn, "key 3", "survey.create", "visits", {"model": "uec", "rows": 7})
        entry = audit.every(conn, 10)[0]
    assert (entry.actor, entry.action, entry.survey) == ("key 3", "survey.create", "visits")
    assert entry.detail == {"model": "uec", "rows": 7}
    assert datetime.now(UTC) - entry.at < timedelta(minutes=1)


def test_the_newest_entries_come_first_in_pages(store: Store) -> None:
    with store.write() as conn:
        for number in range(5):
            audit.record(conn, "key 1", f"act {number}", None, {})
    with store.read() as conn:
        first = audit.every(conn, 3)
        second = audit.every(conn, 3, after=first[-1].id)
    assert [entry.action for entry in first + second] == [f"act {n}" for n in (4, 3, 2, 1, 0)]


def test_what_is_undone_is_not_recorded(store: Store) -> None:
    def fail() -> None:
        with store.write() as conn:
            audit.record(conn, "key 1", "survey.erase", "visits", {})
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with store.read() as conn:
        assert audit.every(conn, 10) == []
