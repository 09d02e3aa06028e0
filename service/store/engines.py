"""Engines: how SQLite and PostgreSQL are spoken to."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from service.errors import StoreError

if TYPE_CHECKING:
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import ExecutionContext
    from sqlalchemy.pool import ConnectionPoolEntry

WRITES = "sayso_writes"
"""Execution option of a connection whose transactions write."""

BINARY = "sayso_binary"
"""Execution option of a statement that fetches much that is no text, and so takes a quarter of the
time on PostgreSQL, which would otherwise spell it out."""

_SECONDS_BUSY = 30
# Threads of a web server and a few workers; SQLite and PostgreSQL both open them when needed.
_POOL = {"pool_size": 10, "max_overflow": 40}
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
_SQLITE_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    # what is sorted on the way would otherwise be written to a file beside the store
    "temp_store=MEMORY",
    "cache_size=-32000",
    "journal_size_limit=67108864",
)


def open_engine(url: str) -> Engine:
    """Makes an engine for the store at an address; on SQLite the file too, for its owner alone.

    Args:
        url: `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/DATABASE`.

    Raises:
        StoreError: If the address is neither, or the file cannot be made.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("the address of the store is not a database URL") from None
    if parsed.drivername in _POSTGRESQL:
        return _postgresql(parsed.set(drivername="postgresql+psycopg"))
    if parsed.drivername == "sqlite":
        return _sqlite(parsed)
    raise StoreError(f"the store can be SQLite or PostgreSQL, not {parsed.drivername}")


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10},
            **_POOL,
        )
    except ModuleNotFoundError:
        raise StoreError("PostgreSQL needs the extra: pip install 'sayso[postgres]'") from None
    event.listen(engine, "before_cursor_execute", _ask_for_format)
    return engine


def _ask_for_format(
    _conn: Connection,
    cursor: Any,  # noqa: ANN401 - psycopg's, which need not be installed
    _statement: str,
    _parameters: object,
    context: ExecutionContext,
    _many: bool,
) -> None:
    if context.execution_options.get(BINARY, False):
        cursor.format = 1


def _sqlite(url: URL) -> Engine:
    if url.database in (None, "", ":memory:"):
        raise StoreError("the address of an SQLite store names its file: sqlite:///PATH")
    _make_file(Path(str(url.database)))
    if "timeout" not in url.query:
        url = url.update_query_dict({"timeout": str(_SECONDS_BUSY)})
    engine = create_engine(url, hide_parameters=True, **_POOL)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_file(path: Path) -> None:
    """Makes an empty file that its owner alone may read; SQLite's files beside it follow it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreError(f"the store's file cannot be made: {error.strerror}") from error


def _prepare(connection: SqliteConnection, _: ConnectionPoolEntry) -> None:
    # SQLAlchemy then says BEGIN itself, and DDL is part of the transaction.
    connection.isolation_level = None
    _write_ahead(connection)
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: SqliteConnection) -> None:
    """Turns on the write-ahead log; SQLite does not wait where two do so at the same moment."""
    ends = time.monotonic() + _SECONDS_BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except connection.OperationalError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.02)
        else:
            return


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    # A reader that turned writer would fail where another has written in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
