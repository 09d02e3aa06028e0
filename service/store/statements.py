"""What SQL statements need that differs between databases, or that they limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Table

Value = TypeVar("Value")

_ASKED_AT_ONCE = 1_000


def insert_new(conn: Connection, table: Table, values: Mapping[str, object]) -> bool:
    """Inserts a row unless one with its key is there, which somebody may be inserting just now.

    Returns:
        Whether it was inserted.
    """
    on_postgresql = conn.dialect.name == "postgresql"
    made = postgresql_insert(table) if on_postgresql else sqlite_insert(table)
    new = made.values(values).on_conflict_do_nothing().returning(*table.primary_key)
    return conn.execute(new).first() is not None


def parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Splits values so that one statement takes each part; databases limit what it may hold."""
    return (values[at : at + _ASKED_AT_ONCE] for at in range(0, len(values), _ASKED_AT_ONCE))
