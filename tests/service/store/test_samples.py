from collections import Counter

import pytest
from sqlalchemy import select

from models import Prediction, Status
from service.errors import ConflictError, NotFoundError
from service.records import ArtefactStamp, Done, Survey, Work
from service.store import Store, comments, queue, reviews, surveys, tables
from service.store.samples import Sample, SampleKind
from tests.service.store.content import NEWER, STAMP, add_survey, numbered, response, tag_everything


def draw(
    store: Store, survey: Survey, kind: SampleKind = "random", size: int = 5, seed: int = 0
) -> Sample:
    with store.write() as conn:
        return reviews.draw(conn, survey, kind, size, seed, blind=True, thresholds=(0.5, 0.5, 0.5))


def drawn(store: Store, survey: Survey, sample: Sample) -> list[str]:
    """The texts of a sample in its order, read by somebody new."""
    texts = []
    with store.write() as conn:
        while item := reviews.next_item(conn, survey, sample.id, "reader of all"):
            texts.append(item.comment.text)
            reviews.put(conn, survey, item.comment.id, sample.id, "reader of all", [], {})
    return texts


def test_a_random_sample_records_the_chance_of_each_comment(store: Store) -> None:
    survey = add_survey(store, numbered(20))
    tag_everything(store)
    sample = draw(store, survey, size=5)
    assert (sample.size, sample.frame, sample.probability) == (5, 20, 0.25)
    assert sample.artefact == STAMP
    assert len(set(drawn(store, survey, sample))) == 5


def test_the_seed_draws_the_same_comments_again(store: Store) -> None:
    survey = add_survey(store, numbered(50))
    tag_everything(store)
    first, again, other = (draw(store, survey, seed=seed) for seed in (1, 1, 2))
    texts = drawn(store, survey, first)
    assert drawn(store, survey, again) == texts
    assert drawn(store, survey, other) != texts


def test_each_comment_is_as_likely_as_any_other(store: Store) -> None:
    survey = add_survey(store, numbered(10))
    tag_everything(store)
    with store.write() as conn:
        for seed in range(100):
            reviews.draw(conn, survey, "random", 3, seed, blind=True, thresholds=(0.5, 0.5, 0.5))
        times = Counter(conn.scalars(select(tables.review_item.c.comment)))
    # 30 each are expected, with a standard deviation of 4.6
    assert len(times) == 10
    assert all(12 < count < 48 for count in times.values())


def test_only_comments_that_could_be_read_are_drawn(store: Store) -> None:
    survey = add_survey(store, [response("1", "..."), response("2", "waited"), response("3", "x")])
    tag_everything(store)
    sample = draw(store, survey)
    assert (sample.size, sample.frame, sample.probability) == (2, 2, 1.0)
    assert sorted(drawn(store, survey, sample)) == ["waited", "x"]


def test_comments_that_are_not_tagged_yet_are_not_drawn(store: Store) -> None:
    survey = add_survey(store, numbered(3))
    with pytest.raises(ConflictError, match="tagged"):
        draw(store, survey)
    tag_everything(store)
    with store.write() as conn:
        surveys.use_artefact(conn, survey.id, NEWER)
    with pytest.raises(ConflictError, match="tagged"):
        draw(store, survey)


def score_by_number(_: ArtefactStamp, work: list[Work]) -> list[Done]:
    """Comment n gets 0.05 n in its second theme, and nothing near a threshold elsewhere."""

    def said(one: Work) -> Prediction:
        number = int(one.text.split()[1])
        return Prediction(Status.NO_THEME, (), (0.0, 0.05 * number, 1.0))

    return [Done(one.comment, said(one)) for one in work]


def test_an_uncertain_sample_is_closest_to_a_threshold(store: Store) -> None:
    survey = add_survey(store, numbered(20))
    queue.batch(store, [STAMP], 20, score_by_number)
    sample = draw(store, survey, "uncertain", size=3)
    assert (sample.size, sample.frame, sample.probability) == (3, 20, None)
    texts = drawn(store, survey, sample)
    assert texts[0] == "waited 10 hours"
    assert set(texts[1:]) == {"waited 9 hours", "waited 11 hours"}


def test_an_uncertain_sample_leaves_out_what_somebody_has_read(store: Store) -> None:
    survey = add_survey(store, numbered(20))
    queue.batch(store, [STAMP], 20, score_by_number)
    drawn(store, survey, draw(store, survey, "uncertain", size=1))
    sample = draw(store, survey, "uncertain", size=1)
    assert sample.frame == 19
    assert drawn(store, survey, sample) != ["waited 10 hours"]


def test_samples_are_listed_with_how_many_were_read(store: Store) -> None:
    survey = add_survey(store, numbered(9))
    tag_everything(store)
    made = [draw(store, survey, size=size) for size in (2, 3)]
    drawn(store, survey, made[1])
    with store.read() as conn:
        listed = reviews.samples(conn, survey)
        assert [(one.id, one.read) for one in listed] == [(made[0].id, 0), (made[1].id, 3)]
        assert reviews.sample(conn, survey, made[0].id) == made[0]


def test_a_sample_of_another_survey_is_not_found(store: Store) -> None:
    survey = add_survey(store, numbered(3))
    other = add_survey(store, numbered(3), "another")
    tag_everything(store)
    sample = draw(store, other)
    with store.read() as conn:
        with pytest.raises(NotFoundError, match="no sample"):
            reviews.sample(conn, survey, sample.id)
        with pytest.raises(NotFoundError, match="no sample"):
            reviews.next_item(conn, survey, sample.id, "ann")


def test_in_a_blind_sample_the_reader_is_not_shown_what_the_model_says(store: Store) -> None:
    survey = add_survey(store, [response("1", "waited")])
    tag_everything(store)
    with store.write() as conn:
        blind = reviews.draw(conn, survey, "random", 1, 0, blind=True)
        assisted = reviews.draw(conn, survey, "random", 1, 0, blind=False)
        hidden = reviews.next_item(conn, survey, blind.id, "ann")
        shown = reviews.next_item(conn, survey, assisted.id, "ann")
    assert hidden is not None
    assert shown is not None
    assert (hidden.comment.status, hidden.comment.sentiment, hidden.comment.tags) == (
        None,
        None,
        (),
    )
    assert [tag.theme for tag in shown.comment.tags] == ["waiting"]
    with store.read() as conn:
        assert shown.comment == comments.get(conn, survey, shown.comment.id)
