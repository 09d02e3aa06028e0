"""Stores and apps to test with: each test that asks runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from service.store import Store
from tests.service.app_fixtures import (  # noqa: F401 - tests below this folder ask for them
    anyone,
    app,
    client,
    make_key,
    models,
    settings,
)
from tests.service.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = 2 * 1024**3
"""Bytes that a PostgreSQL of many small databases and their log may take."""


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server, started when a test first needs it."""
    run = tmp_path_factory.getbasetemp()
    # the workers of a parallel run share one
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    # not in the run's own folder: the next run closes that to the account the server runs under
    server = Postgres(_quickest_folder() / f"sayso-postgres-{crc32(bytes(run)):08x}")
    yield server
    server.stop()


def _quickest_folder() -> Path:
    """Gives a folder in memory if there is room: nothing that a test stores outlives it."""
    memory = Path("/dev/shm")  # noqa: S108 - what is in it has a folder of its own
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else Path(gettempdir())


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store with empty tables, to be copied: that is quicker than to migrate."""
    file = tmp_path_factory.mktemp("empty") / "sayso.db"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path, empty_file: Path) -> Iterator[str]:
    """The address of an empty store."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(empty_file, tmp_path)}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        yield from server.fresh()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        yield from server.bare()


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = Store.open(store_url)
    yield store
    store.close()
