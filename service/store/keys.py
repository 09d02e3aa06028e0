"""API keys, and the sessions and one-time links of browsers; of each secret only its hash."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from service.errors import NotFoundError
from service.store.tables import api_key
from service.store.tables import session as session_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Connection, Row

_SESSION = "session"
_LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """An API key.

    Attributes:
        id: Its number.
        name: What it is for.
        scopes: What it allows.
        secret_hash: Hash of its secret.
        created: When, in UTC, as all that follow.
        expires: From when it is not good any more.
        revoked: When it was revoked.
        used: When it was last used.
    """

    id: int
    name: str
    scopes: tuple[str, ...]
    secret_hash: bytes = field(repr=False)
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    used: datetime | None

    @property
    def over(self) -> bool:
        """Whether it has expired or was revoked."""
        expired = self.expires is not None and self.expires <= datetime.now(UTC)
        return expired or self.revoked is not None


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A browser that has signed in.

    Attributes:
        csrf: What its requests that change something must bring.
        expires: When it ends, in UTC.
        key: The key it signed in by; None if by a link.
    """

    csrf: str = field(repr=False)
    expires: datetime
    key: StoredKey | None = None


def add(
    conn: Connection,
    name: str,
    scopes: Sequence[str],
    expires: datetime | None,
    secret_hash: bytes,
) -> int:
    """Adds an API key and gives its number."""
    values = {
        "name": name,
        "scopes": list(scopes),
        "secret_hash": secret_hash,
        "created": datetime.now(UTC),
        "expires": expires,
    }
    made: int = conn.execute(insert(api_key).values(values).returning(api_key.c.pk)).scalar_one()
    return made


def by_id(conn: Connection, key_id: int) -> StoredKey | None:
    """Gives the key with a number, good or not."""
    row = conn.execute(select(api_key).where(api_key.c.pk == key_id)).one_or_none()
    return None if row is None else _key(row)


def every(conn: Connection) -> list[StoredKey]:
    """Gives all keys in the order of their numbers, good or not."""
    return [_key(row) for row in conn.execute(select(api_key).order_by(api_key.c.pk))]


def revoke(conn: Connection, key_id: int) -> None:
    """Ends a key; one that is revoked already stays so.

    Raises:
        NotFoundError: If there is no such key.
    """
    key = by_id(conn, key_id)
    if key is None:
        raise NotFoundError(f"there is no key {key_id}")
    if key.revoked is None:
        ended = update(api_key).where(api_key.c.pk == key_id).values(revoked=datetime.now(UTC))
        conn.execute(ended)


def touch(conn: Connection, key_id: int, when: datetime) -> None:
    """Records that a key was used."""
    conn.execute(update(api_key).where(api_key.c.pk == key_id).values(used=when))


def add_session(
    conn: Connection, token_hash: bytes, csrf: str, expires: datetime, key: int | None = None
) -> None:
    """Adds a browser's session, by a key if it has the number of one; those that have ended go."""
    _add(conn, token_hash, _SESSION, expires, csrf, key)


def session(conn: Connection, token_hash: bytes) -> StoredSession | None:
    """Gives a session that has not ended; its key may be over nonetheless."""
    row = conn.execute(
        select(session_table.c.csrf, session_table.c.expires, session_table.c.key).where(
            session_table.c.token_hash == token_hash,
            session_table.c.kind == _SESSION,
            session_table.c.expires > datetime.now(UTC),
        )
    ).one_or_none()
    if row is None:
        return None
    return StoredSession(row.csrf, row.expires, None if row.key is None else by_id(conn, row.key))


def end_session(conn: Connection, token_hash: bytes) -> None:
    """Ends a session, if it is there."""
    conn.execute(delete(session_table).where(session_table.c.token_hash == token_hash))


def add_link(conn: Connection, token_hash: bytes, expires: datetime) -> None:
    """Adds a link that signs a browser in once."""
    _add(conn, token_hash, _LINK, expires)


def use_link(conn: Connection, token_hash: bytes) -> bool:
    """Uses up a link; tells whether it was good, which it is for one of those who try."""
    used = conn.execute(
        delete(session_table).where(
            session_table.c.token_hash == token_hash,
            session_table.c.kind == _LINK,
            session_table.c.expires > datetime.now(UTC),
        )
    )
    return used.rowcount == 1


def _add(
    conn: Connection,
    token_hash: bytes,
    kind: str,
    expires: datetime,
    csrf: str | None = None,
    key: int | None = None,
) -> None:
    conn.execute(delete(session_table).where(session_table.c.expires <= datetime.now(UTC)))
    values = {"token_hash": token_hash, "kind": kind, "csrf": csrf, "expires": expires, "key": key}
    conn.execute(insert(session_table).values(values))


def _key(row: Row[*tuple[Any, ...]]) -> StoredKey:
    return StoredKey(
        id=row.pk,
        name=row.name,
        scopes=tuple(row.scopes),
        secret_hash=row.secret_hash,
        created=row.created,
        expires=row.expires,
        revoked=row.revoked,
        used=row.used,
    )
