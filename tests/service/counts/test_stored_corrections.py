"""Correcting counts by what is in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelled_data import Codebook, Polarity, Theme
from service.counts.counting import people_counted
from service.counts.policy import shipped_policy
from service.counts.read_people import LEFT_OUT, ReadAnswers, corrections
from service.counts.records import CountQuery
from service.counts.stored import stored_readings
from service.store import responses, reviews, surveys
from service.store.read_samples import read_samples
from service.store.strata import Stratum
from tests.service.store.content import (
    NEWER,
    THEMES,
    add_survey,
    numbered,
    response,
    tag_everything,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.records import ResponseRow, Survey
    from service.store import Store
    from service.store.reviews import SampleItem
    from service.store.samples import Sample

CODEBOOK = Codebook(
    id="tiny",
    name="Tiny",
    version="1.0",
    unit="one comment",
    themes=tuple(Theme(id=theme, name=theme, definition=theme) for theme in THEMES),
)
EXACT = shipped_policy("exact")
EVERYTHING = CountQuery()


def people(count: int, first: int = 0) -> list[ResponseRow]:
    """People who wrote twice: the odd ones on both questions at first, all on one later."""
    rows = []
    for n in range(first, first + count):
        texts = ("waited", "kind staff") if n % 2 else ("waited",)
        sex = ("female", "male")[n % 2]
        rows += [
            response(f"{n}-0", *texts, person=f"p{n}", sex=sex),
            response(f"{n}-1", "parking", person=f"p{n}", sex=sex),
        ]
    return rows


def tagged(store: Store, rows: Sequence[ResponseRow]) -> Survey:
    survey = add_survey(store, rows)
    tag_everything(store)
    return survey


def draw_people(store: Store, survey: Survey, *strata: tuple[dict[str, str], int]) -> Sample:
    wanted = [Stratum(groups=groups, size=size) for groups, size in strata]
    with store.write() as conn:
        return reviews.draw_people(conn, survey, wanted, 1, blind=True)


def as_the_model(item: SampleItem) -> tuple[str, ...]:
    return tuple(theme for theme in THEMES if theme[:4] in item.comment.text)


def read(
    store: Store,
    survey: Survey,
    sample: Sample,
    said: Callable[[SampleItem], tuple[str, ...]] = as_the_model,
    most: int = 1_000,
    reader: str = "ann",
) -> None:
    with store.write() as conn:
        for _ in range(most):
            item = reviews.next_item(conn, survey, sample.id, reader)
            if item is None:
                return
            told = dict.fromkeys(said(item), Polarity.POSITIVE)
            reviews.put(conn, survey, item.comment.id, sample.id, reader, tuple(told), told)


def read_of(
    store: Store, survey: Survey, query: CountQuery = EVERYTHING
) -> tuple[list[float], list[list[str]], list[bool]]:
    """The chances of those who were read, the themes people found, and who could be drawn."""
    readings = stored_readings(store, survey, CODEBOOK)
    with store.read() as conn:
        answers = ReadAnswers(read_samples(conn, survey), readings, survey.columns)
    found = answers.of(query, people_counted(answers.everyone, query))
    themes = [[THEMES[place] for place in np.flatnonzero(row)] for row in found.people.truth]
    return found.people.probability.tolist(), themes, found.could_be.tolist()


def test_people_of_a_sample_of_people_are_read_once_all_they_wrote_is(store: Store) -> None:
    survey = tagged(store, people(6))
    sample = draw_people(store, survey, ({}, 3))
    read(store, survey, sample, most=1)
    assert read_of(store, survey)[0] == []
    read(store, survey, sample)
    chances, themes, could_be = read_of(store, survey)
    assert chances == pytest.approx([0.5] * 3)
    assert {tuple(each) for each in themes} <= {tuple(THEMES), ("waiting", "parking")}
    assert all(could_be)


def test_a_sample_that_is_half_read_is_a_smaller_sample(store: Store) -> None:
    survey = tagged(store, numbered(20))
    read(store, survey, draw_people(store, survey, ({}, 10)), most=4)
    assert read_of(store, survey)[0] == pytest.approx([0.2] * 4)


def test_of_a_sample_of_comments_those_count_all_of_whose_comments_it_holds(store: Store) -> None:
    survey = tagged(store, people(4))
    with store.write() as conn:
        sample = reviews.draw(conn, survey, "random", 9, 1, blind=True)
    read(store, survey, sample)
    chances = read_of(store, survey)[0]
    pairs, triples = 9 * 8 / 90, 9 * 8 * 7 / 720
    assert len(chances) == 3  # one of ten comments was not drawn
    assert set(np.round(chances, 9)) <= {round(pairs, 9), round(triples, 9)}
    # one answer of each on the second question, of which there are two
    second = read_of(store, survey, CountQuery(question="better"))[0]
    assert len(second) in (1, 2)
    assert second == pytest.approx([0.9] * len(second))


def test_in_a_stratum_each_has_its_chance(store: Store) -> None:
    survey = tagged(store, people(10))
    sample = draw_people(store, survey, ({"sex": "male"}, 4), ({}, 1))
    read(store, survey, sample)
    assert sorted(read_of(store, survey)[0]) == pytest.approx([0.2] + [0.8] * 4)


def test_who_no_stratum_has_could_not_be_drawn(store: Store) -> None:
    survey = tagged(store, people(10))
    read(store, survey, draw_people(store, survey, ({"sex": "male"}, 4)))
    assert read_of(store, survey)[2].count(True) == 5


def test_who_answered_after_the_draw_could_not_be_drawn(store: Store) -> None:
    survey = tagged(store, people(4))
    sample = draw_people(store, survey, ({}, 4))
    read(store, survey, sample)
    with store.write() as conn:
        responses.add(conn, survey, people(3, first=4))
        responses.add(conn, survey, [response("again", "waited", person="p0")])
    tag_everything(store)
    chances, _, could_be = read_of(store, survey)
    assert chances == [1.0] * 3
    assert could_be.count(False) == 4


def test_what_nobody_drew_by_chance_does_not_count(store: Store) -> None:
    survey = tagged(store, numbered(5))
    with store.write() as conn:
        doubtful = reviews.draw(
            conn, survey, "uncertain", 2, 1, blind=True, thresholds=(0.5, 0.5, 0.5)
        )
        other = reviews.draw(conn, survey, "random", 2, 1, blind=True)
        item = reviews.next_item(conn, survey, other.id, "ann")
        assert item is not None
        reviews.put(conn, survey, item.comment.id, None, "ann", ["waiting"], {})
    read(store, survey, doubtful)
    assert read_of(store, survey)[0] == []


def test_reading_outlives_the_model_but_not_the_codebook(store: Store) -> None:
    survey = tagged(store, numbered(4))
    read(store, survey, draw_people(store, survey, ({}, 2)))
    for stamp, left in (
        (NEWER, 2),
        (NEWER.model_copy(update={"version": "3.0.0", "codebook_version": "2.0"}), 0),
    ):
        with store.write() as conn:
            surveys.use_artefact(conn, survey.id, stamp)
            survey = surveys.get(conn, survey.id)
        assert read_of(store, survey)[0] == []  # not tagged again yet
        tag_everything(store, stamp)
        assert len(read_of(store, survey)[0]) == left


def test_of_two_readers_of_a_comment_either_is_enough(store: Store) -> None:
    survey = tagged(store, numbered(3))
    sample = draw_people(store, survey, ({}, 3))
    read(store, survey, sample, lambda _: ("kindness",))
    assert read_of(store, survey)[1] == [["kindness"]] * 3
    read(store, survey, sample, lambda _: (), reader="ben")
    assert read_of(store, survey)[1] == [["kindness"]] * 3
    read(store, survey, sample, lambda _: (), reader="cai")
    assert read_of(store, survey)[1] == [[]] * 3


def test_themes_that_people_find_may_be_narrowed_by_polarity(store: Store) -> None:
    survey = tagged(store, numbered(3))
    read(store, survey, draw_people(store, survey, ({}, 3)), lambda _: ("kindness",))
    good, bad = (CountQuery(polarity=each) for each in (Polarity.POSITIVE, Polarity.NEGATIVE))
    assert read_of(store, survey, good)[1] == [["kindness"]] * 3
    assert read_of(store, survey, bad)[1] == [[]] * 3


def test_another_surveys_responses_in_between_do_not_matter(store: Store) -> None:
    survey = add_survey(store, people(3))
    add_survey(store, people(5), "another")
    with store.write() as conn:
        responses.add(conn, survey, people(3, first=3))
    tag_everything(store)
    read(store, survey, draw_people(store, survey, ({}, 6)))
    chances, themes, _ = read_of(store, survey)
    assert chances == [1.0] * 6
    assert sorted(map(len, themes)) == [2, 2, 2, 3, 3, 3]


def test_counts_are_corrected_by_what_people_found(store: Store) -> None:
    survey = tagged(store, numbered(120))
    sample = draw_people(store, survey, ({}, 60))
    read(store, survey, sample, lambda item: ("kindness",) if item.place % 2 else ())
    readings = stored_readings(store, survey, CODEBOOK)
    corrected = corrections(store, survey, readings, EXACT)
    ((waiting, kindness, _),) = corrected(EVERYTHING)
    assert waiting.share is not None
    assert waiting.share.value == 0.0  # the model gives it to all, people to nobody
    assert kindness.share is not None
    assert kindness.share.value == pytest.approx(0.5)
    assert kindness.share.low < 0.5 < kindness.share.high
    assert kindness.read == 60
    by_sex = corrected(CountQuery(by=("sex",)))
    assert [row[1].share is not None for row in by_sex].count(True) == 1


def test_without_any_reading_counts_say_what_would_do(store: Store) -> None:
    survey = tagged(store, numbered(120))
    corrected = corrections(store, survey, stored_readings(store, survey, CODEBOOK), EXACT)
    ((waiting, _, _),) = corrected(EVERYTHING)
    assert (waiting.share, waiting.read) == (None, 0)
    assert waiting.further


def test_rows_with_people_whom_no_sample_could_draw_are_not_corrected(store: Store) -> None:
    survey = tagged(store, numbered(60))
    read(store, survey, draw_people(store, survey, ({}, 40)))
    with store.write() as conn:
        responses.add(conn, survey, [response("late", "waited", sex="male")])
    tag_everything(store)
    corrected = corrections(store, survey, stored_readings(store, survey, CODEBOOK), EXACT)
    ((waiting, _, _),) = corrected(EVERYTHING)
    assert (waiting.share, waiting.why_not) == (None, LEFT_OUT)
    female = corrected(CountQuery(by=("sex",)))[0]
    assert female[0].share is not None
