from datetime import UTC, datetime, timedelta

import pytest

from service.errors import NotFoundError
from service.store import Store, keys

HASH = b"\x00\xff" * 16
NOW = datetime.now(UTC).replace(microsecond=0)
LATER = NOW + timedelta(days=1)
EARLIER = NOW - timedelta(days=1)


def test_a_key_comes_back_as_it_was_added(store: Store) -> None:
    with store.write() as conn:
        key_id = keys.add(conn, "dashboard", ["tag", "surveys:read"], LATER, HASH)
    with store.read() as conn:
        key = keys.by_id(conn, key_id)
        assert keys.every(conn) == [key]
    assert key is not None
    assert (key.name, key.scopes, key.expires) == ("dashboard", ("tag", "surveys:read"), LATER)
    assert (key.secret_hash, key.revoked, key.used) == (HASH, None, None)
    assert abs(key.created - NOW) < timedelta(days=1)


def test_the_hash_of_a_key_is_not_shown(store: Store) -> None:
    with store.write() as conn:
        key = keys.by_id(conn, keys.add(conn, "dashboard", [], None, HASH))
    assert repr(HASH) not in repr(key)


def test_a_key_that_is_not_there_is_none(store: Store) -> None:
    with store.read() as conn:
        assert keys.by_id(conn, 1) is None
        assert keys.by_id(conn, 2**63 - 1) is None


def test_the_first_revocation_of_a_key_stays(store: Store) -> None:
    with store.write() as conn:
        key_id = keys.add(conn, "dashboard", [], None, HASH)
        keys.revoke(conn, key_id)
        first = keys.by_id(conn, key_id)
        keys.revoke(conn, key_id)
        assert keys.by_id(conn, key_id) == first
    assert first is not None
    assert first.revoked is not None


def test_only_a_key_that_is_there_can_be_revoked(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no key 7"), store.write() as conn:
        keys.revoke(conn, 7)


def test_the_use_of_a_key_is_recorded(store: Store) -> None:
    with store.write() as conn:
        key_id = keys.add(conn, "dashboard", [], None, HASH)
        keys.touch(conn, key_id, NOW)
        key = keys.by_id(conn, key_id)
    assert key is not None
    assert key.used == NOW


def test_a_session_lasts_until_it_ends(store: Store) -> None:
    with store.write() as conn:
        keys.add_session(conn, HASH, "csrf", LATER)
    with store.read() as conn:
        assert keys.session(conn, HASH) == keys.StoredSession("csrf", LATER)
        assert keys.session(conn, b"other") is None
    with store.write() as conn:
        keys.end_session(conn, HASH)
        keys.end_session(conn, HASH)
        assert keys.session(conn, HASH) is None


def test_a_session_that_has_expired_is_gone(store: Store) -> None:
    with store.write() as conn:
        keys.add_session(conn, HASH, "csrf", EARLIER)
        assert keys.session(conn, HASH) is None


def test_a_session_knows_the_key_it_began_with(store: Store) -> None:
    with store.write() as conn:
        key_id = keys.add(conn, "dashboard", ["tag"], None, HASH)
        keys.add_session(conn, HASH, "csrf", LATER, key_id)
        keys.revoke(conn, key_id)
    with store.read() as conn:
        session = keys.session(conn, HASH)
        assert session == keys.StoredSession("csrf", LATER, keys.by_id(conn, key_id))
    assert session is not None
    assert session.key is not None
    assert session.key.over


def test_a_link_is_good_once(store: Store) -> None:
    with store.write() as conn:
        keys.add_link(conn, HASH, LATER)
    with store.write() as conn:
        assert keys.use_link(conn, HASH)
        assert not keys.use_link(conn, HASH)


def test_a_link_that_has_expired_is_not_good(store: Store) -> None:
    with store.write() as conn:
        keys.add_link(conn, HASH, EARLIER)
        assert not keys.use_link(conn, HASH)


def test_a_link_is_no_session_and_a_session_no_link(store: Store) -> None:
    with store.write() as conn:
        keys.add_link(conn, b"link", LATER)
        keys.add_session(conn, b"session", "csrf", LATER)
        assert keys.session(conn, b"link") is None
        assert not keys.use_link(conn, b"session")
