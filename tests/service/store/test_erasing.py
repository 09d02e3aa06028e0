from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import pytest
from sqlalchemy import make_url, text

from labelled_data import Polarity
from service.counts.stored import stored_readings
from service.errors import BusyError, NotFoundError
from service.records import CommentQuery, Done, ResponseRow, Work
from service.store import Store, audit, comments, queue, responses, reviews, surveys
from service.store.tables import metadata
from tests.service.store.content import (
    STAMP,
    add_survey,
    numbered,
    response,
    tag_everything,
    tag_work,
)
from tests.service.store.reading_ranges import codebook

KEPT = ("artefact", "audit", "survey")


class Secrets(NamedTuple):
    """What must be nowhere once it is erased: in no order, and no words that others use too."""

    rows: list[ResponseRow]

    @property
    def all(self) -> list[str]:
        words = {word for row in self.rows for _, one in row.answers for word in one.split()}
        ids = {row.response_id for row in self.rows} | {str(row.person) for row in self.rows}
        sites = {str(row.site) for row in self.rows}
        # the index of words keeps no more than the ends of words that begin alike
        stems = {word.rstrip("0123456789") for word in words}
        return sorted(words | stems | ids | sites)


@pytest.fixture
def secrets() -> Secrets:
    rows = [
        response(
            f"response{n}of1987",
            f"zygotic{n} waitedforeverhere{n}",
            f"quixotic{n} kindoctor{n}",
            person=f"patient{n}of1987",
            site=f"hospital{n}of1987",
        )
        for n in range(300)
    ]
    return Secrets(rows)


def use(store: Store, survey_id: str, rows: list[ResponseRow]) -> list[bytes]:
    """Adds a survey, tags it, has some of it read, and counts it.

    Returns:
        The number that stands for each person in what counts are made of.
    """
    survey = add_survey(store, rows, survey_id)
    tag_everything(store)
    with store.write() as conn:
        sample = reviews.draw(conn, survey, "random", 5, 0, blind=True)
        item = reviews.next_item(conn, survey, sample.id, "ann")
        assert item is not None
        told = {"waiting": Polarity.NEGATIVE}
        reviews.put(conn, survey, item.comment.id, sample.id, "ann", ["waiting"], told)
        audit.record(conn, "key 1", "survey.create", survey_id, {"responses": len(rows)})
    people = stored_readings(store, survey, codebook()).person
    return [] if people is None else [number.tobytes() for number in people.astype("<i8")]


def files_of(url: str) -> bytes:
    """All that SQLite has on the disk: its file, the log and the log's index."""
    file = Path(str(make_url(url).database))
    paths = list(file.parent.glob(f"{file.name}*"))
    assert len(paths) == 3
    return b"".join(path.read_bytes() for path in paths)


def rows_by_table(store: Store) -> dict[str, int]:
    with store.read() as conn:
        return {
            name: conn.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()  # noqa: S608
            for name in metadata.tables
        }


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_no_trace_of_an_erased_survey_is_on_the_disk(
    store: Store, store_url: str, secrets: Secrets
) -> None:
    people = use(store, "visits", secrets.rows)
    use(store, "another", numbered(50))
    before = files_of(store_url)
    assert all(secret.encode() in before for secret in secrets.all)
    assert all(person in before for person in people)
    surveys.erase(store, "visits")
    after = files_of(store_url)
    assert [secret for secret in secrets.all if secret.encode() in after] == []
    assert [person for person in people if person in after] == []
    assert b"waited 7 hours" in after


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_no_trace_is_left_by_a_survey_that_was_tagged_twice_and_changed(
    store: Store, store_url: str, secrets: Secrets
) -> None:
    """Rows that grew have moved, and the places they left are clean too."""
    use(store, "another", numbered(300))
    survey = add_survey(store)
    for part in range(0, 300, 10):
        with store.write() as conn:
            responses.add(conn, survey, secrets.rows[part : part + 10])
        tag_everything(store)
        people = stored_readings(store, survey, codebook()).person
    assert people is not None
    surveys.erase(store, "another")
    surveys.erase(store, "visits")
    after = files_of(store_url)
    assert [secret for secret in secrets.all if secret.encode() in after] == []
    assert [person for person in people if person.tobytes() in after] == []


