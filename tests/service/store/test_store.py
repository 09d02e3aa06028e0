import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from service.errors import ConflictError, StoreError
from service.store import Store, surveys
from service.store.tables import metadata
from tests.service.store.content import STAMP, add_survey, new_survey

OPEN = "import sys; from service.store import Store; assert Store.open(sys.argv[1]).answers()"
# what migrations alone make, and what belongs to Alembic
NOT_IN_THE_METADATA = ("comment_text", "alembic_version", "words", "ix_comment_words")


def test_an_open_store_answers(store: Store) -> None:
    assert store.answers()


def test_a_store_that_is_away_does_not_answer(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'sayso.db'}")
    store.close()
    (tmp_path / "sayso.db").write_bytes(b"")
    assert not store.answers()


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    with store.read() as conn:
        context = MigrationContext.configure(conn, opts={"include_object": _is_in_the_metadata})
        assert compare_metadata(context, metadata) == []


def _is_in_the_metadata(
    _thing: object, name: str | None, _kind: str, _reflected: bool, _other: object
) -> bool:
    return name is None or not name.startswith(NOT_IN_THE_METADATA)


def test_a_store_opened_again_holds_what_it_held(store: Store, store_url: str) -> None:
    survey = add_survey(store)
    store.close()
    again = Store.open(store_url)
    with again.read() as conn:
        assert surveys.every(conn) == [survey]
    again.close()


def test_several_processes_may_open_a_new_store_at_once(bare_url: str) -> None:
    started = [subprocess.Popen([sys.executable, "-c", OPEN, bare_url]) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]


def test_an_error_undoes_all_of_a_transaction(store: Store) -> None:
    add_survey(store)

    def make_two() -> None:
        with store.write() as conn:
            surveys.create(conn, new_survey("another"), STAMP)
            surveys.create(conn, new_survey("visits"), STAMP)

    with pytest.raises(ConflictError):
        make_two()
    with store.read() as conn:
        assert [survey.id for survey in surveys.every(conn)] == ["visits"]


def test_writers_wait_for_each_other(store: Store) -> None:
    ready = Barrier(8)

    def add(number: int) -> None:
        ready.wait()
        add_survey(store, survey_id=f"survey-{number}")

    threads = [Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as conn:
        assert len(surveys.every(conn)) == 8


def test_all_that_is_read_in_one_transaction_is_of_one_moment(store: Store) -> None:
    with store.read() as conn:
        assert surveys.every(conn) == []
        add_survey(store)
        assert surveys.every(conn) == []


def test_a_store_of_a_newer_version_is_refused(store: Store, store_url: str) -> None:
    with store.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        Store.open(store_url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "not a database URL"),
        ("mysql://localhost/x", "SQLite or PostgreSQL"),
        ("sqlite://", "names its file"),
        ("postgresql://127.0.0.1:1/x", "cannot be used"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        Store.open(url)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "sayso.db"
    file.write_text("dear diary, " * 1000, "utf-8")
    with pytest.raises(StoreError, match="not a database"):
        Store.open(f"sqlite:///{file}")


def test_the_password_of_a_store_is_not_told() -> None:
    with pytest.raises(StoreError) as told:
        Store.open("postgresql://somebody:hunter2@127.0.0.1:1/x")
    assert "hunter2" not in str(told.value)


def test_an_sqlite_store_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    with closing(Store.open(f"sqlite:///{tmp_path / 'sayso.db'}")) as store:
        add_survey(store)
        files = sorted(tmp_path.iterdir())
        assert [path.name for path in files] == ["sayso.db", "sayso.db-shm", "sayso.db-wal"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_an_sqlite_store_is_durable_and_strict(tmp_path: Path) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    with closing(Store.open(f"sqlite:///{tmp_path / 'sayso.db'}")) as store, store.read() as conn:
        held = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    assert held == wanted
