"""Telling who is asking by their key, or by the session of their browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest
from typing import TYPE_CHECKING

from service.errors import ForbiddenError, UnauthorisedError
from service.security import sessions
from service.security.principals import Principal
from service.security.tokens import KeyToken, digest
from service.store import keys

if TYPE_CHECKING:
    from service.store import Store
    from service.store.keys import StoredKey

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Given:
    """What a request brings to show who is asking.

    Attributes:
        key: An API key.
        session: The secret of a browser's session.
        method: The request's method.
        csrf: What pages of ours are given to send along, and those of another site cannot know.
    """

    key: str | None = field(repr=False)
    session: str | None = field(repr=False)
    method: str
    csrf: str | None = field(repr=False)


def authenticate(store: Store, given: Given) -> Principal:
    """Tell who is asking; a key goes before a session.

    Raises:
        UnauthorisedError: No key and no session was given, or not a good one.
        ForbiddenError: A session was given for a request that changes something, without what
            shows that a page of ours made it.
        StoreError: The store cannot be reached.
    """
    if given.key is not None:
        return _by_key(store, given.key)
    if given.session is not None:
        return _by_session(store, given.session, given)
    raise UnauthorisedError("a key is needed, sent as 'Authorization: Bearer sayso_…'")


def _by_key(store: Store, sent: str) -> Principal:
    token = KeyToken.parse(sent)
    if token is None:
        raise UnauthorisedError("this is not a key: they are of the form sayso_<number>_<secret>")
    with store.read() as conn:
        key = keys.by_id(conn, token.key_id)
    if key is None or not compare_digest(key.secret_hash, digest(token.secret)) or _is_over(key):
        raise UnauthorisedError("this key is unknown, expired or revoked")
    return Principal(f"key {key.id}", frozenset(key.scopes), key.id)


def _is_over(key: StoredKey) -> bool:
    expired = key.expires is not None and key.expires <= datetime.now(UTC)
    return expired or key.revoked is not None


def _by_session(store: Store, secret: str, given: Given) -> Principal:
    session = sessions.find(store, secret)
    if session is None:
        raise UnauthorisedError("this session has ended; follow a new sign-in link")
    if given.method not in SAFE_METHODS and not session.vouches_for(given.csrf):
        raise ForbiddenError("a browser has to send its session's X-CSRF-Token to change anything")
    return session.principal