def test_an_erased_survey_leaves_rows_in_no_table(store: Store, secrets: Secrets) -> None:
    use(store, "visits", secrets.rows)
    surveys.erase(store, "visits")
    left = {name: count for name, count in rows_by_table(store).items() if count}
    assert left == {"artefact": 1, "audit": 1}
    with store.read() as conn:
        assert [entry.survey for entry in audit.every(conn, 10)] == ["visits"]


def test_other_surveys_stay_whole(store: Store, secrets: Secrets) -> None:
    use(store, "another", numbered(50))
    before = rows_by_table(store)
    use(store, "visits", secrets.rows)
    surveys.erase(store, "visits")
    assert rows_by_table(store) == before | {"audit": 2}
    with store.read() as conn:
        another = surveys.get(conn, "another")
        found = comments.search(conn, another, CommentQuery(text="hours 7"), None, 10)
    assert [one.text for one in found.comments] == ["waited 7 hours"]


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_no_trace_is_in_the_files_of_postgresql(store: Store, secrets: Secrets) -> None:
    use(store, "visits", secrets.rows)
    sizes = text(
        "SELECT relname, pg_relation_size(oid), pg_relation_size(nullif(reltoastrelid, 0))"
        " FROM pg_class WHERE relname IN ('comment', 'reading_block', 'reading_site')"
        " ORDER BY relname"
    )
    with store.read() as conn:
        (_, comments, _), (_, _, blocks), (_, sites, _) = conn.execute(sizes)
        assert min(comments, blocks, sites) > 0
    surveys.erase(store, "visits")
    with store.read() as conn:
        assert {size for _, *both in conn.execute(sizes) for size in both} == {0}


def test_a_survey_may_be_made_again_after_it_was_erased(store: Store, secrets: Secrets) -> None:
    use(store, "visits", secrets.rows)
    surveys.erase(store, "visits")
    again = add_survey(store, [response("1", "parking")])
    with store.read() as conn:
        page = comments.search(conn, again, CommentQuery(), None, 10)
    assert [(one.text, one.status) for one in page.comments] == [("parking", None)]
    with pytest.raises(NotFoundError):
        surveys.erase(store, "nowhere")


def test_what_a_worker_says_of_an_erased_survey_is_dropped(store: Store) -> None:
    """On SQLite a worker holds nothing; the comments that come after must not get its tags."""
    add_survey(store, numbered(5))
    with store.write() as conn:
        claimed = queue.claim(conn, [STAMP], 10)
    assert claimed is not None
    surveys.erase(store, "visits")
    add_survey(store, [response(f"new{n}", "parking") for n in range(5)])
    with store.write() as conn:
        assert queue.finish(conn, STAMP, tag_work(*claimed)) == 0
    with store.read() as conn:
        assert surveys.progress(conn, "visits").tagged == 0


def test_a_survey_can_be_erased_while_it_is_tagged(store: Store) -> None:
    add_survey(store, numbered(200))
    started, erased = Event(), Event()

    def slow(stamp: object, work: list[Work]) -> list[Done]:
        started.set()
        erased.wait(0.05)
        return tag_work(STAMP, work)

    def work_until_nothing_is_left() -> None:
        while queue.batch(store, [STAMP], 10, slow):
            pass

    workers = [Thread(target=work_until_nothing_is_left) for _ in range(3)]
    for worker in workers:
        worker.start()
    assert started.wait(10)
    surveys.erase(store, "visits")
    erased.set()
    for worker in workers:
        worker.join(30)
    left = {name: count for name, count in rows_by_table(store).items() if count}
    assert left == {"artefact": 1}


def test_a_survey_stays_to_be_erased_again_while_a_reader_keeps_traces(
    tmp_path: Path, secrets: Secrets
) -> None:
    url = f"sqlite:///{tmp_path / 'sayso.db'}?timeout=0.2"
    store = Store.open(url)
    use(store, "visits", secrets.rows)
    with store.read() as conn:
        surveys.get(conn, "visits")
        with pytest.raises(BusyError, match="traces"):
            surveys.erase(store, "visits")
    with store.read() as conn:
        assert surveys.progress(conn, "visits").responses == 0
    surveys.erase(store, "visits")
    after = files_of(url)
    assert [secret for secret in secrets.all if secret.encode() in after] == []
    with store.read() as conn:
        assert surveys.every(conn) == []
    store.close()
