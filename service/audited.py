"""Pages of the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.store import audit

if TYPE_CHECKING:
    from service.store import Store
    from service.store.audit import AuditEntry


def page_of(
    store: Store, limit: int, after: int | None = None
) -> tuple[list[AuditEntry], int | None]:
    """Give entries, the newest first, and what the next page comes after; None at the end.

    Args:
        store: Where they are.
        limit: Most entries.
        after: What the page comes after; None for the first page.
    """
    with store.read() as conn:
        entries = audit.every(conn, limit, after)
    return entries, entries[-1].id if len(entries) == limit else None
