"""Who holds a key."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from service.errors import UnauthorisedError
from service.security.principals import Principal
from service.security.tokens import KeyToken, digest
from service.store import keys

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.store.keys import StoredKey


def by_token(conn: Connection, sent: str) -> Principal:
    """Tell who sent a key.

    Raises:
        UnauthorisedError: It is none, or not a good one.
    """
    token = KeyToken.parse(sent)
    if token is None:
        raise UnauthorisedError("this is not a key: they are of the form sayso_<number>_<secret>")
    key = keys.by_id(conn, token.key_id)
    if key is None or not compare_digest(key.secret_hash, digest(token.secret)) or key.over:
        raise UnauthorisedError("this key is unknown, expired or revoked")
    return principal(key)


def principal(key: StoredKey) -> Principal:
    """Give who the holder of a key is to the audit, and what they may do."""
    return Principal(f"key {key.id}", frozenset(key.scopes), key.id)
