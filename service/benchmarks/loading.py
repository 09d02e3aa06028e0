"""Writing very many rows into a store at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Table

    Rows = Iterable[tuple[object, ...]]


def load(conn: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Write rows, the fastest way that the database has.

    Args:
        conn: In a transaction that writes.
        table: Where they go.
        columns: What their values are of.
        rows: Values as the database itself takes them: text for JSON and dates.
    """
    names = ", ".join(columns)
    if conn.dialect.name == "postgresql":
        cursor: Any = conn.connection.cursor()
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - our own
        conn.exec_driver_sql(statement, list(rows))


def next_number(conn: Connection, table: Table) -> int:
    """Give a number that no row has yet, nor one after it."""
    return (conn.execute(select(func.max(table.c.pk))).scalar_one() or 0) + 1


def number_on(conn: Connection, table: Table) -> None:
    """Have rows that come later numbered after those that were written with their numbers."""
    if conn.dialect.name == "postgresql":
        sequence = text("SELECT setval(pg_get_serial_sequence(:table, 'pk'), :last)")
        conn.execute(sequence, {"table": table.name, "last": next_number(conn, table)})
