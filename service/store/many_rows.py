"""Very many rows at a time, the fastest way that each database has.

Values are given as the database itself takes them: text for JSON and dates.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Column, ColumnElement, Connection, Table

    Rows = Iterable[tuple[object, ...]]


def among(conn: Connection, key: Column[int], numbers: Sequence[int]) -> ColumnElement[bool]:
    """Asks for the rows whose key is one of some numbers, which go to the database as one value.

    Args:
        conn: Says which database it is asked of.
        key: A column of numbers.
        numbers: Any number of them.
    """
    if conn.dialect.name == "postgresql":
        return key == any_(bindparam(None, list(numbers), type_=ARRAY(BigInteger)))
    each = func.json_each(json.dumps(list(numbers))).table_valued("value")
    return key.in_(select(each.c.value))


def load(conn: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Adds rows.

    Args:
        conn: In a transaction that writes.
        table: Where they go.
        columns: What their values are of.
        rows: A value for each column.

    Raises:
        StoreError: The database went away.
    """
    names = ", ".join(columns)
    if conn.dialect.name == "postgresql":
        _copy(conn, f"COPY {table.name} ({names}) FROM STDIN", rows)
    else:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - our own
        _each(conn, statement, rows)


def change(conn: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Changes rows that are there, each to values of its own.

    Args:
        conn: In a transaction that writes.
        table: Where they are.
        columns: What is changed, and at the end the key that tells which row.
        rows: A value for each column.
    """
    *changed, key = columns
    if conn.dialect.name == "postgresql":
        given = [list(values) for values in zip(*rows, strict=True)]
        if given:
            conn.exec_driver_sql(_change_from_arrays(conn, table, changed, key), tuple(given))
    else:
        values = ", ".join(f"{name} = ?" for name in changed)
        statement = f"UPDATE {table.name} SET {values} WHERE {key} = ?"  # noqa: S608 - our own
        _each(conn, statement, rows)


def _copy(conn: Connection, statement: str, rows: Rows) -> None:
    cursor: Any = conn.connection.cursor()
    driver: Any = conn.dialect.dbapi
    try:
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except (driver.OperationalError, driver.InterfaceError) as error:
        # SQLAlchemy, which knows nothing of copying, would not tell of it as its own
        raise StoreError("the store cannot be used at the moment") from error


def _change_from_arrays(conn: Connection, table: Table, changed: Sequence[str], key: str) -> str:
    columns = (*changed, key)
    values = ", ".join(f"{name} = given.{name}" for name in changed)
    types = (table.c[name].type.compile(conn.dialect) for name in columns)
    arrays = ", ".join(f"%s::{of}[]" for of in types)
    return (
        f"UPDATE {table.name} SET {values}"  # noqa: S608 - our own
        f" FROM unnest({arrays}) AS given({', '.join(columns)})"
        f" WHERE {table.name}.{key} = given.{key}"
    )


def _each(conn: Connection, statement: str, rows: Rows) -> None:
    if given := list(rows):
        conn.exec_driver_sql(statement, given)
