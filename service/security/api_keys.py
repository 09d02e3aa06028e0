"""Making, listing and revoking API keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from service.errors import FieldError, NotFoundError, UnprocessableError
from service.security.tokens import KeyToken, digest, new_secret
from service.store import audit, keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.security.principals import Scope
    from service.store import Store
    from service.store.keys import StoredKey


def create(
    store: Store, name: str, scopes: Iterable[Scope], expires: datetime | None, actor: str
) -> tuple[StoredKey, KeyToken]:
    """Make a key.

    Args:
        store: Where it goes.
        name: What it is for.
        scopes: What it may do.
        expires: When it stops working, with its time zone; None for never.
        actor: Who makes it, for the audit.

    Returns:
        The key, and the token, which nobody can read again.

    Raises:
        UnprocessableError: It would have expired already.
    """
    if expires is not None and expires <= datetime.now(UTC):
        fault = FieldError(None, "expires", "it has to be later than now")
        raise UnprocessableError("the key would have expired already", (fault,))
    secret = new_secret()
    names = sorted(str(scope) for scope in scopes)
    with store.write() as conn:
        key_id = keys.add(conn, name, names, expires, digest(secret))
        audit.record(conn, actor, "key.create", None, {"key": key_id, "scopes": " ".join(names)})
        made = keys.by_id(conn, key_id)
    if made is None:
        raise NotFoundError(f"there is no key {key_id}")
    return made, KeyToken(key_id, secret)


def every(store: Store) -> list[StoredKey]:
    """Give all keys, good or not, in the order in which they were made."""
    with store.read() as conn:
        return keys.every(conn)


def get(store: Store, key_id: int) -> StoredKey:
    """Give a key, good or not.

    Raises:
        NotFoundError: There is no such key.
    """
    with store.read() as conn:
        found = keys.by_id(conn, key_id)
    if found is None:
        raise NotFoundError(f"there is no key {key_id}")
    return found


def revoke(store: Store, key_id: int, actor: str) -> None:
    """End a key at once.

    Args:
        store: Where it is.
        key_id: Its number.
        actor: Who wants it, for the audit.

    Raises:
        NotFoundError: There is no such key.
    """
    with store.write() as conn:
        keys.revoke(conn, key_id)
        audit.record(conn, actor, "key.revoke", None, {"key": key_id})
