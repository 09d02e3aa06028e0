"""Browsers: a link that works once signs one in, or a key, and its session lasts half a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING

from service.errors import UnauthorisedError
from service.security import key_holders
from service.security.principals import Principal, Scope
from service.security.tokens import digest, new_secret
from service.store import audit, keys

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.store import Store
    from service.store.keys import StoredSession

COOKIE = "sayso_session"
LINK_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that has signed in.

    Attributes:
        principal: Who it stands for: the holder of the key it signed in by; who can read what
            `sayso serve` prints may do everything.
        csrf: What its requests have to bring to change something.
    """

    principal: Principal
    csrf: str = field(repr=False)

    def vouches_for(self, csrf: str | None) -> bool:
        """Tell whether a request that brings this was made by a page of ours."""
        return csrf is not None and same(csrf, self.csrf)


def same(sent: str, known: str) -> bool:
    """Compare a secret in a time that does not tell how much of it is right."""
    return compare_digest(sent.encode(errors="surrogatepass"), known.encode())


def new_link(store: Store) -> str:
    """Make a link's secret, which signs a browser in once."""
    secret = new_secret()
    with store.write() as conn:
        keys.add_link(conn, digest(secret), datetime.now(UTC) + LINK_LASTS)
    return secret


def sign_in(store: Store, link: str) -> str:
    """Use a link up and begin a session.

    Returns:
        The session's secret, for the browser's cookie.

    Raises:
        UnauthorisedError: The link is unknown, used or too old.
    """
    with store.write() as conn:
        if not keys.use_link(conn, digest(link)):
            raise UnauthorisedError("this link is unknown, was used before, or is too old")
        return _begin(conn)


def sign_in_by_key(store: Store, sent: str) -> str:
    """Begin a session that may do what a key may, for as long as that is good.

    Returns:
        The session's secret, for the browser's cookie.

    Raises:
        UnauthorisedError: It is no key, or not a good one.
    """
    with store.read() as conn:  # so that guesses do not hold up who writes
        holder = key_holders.by_token(conn, sent)
    with store.write() as conn:
        return _begin(conn, holder)


def find(store: Store, secret: str) -> Session | None:
    """Give the session of a secret, if there is one and neither it nor its key has ended."""
    with store.read() as conn:
        return _find(conn, secret)


def sign_out(store: Store, secret: str) -> None:
    """End a session."""
    with store.write() as conn:
        session = _find(conn, secret)
        keys.end_session(conn, digest(secret))
        if session is not None:
            audit.record(conn, session.principal.name, "session.sign_out", None, {})


def _begin(conn: Connection, holder: Principal | None = None) -> str:
    secret = new_secret()
    name, key = (holder.name, holder.key) if holder else (_name(secret), None)
    ends = datetime.now(UTC) + SESSION_LASTS
    keys.add_session(conn, digest(secret), new_secret(), ends, key)
    audit.record(conn, name, "session.sign_in", None, {})
    return secret


def _find(conn: Connection, secret: str) -> Session | None:
    stored = keys.session(conn, digest(secret))
    if stored is None or (stored.key is not None and stored.key.over):
        return None
    return Session(_principal(stored, secret), stored.csrf)


def _principal(stored: StoredSession, secret: str) -> Principal:
    if stored.key is not None:
        return key_holders.principal(stored.key)
    return Principal(_name(secret), frozenset({Scope.ADMIN}))


def _name(secret: str) -> str:
    """Tell one browser from another, without a secret."""
    return f"browser {digest(secret)[:4].hex()}"
