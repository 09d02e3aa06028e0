from threading import Barrier, Lock, Thread

import pytest

from models import Prediction
from service.records import ArtefactStamp, CommentQuery, Done, StoredComment, Work
from service.store import Store, comments, queue, surveys
from tests.service.store.content import (
    NEWER,
    STAMP,
    add_survey,
    numbered,
    response,
    tag_everything,
    tag_work,
)

ON_POSTGRESQL = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
OTHER = STAMP.model_copy(update={"id": "other"})


def claim(store: Store, limit: int = 10) -> list[Work]:
    with store.write() as conn:
        claimed = queue.claim(conn, [STAMP], limit)
    return [] if claimed is None else claimed[1]


def finish(store: Store, done: list[Done], stamp: ArtefactStamp = STAMP) -> int:
    with store.write() as conn:
        return queue.finish(conn, stamp, done)


def left(store: Store, *stamps: ArtefactStamp) -> int:
    with store.read() as conn:
        return queue.left(conn, stamps or [STAMP])


def stored(store: Store) -> tuple[StoredComment, ...]:
    with store.read() as conn:
        visits = surveys.get(conn, "visits")
        return comments.search(conn, visits, CommentQuery(), None, 1_000).comments


def test_work_is_a_comment_with_its_question(store: Store) -> None:
    add_survey(store, [response("1", "waited", "kind staff")])
    work = claim(store)
    assert [(one.text, one.question) for one in work] == [
        ("waited", "What was good?"),
        ("kind staff", "What could we do better?"),
    ]


def test_what_was_said_is_stored_as_it_was_said(store: Store) -> None:
    add_survey(store, [response("1", "kindness while waiting"), response("2", "...")])
    tag_everything(store)
    tagged, empty = stored(store)
    said = tag_work(STAMP, [Work(0, "kindness while waiting", None)])[0].prediction
    assert tagged.status == "tagged"
    assert [(tag.theme, tag.score, tag.polarity, tag.evidence) for tag in tagged.tags] == [
        (tag.theme, tag.score, tag.polarity, tag.evidence) for tag in said.tags
    ]
    assert tagged.sentiment == said.sentiment
    assert (empty.status, empty.sentiment, empty.tags) == ("empty", None, ())


def test_work_is_claimed_in_the_order_it_came(store: Store) -> None:
    add_survey(store, numbered(30))
    assert [one.text for one in claim(store, 5)] == [f"waited {n} hours" for n in range(5)]


def test_what_is_left_is_counted_down(store: Store) -> None:
    add_survey(store, numbered(7))
    assert left(store) == 7
    assert queue.batch(store, [STAMP], 3, tag_work) == 3
    assert left(store) == 4
    assert tag_everything(store) == 4
    assert left(store) == 0
    assert queue.batch(store, [STAMP], 3, tag_work) == 0


def test_surveys_of_other_models_are_left_to_other_workers(store: Store) -> None:
    add_survey(store, numbered(3))
    with store.write() as conn:
        assert queue.claim(conn, [OTHER, NEWER], 10) is None
        assert queue.claim(conn, [], 10) is None
        claimed = queue.claim(conn, [OTHER, STAMP], 10)
    assert claimed is not None
    assert claimed[0] == STAMP
    assert (left(store, OTHER), left(store, OTHER, STAMP)) == (0, 3)


def test_one_survey_is_finished_after_another(store: Store) -> None:
    add_survey(store, numbered(3))
    add_survey(store, numbered(3), "another")
    assert tag_everything(store) == 6
    assert left(store) == 0


def test_finishing_twice_changes_nothing(store: Store) -> None:
    add_survey(store, numbered(4))
    done = tag_work(STAMP, claim(store))
    assert finish(store, done) == 4
    first = stored(store)
    other_words = [
        Done(one.comment, tag_work(STAMP, [Work(0, "park", None)])[0].prediction) for one in done
    ]
    assert finish(store, other_words) == 0
    assert finish(store, done + done) == 0
    assert stored(store) == first


def test_a_comment_told_of_twice_in_one_batch_is_written_once(store: Store) -> None:
    add_survey(store, numbered(2))
    done = tag_work(STAMP, claim(store))
    assert finish(store, done + done) == 2


def test_comments_left_out_stay_work(store: Store) -> None:
    add_survey(store, numbered(4))
    assert queue.batch(store, [STAMP], 4, lambda stamp, work: tag_work(stamp, work[:1])) == 1
    assert queue.batch(store, [STAMP], 4, lambda _stamp, _work: []) == 0
    assert left(store) == 3


