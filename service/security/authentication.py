"""Telling who is asking by their key, or by the session of their browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.errors import ForbiddenError, UnauthorisedError
from service.security import key_holders, sessions

if TYPE_CHECKING:
    from service.security.principals import Principal
    from service.store import Store

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
        with store.read() as conn:
            return key_holders.by_token(conn, given.key)
    if given.session is not None:
        return _by_session(store, given.session, given)
    raise UnauthorisedError("a key is needed, sent as 'Authorization: Bearer sayso_…'")


def _by_session(store: Store, secret: str, given: Given) -> Principal:
    session = sessions.find(store, secret)
    if session is None:
        raise UnauthorisedError("this session has ended; sign in again")
    if given.method not in SAFE_METHODS and not session.vouches_for(given.csrf):
        raise ForbiddenError("a browser has to send its session's X-CSRF-Token to change anything")
    return session.principal
