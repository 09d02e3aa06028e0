"""The store: where it is opened and its transactions come from."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from service.errors import BusyError, StoreError
from service.store.engines import WRITES, open_engine
from service.store.migrating import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Store:
    """A database with the service's tables.

    It may be used by several threads at once; after a fork, open it anew.

    Args:
        engine: As `open_engine` makes it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(postgresql_readonly=True)
        if self.dialect == "postgresql":
            # as on SQLite, all that one transaction reads is of one moment
            self._reading = self._reading.execution_options(isolation_level="REPEATABLE READ")
        self._writing = engine.execution_options(**{WRITES: True})

    @classmethod
    def open(cls, url: str) -> Self:
        """Opens a store and brings its tables up to date.

        Args:
            url: `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/DATABASE`.

        Raises:
            StoreError: If it cannot be reached, or was written by a newer version.
        """
        store = cls(open_engine(url))
        try:
            with store.write() as conn:
                migrate(conn)
        except DatabaseError as error:
            store.close()
            raise StoreError("the store is not a database that can be used") from error
        except BaseException:
            store.close()
            raise
        return store

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """What kind of database it is."""
        return "postgresql" if self._engine.dialect.name == "postgresql" else "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Gives a connection in a transaction that only reads.

        Raises:
            StoreError: If the database cannot be used.
        """
        with _told_as_store_error(), self._reading.begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Gives a connection in a transaction; it is durable when the context ends.

        An exception in the context undoes all of it. On SQLite one writes at a time, the others
        wait.

        Raises:
            StoreError: If the database cannot be used.
        """
        with _told_as_store_error(), self._writing.begin() as conn:
            yield conn

    def scrub(self, tables: Sequence[str]) -> None:
        """Takes what was deleted off the disk as well.

        Args:
            tables: Where it was.

        Raises:
            BusyError: If others have been reading for so long that it cannot be done now.
            StoreError: If the database cannot be used.
        """
        with _told_as_store_error():
            if self.dialect == "postgresql":
                self._rewrite(tables)
            else:
                self._empty_the_log()

    def _rewrite(self, tables: Sequence[str]) -> None:
        alone = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        with alone.connect() as conn:
            for table in tables:
                conn.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {table}")

    def _empty_the_log(self) -> None:
        """Moves what is in the write-ahead log to the file, where deleted pages are zeros."""
        raw = self._engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = cursor.fetchone() or (1,)
        finally:
            raw.close()
        if busy:
            raise BusyError("deleted, but traces stay in the store's log while others read", 60)

    def answers(self) -> bool:
        """Tells whether the database can be used at the moment."""
        try:
            with self.read() as conn:
                conn.execute(text("SELECT 1 FROM alembic_version"))
        except StoreError:
            return False
        return True

    def close(self) -> None:
        """Gives its connections back."""
        self._engine.dispose()


@contextmanager
def _told_as_store_error() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise StoreError("the store cannot be used at the moment") from error