def test_an_error_while_tagging_leaves_all_as_it_was(store: Store) -> None:
    add_survey(store, numbered(4))

    def fail(_: ArtefactStamp, __: list[Work]) -> list[Done]:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - any would do
        queue.batch(store, [STAMP], 4, fail)
    assert left(store) == 4
    assert tag_everything(store) == 4


def test_a_new_artefact_makes_work_of_all_and_replaces_what_was_said(store: Store) -> None:
    add_survey(store, [response(str(n), "waiting at parking") for n in range(5)])
    tag_everything(store)
    with store.write() as conn:
        surveys.use_artefact(conn, "visits", NEWER)
    assert left(store, NEWER) == 5
    assert {(one.status, one.sentiment) for one in stored(store)} == {(None, None)}
    assert {one.tags for one in stored(store)} == {()}

    def says_less(_: ArtefactStamp, work: list[Work]) -> list[Done]:
        said = tag_work(NEWER, work)
        return [
            Done(d.comment, Prediction(d.prediction.status, d.prediction.tags[1:])) for d in said
        ]

    assert queue.batch(store, [NEWER], 3, says_less) == 3
    assert left(store, NEWER) == 2
    assert queue.batch(store, [NEWER], 3, says_less) == 2
    assert {tuple(tag.theme for tag in one.tags) for one in stored(store)} == {("parking",)}


def test_going_back_to_an_older_artefact_is_work_too(store: Store) -> None:
    add_survey(store, numbered(3))
    with store.write() as conn:
        surveys.use_artefact(conn, "visits", NEWER)
    tag_everything(store, NEWER)
    with store.write() as conn:
        surveys.use_artefact(conn, "visits", STAMP)
    assert tag_everything(store) == 3


def test_what_comes_too_late_for_the_artefact_is_dropped(store: Store) -> None:
    add_survey(store, numbered(3))
    done = tag_work(STAMP, claim(store))
    with store.write() as conn:
        surveys.use_artefact(conn, "visits", NEWER)
    assert finish(store, done) == 0
    assert left(store, NEWER) == 3


def test_what_is_said_of_comments_that_never_were_is_dropped(store: Store) -> None:
    add_survey(store, numbered(1))
    prediction = tag_work(STAMP, [Work(0, "park", None)])[0].prediction
    assert finish(store, [Done(10**6, prediction)]) == 0
    assert finish(store, []) == 0
    assert finish(store, [Done(1, prediction)], OTHER) == 0


def test_many_workers_tag_each_comment_once(store: Store) -> None:
    add_survey(store, numbered(300))
    ready, lock = Barrier(4), Lock()
    written: list[int] = []

    def work() -> None:
        ready.wait()
        while left(store):
            number = queue.batch(store, [STAMP], 7, tag_work)
            with lock:
                written.append(number)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written) == 300
    assert {len(one.tags) for one in stored(store)} == {1}


@ON_POSTGRESQL
def test_two_claimers_never_get_the_same_comment(store: Store) -> None:
    add_survey(store, numbered(10))
    with store.write() as first, store.write() as second, store.write() as third:
        claims = [queue.claim(conn, [STAMP], 4) for conn in (first, second, third)]
        texts = [one.text for claimed in claims if claimed for one in claimed[1]]
        assert sorted(texts) == sorted({f"waited {n} hours" for n in range(10)})
        with store.write() as fourth:
            assert queue.claim(fourth, [STAMP], 4) is None


@ON_POSTGRESQL
def test_two_claimers_never_get_the_same_comment_to_tag_again(store: Store) -> None:
    add_survey(store, numbered(10))
    tag_everything(store)
    with store.write() as conn:
        surveys.use_artefact(conn, "visits", NEWER)
    with store.write() as first, store.write() as second:
        claims = [queue.claim(conn, [NEWER], 6) for conn in (first, second)]
        texts = [one.text for claimed in claims if claimed for one in claimed[1]]
        assert len(texts) == len(set(texts)) == 10


@ON_POSTGRESQL
def test_what_a_lost_worker_had_claimed_is_work_again(store: Store, store_url: str) -> None:
    add_survey(store, numbered(5))
    lost = Store.open(store_url)
    with pytest.raises(RuntimeError, match="lost"), lost.write() as conn:
        _claim_and_die(conn)
    assert len(claim(store)) == 5
    lost.close()


def _claim_and_die(conn: object) -> None:
    queue.claim(conn, [STAMP], 5)  # type: ignore[arg-type]
    raise RuntimeError("lost")
