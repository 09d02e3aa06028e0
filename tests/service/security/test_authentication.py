from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from service.errors import (
    ForbiddenError,
    NotFoundError,
    UnauthorisedError,
    UnprocessableError,
)
from service.security import api_keys, sessions
from service.security.authentication import Given, authenticate
from service.security.principals import Principal, Scope
from service.security.tokens import KeyToken, digest, new_secret
from service.store import audit, keys

if TYPE_CHECKING:
    from service.store import Store


def with_key(key: object) -> Given:
    return Given(key=str(key), session=None, method="POST", csrf=None)


def with_session(secret: str, method: str = "GET", csrf: str | None = None) -> Given:
    return Given(key=None, session=secret, method=method, csrf=csrf)


def a_key(store: Store, *scopes: Scope) -> tuple[int, KeyToken]:
    key, token = api_keys.create(store, "a tool", scopes, None, "test")
    return key.id, token


def test_a_key_shows_who_is_asking(store: Store) -> None:
    number, token = a_key(store, Scope.TAG, Scope.REVIEW)
    principal = authenticate(store, with_key(token))
    assert principal == Principal(f"key {number}", frozenset({"tag", "review"}), number)


def test_no_key_will_not_do(store: Store) -> None:
    with pytest.raises(UnauthorisedError, match="a key is needed"):
        authenticate(store, Given(key=None, session=None, method="GET", csrf=None))


def test_a_key_with_another_secret_or_number_will_not_do(store: Store) -> None:
    number, token = a_key(store, Scope.TAG)
    for wrong in (KeyToken(number, new_secret()), KeyToken(number + 1, token.secret), "sayso"):
        with pytest.raises(UnauthorisedError):
            authenticate(store, with_key(wrong))


def test_a_revoked_key_will_not_do_from_then_on(store: Store) -> None:
    number, token = a_key(store, Scope.TAG)
    api_keys.revoke(store, number, "test")
    with pytest.raises(UnauthorisedError, match="revoked"):
        authenticate(store, with_key(token))


def test_an_expired_key_will_not_do(store: Store) -> None:
    secret = new_secret()
    with store.write() as conn:
        just_now = datetime.now(UTC) - timedelta(milliseconds=1)
        number = keys.add(conn, "old", ["tag"], just_now, digest(secret))
    with pytest.raises(UnauthorisedError, match="expired"):
        authenticate(store, with_key(KeyToken(number, secret)))


def test_a_key_is_not_made_to_be_expired(store: Store) -> None:
    with pytest.raises(UnprocessableError, match="expired already"):
        api_keys.create(store, "late", [Scope.TAG], datetime.now(UTC), "test")


def test_a_key_that_is_not_there_cannot_be_revoked(store: Store) -> None:
    with pytest.raises(NotFoundError):
        api_keys.revoke(store, 5, "test")


def test_the_secret_of_a_key_is_nowhere_in_the_store(store: Store) -> None:
    _, token = a_key(store, Scope.TAG)
    (key,) = api_keys.every(store)
    assert key.secret_hash == digest(token.secret)
    assert token.secret not in repr(key)


def test_the_audit_tells_who_made_and_revoked_a_key(store: Store) -> None:
    number, _ = a_key(store, Scope.TAG)
    api_keys.revoke(store, number, "key 9")
    with store.read() as conn:
        revoked, made = audit.every(conn, 10)
    assert (made.actor, made.action, made.detail) == (
        "test",
        "key.create",
        {"key": number, "scopes": "tag"},
    )
    assert (revoked.actor, revoked.action) == ("key 9", "key.revoke")


def test_a_scope_allows_itself_and_admin_allows_all() -> None:
    Principal("key 1", frozenset({"tag"})).check(Scope.TAG)
    Principal("key 1", frozenset({"admin"})).check(Scope.COUNTS_EXACT)
    with pytest.raises(ForbiddenError, match="'review'"):
        Principal("key 1", frozenset({"tag"})).check(Scope.REVIEW)


def test_a_link_signs_one_browser_in_once(store: Store) -> None:
    link = sessions.new_link(store)
    secret = sessions.sign_in(store, link)
    assert authenticate(store, with_session(secret)).may(Scope.ADMIN)
    with pytest.raises(UnauthorisedError, match="used before"):
        sessions.sign_in(store, link)


def test_a_link_is_no_session_and_a_session_no_link(store: Store) -> None:
    link = sessions.new_link(store)
    with pytest.raises(UnauthorisedError):
        authenticate(store, with_session(link))
    secret = sessions.sign_in(store, link)
    with pytest.raises(UnauthorisedError):
        sessions.sign_in(store, secret)


def test_a_link_that_is_too_old_will_not_do(store: Store) -> None:
    link = new_secret()
    with store.write() as conn:
        keys.add_link(conn, digest(link), datetime.now(UTC) - timedelta(milliseconds=1))
    with pytest.raises(UnauthorisedError, match="too old"):
        sessions.sign_in(store, link)


def test_a_session_that_has_ended_will_not_do(store: Store) -> None:
    secret = sessions.sign_in(store, sessions.new_link(store))
    sessions.sign_out(store, secret)
    with pytest.raises(UnauthorisedError, match="has ended"):
        authenticate(store, with_session(secret))


def test_a_session_changes_something_only_with_what_our_pages_know(store: Store) -> None:
    secret = sessions.sign_in(store, sessions.new_link(store))
    session = sessions.find(store, secret)
    assert session is not None
    authenticate(store, with_session(secret, "DELETE", session.csrf))
    for csrf in (None, "", "é", new_secret()):
        with pytest.raises(ForbiddenError, match="X-CSRF-Token"):
            authenticate(store, with_session(secret, "DELETE", csrf))


def test_browsers_are_told_apart_without_a_secret(store: Store) -> None:
    secrets = [sessions.sign_in(store, sessions.new_link(store)) for _ in range(2)]
    names = {authenticate(store, with_session(secret)).name for secret in secrets}
    assert len(names) == 2
    assert all(secret not in name for secret in secrets for name in names)
