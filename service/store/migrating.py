"""Brings a store's tables up to what this code knows."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from service.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do that no other program of the database takes.
_ADVISORY_LOCK = 7297670
# Alembic keeps what it is doing in global names.
_one_at_a_time = Lock()


def migrate(conn: Connection) -> None:
    """Takes the steps that the store has not taken yet.

    Any number of processes may do so at once.

    Args:
        conn: In a transaction that writes; on SQLite that alone keeps others out.

    Raises:
        StoreError: If the store was written by a newer version of this code.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
    with _one_at_a_time:
        config = _config(conn)
        steps = ScriptDirectory.from_config(config)
        taken = MigrationContext.configure(conn).get_current_revision()
        known = {step.revision for step in steps.walk_revisions()}
        if taken is not None and taken not in known:
            raise StoreError("the store was written by a newer version of Sayso")
        if taken != steps.get_current_head():
            command.upgrade(config, "head")


def _config(conn: Connection) -> Config:
    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
