"""Sessions that began before a key could begin one."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from service.store import Store, keys, migrations
from service.store.engines import open_engine

BEGIN = "INSERT INTO session (token_hash, kind, csrf, expires) VALUES (:hash, 'session', '', :ends)"


def test_a_session_outlives_the_step_and_has_no_key(bare_url: str) -> None:
    ends = datetime.now(UTC) + timedelta(hours=1)
    engine = open_engine(bare_url)
    with engine.begin() as conn:
        config = Config(attributes={"connection": conn})
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        command.upgrade(config, "0002")
        stored = ends.replace(tzinfo=None if "sqlite" in bare_url else UTC)
        conn.execute(text(BEGIN), {"hash": b"hash", "ends": stored})
    engine.dispose()
    with closing(Store.open(bare_url)) as store, store.read() as conn:
        assert keys.session(conn, b"hash") == keys.StoredSession("", ends, None)
