"""Browsers: a link that works once signs one in, and its session lasts half a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING

from service.errors import UnauthorisedError
from service.security.principals import Principal, Scope
from service.security.tokens import digest, new_secret
from service.store import audit, keys

if TYPE_CHECKING:
    from service.store import Store

COOKIE = "sayso_session"
LINK_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that has signed in.

    Attributes:
        principal: Who it stands for: who can read what `sayso serve` prints may do everything.
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
    secret = new_secret()
    with store.write() as conn:
        if not keys.use_link(conn, digest(link)):
            raise UnauthorisedError("this link is unknown, was used before, or is too old")
        keys.add_session(conn, digest(secret), new_secret(), datetime.now(UTC) + SESSION_LASTS)
        audit.record(conn, _name(secret), "session.sign_in", None, {})
    return secret


def find(store: Store, secret: str) -> Session | None:
    """Give the session of a secret, if there is one and it has not ended."""
    with store.read() as conn:
        stored = keys.session(conn, digest(secret))
    if stored is None:
        return None
    return Session(Principal(_name(secret), frozenset({Scope.ADMIN})), stored.csrf)


def sign_out(store: Store, secret: str) -> None:
    """End a session."""
    with store.write() as conn:
        keys.end_session(conn, digest(secret))
        audit.record(conn, _name(secret), "session.sign_out", None, {})


def _name(secret: str) -> str:
    """Tell one browser from another, without a secret."""
    return f"browser {digest(secret)[:4].hex()}"
