"""Who read or changed what, without any of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from service.store.tables import audit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did.

    Attributes:
        id: Its number; later ones have higher numbers.
        at: When, in UTC.
        actor: Who, such as "key 3".
        action: What, such as "survey.create".
        survey: Id of the survey it was about, which may be gone.
        detail: Counts and names; never text that people wrote, nor ids of people.
    """

    id: int
    at: datetime
    actor: str
    action: str
    survey: str | None
    detail: dict[str, str | int]


def record(
    conn: Connection,
    actor: str,
    action: str,
    survey: str | None,
    detail: Mapping[str, str | int],
) -> None:
    """Records what somebody did, in the transaction in which they do it."""
    values = {"actor": actor, "action": action, "survey": survey, "detail": dict(detail)}
    conn.execute(insert(audit).values(at=datetime.now(UTC), **values))


def every(conn: Connection, limit: int, after: int | None = None) -> list[AuditEntry]:
    """Gives entries, the newest first.

    Args:
        conn: In a transaction.
        limit: Most entries.
        after: Number of the last entry of the page before; None for the first page.
    """
    wanted = select(audit).order_by(audit.c.pk.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(audit.c.pk < after)
    return [AuditEntry(*row) for row in conn.execute(wanted)]
