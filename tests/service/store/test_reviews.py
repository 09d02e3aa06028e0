from threading import Barrier, Thread

import pytest

from labelled_data import Polarity
from service.errors import NotFoundError
from service.records import CommentQuery, Survey
from service.store import Store, comments, reviews
from service.store.samples import Sample
from tests.service.store.content import STAMP, add_survey, numbered, tag_everything


@pytest.fixture
def survey(store: Store) -> Survey:
    made = add_survey(store, numbered(6))
    tag_everything(store)
    return made


def draw(store: Store, survey: Survey, size: int = 3, *, blind: bool = True) -> Sample:
    with store.write() as conn:
        return reviews.draw(conn, survey, "random", size, 0, blind=blind)


def ids(store: Store, survey: Survey) -> list[int]:
    with store.read() as conn:
        page = comments.search(conn, survey, CommentQuery(), None, 100)
    return [one.id for one in page.comments]


def read_all(
    store: Store, survey: Survey, sample: Sample, reviewer: str, *themes: str
) -> list[int]:
    """Reads what is left of a sample, and gives how many were left each time."""
    lefts = []
    with store.write() as conn:
        while item := reviews.next_item(conn, survey, sample.id, reviewer):
            lefts.append(item.left)
            reviews.put(conn, survey, item.comment.id, sample.id, reviewer, themes, {})
    return lefts


def every(store: Store, survey: Survey) -> list[reviews.Review]:
    with store.read() as conn:
        return reviews.every(conn, survey)


def test_each_reviewer_reads_the_whole_sample(store: Store, survey: Survey) -> None:
    sample = draw(store, survey)
    assert read_all(store, survey, sample, "ann") == [3, 2, 1]
    assert read_all(store, survey, sample, "ben") == [3, 2, 1]
    assert len(every(store, survey)) == 6


def test_a_review_comes_back_as_it_was_made(store: Store, survey: Survey) -> None:
    sample = draw(store, survey, size=3)
    with store.write() as conn:
        item = reviews.next_item(conn, survey, sample.id, "ann")
        assert item is not None
        told = {"waiting": Polarity.MIXED}
        reviews.put(conn, survey, item.comment.id, sample.id, "ann", ["waiting", "parking"], told)
    (review,) = every(store, survey)
    assert (review.comment, review.text) == (item.comment.id, item.comment.text)
    assert (review.response_id, review.question) == (item.comment.response_id, 0)
    assert (review.themes, review.polarity) == (("waiting", "parking"), told)
    assert (review.reviewer, review.artefact) == ("ann", STAMP)
    assert (review.sample, review.kind, review.blind) == (sample.id, "random", True)
    assert review.probability == 0.5


def test_a_comment_can_be_corrected_outside_any_sample(store: Store, survey: Survey) -> None:
    first = ids(store, survey)[0]
    with store.write() as conn:
        reviews.put(conn, survey, first, None, "ann", ["parking"], {})
    (review,) = every(store, survey)
    assert (review.sample, review.kind, review.blind, review.probability) == (None,) * 4


def test_who_changes_their_mind_is_counted_once(store: Store, survey: Survey) -> None:
    first = ids(store, survey)[0]
    sample = draw(store, survey, size=6)
    with store.write() as conn:
        for themes in (["waiting"], ["parking"], []):
            reviews.put(conn, survey, first, None, "ann", themes, {})
            reviews.put(conn, survey, first, sample.id, "ann", themes, {})
    assert [(one.sample, one.themes) for one in every(store, survey)] == [
        (None, ()),
        (sample.id, ()),
    ]


def test_who_sends_a_review_twice_at_once_is_counted_once(store: Store, survey: Survey) -> None:
    first = ids(store, survey)[0]
    ready = Barrier(4)

    def send() -> None:
        ready.wait()
        with store.write() as conn:
            reviews.put(conn, survey, first, None, "ann", ["parking"], {})

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(every(store, survey)) == 1


def test_what_is_not_there_cannot_be_reviewed(store: Store, survey: Survey) -> None:
    sample = draw(store, survey, size=1)
    with store.read() as conn:
        item = reviews.next_item(conn, survey, sample.id, "ann")
    assert item is not None
    other = next(one for one in ids(store, survey) if one != item.comment.id)
    for comment_id, sample_id in ((10**9, None), (item.comment.id, 10**9), (other, sample.id)):
        with pytest.raises(NotFoundError), store.write() as conn:
            reviews.put(conn, survey, comment_id, sample_id, "ann", [], {})
    assert every(store, survey) == []


def test_pairs_are_comments_that_two_have_read_unaided(store: Store, survey: Survey) -> None:
    blind, assisted = draw(store, survey), draw(store, survey, size=6, blind=False)
    read_all(store, survey, blind, "ann", "waiting")
    read_all(store, survey, assisted, "ann", "parking")
    read_all(store, survey, assisted, "ben", "parking")
    with store.read() as conn:
        assert reviews.pairs(conn, survey) == {}
    read_all(store, survey, blind, "ben")
    with store.read() as conn:
        pairs = reviews.pairs(conn, survey)
    assert len(pairs) == 3
    for by in pairs.values():
        assert {who: one.themes for who, one in by.items()} == {"ann": ("waiting",), "ben": ()}


def test_reviews_of_another_survey_are_not_told(store: Store, survey: Survey) -> None:
    read_all(store, survey, draw(store, survey), "ann")
    other = add_survey(store, numbered(3), "another")
    assert every(store, other) == []
