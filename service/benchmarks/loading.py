"""Numbers for rows that are written into a store with theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table


def next_number(conn: Connection, table: Table) -> int:
    """Give a number that no row has yet, nor one after it."""
    return (conn.execute(select(func.max(table.c.pk))).scalar_one() or 0) + 1


def number_on(conn: Connection, table: Table) -> None:
    """Have rows that come later numbered after those that were written with their numbers."""
    if conn.dialect.name == "postgresql":
        sequence = text("SELECT setval(pg_get_serial_sequence(:table, 'pk'), :last)")
        conn.execute(sequence, {"table": table.name, "last": next_number(conn, table)})
