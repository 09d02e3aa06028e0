"""Who counts as read, and with which chance, against the same told in plain Python."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.counts.counting import people_counted
from service.counts.drawing_chances import all_held, joined
from service.counts.read_people import ReadAnswers
from service.counts.records import CountQuery
from service.records import ResponseColumns
from service.store.read_samples import (
    Cell,
    DrawnAnswer,
    PersonsReading,
    RandomSample,
    ReadSamples,
)
from service.store.samples import Sample
from service.store.strata import DrawnStratum
from tests.service.counts.generated import generated_readings, readings
from tests.service.store.content import STAMP

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from service.counts.readings import Readings
    from service.store.samples import SampleUnit

COLUMNS = ResponseColumns.model_validate(
    {"response_id": "id", "text": [{"column": "q0", "question": "How was it?"}]}
)


def person_of(survey: Readings, cell: Cell) -> Hashable:
    row = int(np.searchsorted(survey.number, cell.response))
    return row if survey.person is None else int(survey.person[row])


def cell_at(survey: Readings, row: int, question: int) -> Cell:
    return Cell(int(survey.number[row]), int(question))


def readable(survey: Readings) -> list[Cell]:
    return [cell_at(survey, row, question) for row, question in np.argwhere(survey.status == 2)]


def drawn(
    survey: Readings, unit: SampleUnit, size: int, seed: int, *, read: float = 1, until: float = 1
) -> RandomSample:
    """Draw a sample as the store does.

    Args:
        survey: What from.
        unit: What is drawn.
        size: How many.
        seed: Draws it.
        read: Share of the sample that is read.
        until: Share of the readable answers that were there to be drawn.
    """
    chance = np.random.default_rng(seed)
    frame = readable(survey)
    frame = frame[: max(1, round(until * len(frame)))]
    by_person: defaultdict[Hashable, list[Cell]] = defaultdict(list)
    for cell in frame:
        by_person[person_of(survey, cell) if unit == "people" else cell].append(cell)
    groups = list(by_person.values())
    picked = [groups[place] for place in chance.permutation(len(groups))[:size]]
    cells = [cell for group in picked for cell in group]
    probability = len(picked) / len(groups)
    sample = Sample(
        id=seed,
        kind="random",
        unit=unit,
        size=len(picked),
        frame=len(groups),
        last=1,
        strata=(DrawnStratum(groups={}, size=len(picked), frame=len(groups)),)
        if unit == "people"
        else (),
        seed=seed,
        blind=True,
        created=datetime.now(UTC),
        artefact=STAMP,
        comments=len(cells),
        read=0,
        people=0,
        people_read=0,
    )
    stopped = round(read * len(cells))
    answers = (DrawnAnswer(cell, probability, place < stopped) for place, cell in enumerate(cells))
    return RandomSample(sample, frame[-1], tuple(answers))


def earlier(survey: Readings, responses: int) -> Readings:
    """The survey when it had but its first responses, none with a person's number or a weight."""
    columns = ("number", "groups", "day", "site", "status", "tagged", "praised", "blamed")
    return replace(survey, **{name: getattr(survey, name)[:responses] for name in columns})


def first_people(survey: Readings, sample: RandomSample, count: int) -> RandomSample:
    """The sample, where reading stopped after so many people."""
    people = dict.fromkeys(person_of(survey, answer.cell) for answer in sample.answers)
    first = list(people)[:count]
    answers = (
        answer._replace(read=person_of(survey, answer.cell) in first) for answer in sample.answers
    )
    return replace(sample, answers=tuple(answers))


def read_answers(sampled: Sequence[RandomSample], survey: Readings) -> ReadAnswers:
    said = {
        answer.cell: [PersonsReading((), {})]
        for sample in sampled
        for answer in sample.answers
        if answer.read
    }
    return ReadAnswers(ReadSamples(tuple(sampled), said), survey, COLUMNS)


def told(survey: Readings, answers: ReadAnswers, query: CountQuery) -> dict[Hashable, float]:
    """The people who were read, with their chance."""
    counted = people_counted(answers.everyone, query)
    found = answers.of(query, counted).people
    people = {
        int(place): person_of(survey, cell_at(survey, row, 0))
        for row, place in enumerate(answers.everyone.of)
    }
    whose = [people[int(counted.person[row])] for row in found.row]
    return dict(zip(whose, found.probability.tolist(), strict=True))


def recounted(
    survey: Readings, sampled: Sequence[RandomSample], question: int | None
) -> dict[Hashable, float]:
    """The same in plain Python."""
    theirs: defaultdict[Hashable, set[Cell]] = defaultdict(set)
    for cell in readable(survey):
        if question in (None, cell.question):
            theirs[person_of(survey, cell)].add(cell)
    chances, read_people = {}, set()
    for person, cells in theirs.items():
        none = 1.0
        for sample in sampled:
            in_turn, chance = turn(survey, sample, len(cells))
            if cells <= in_turn:
                read_people.add(person)
            if max(cells) <= sample.last:
                none *= 1 - chance
        chances[person] = 1 - none
    return {person: chances[person] for person in read_people}


def turn(survey: Readings, sample: RandomSample, count: int) -> tuple[set[Cell], float]:
    """What was read before the first answer that was not, and the chance to be among that."""
    cells = [answer.cell for answer in sample.answers]
    first = next((n for n, answer in enumerate(sample.answers) if not answer.read), len(cells))
    size, frame = sample.sample.size, sample.sample.frame
    if sample.sample.unit == "comments":
        ways = comb(frame - count, first - count) if first >= count else 0
        return set(cells[:first]), ways / comb(frame, first)
    left = {person_of(survey, cell) for cell in cells[first:]}
    whole = [cell for cell in cells if person_of(survey, cell) not in left]
    people = {person_of(survey, cell) for cell in whole}
    return set(whole), size / frame * len(people) / size


@given(
    survey=readings(),
    plans=st.lists(
        st.tuples(
            st.sampled_from(("comments", "people")),
            st.integers(1, 30),
            st.sampled_from((0.0, 0.4, 1.0)),
            st.sampled_from((0.5, 1.0)),
        ),
        min_size=1,
        max_size=3,
    ),
    question=st.sampled_from((None, 0)),
)
@settings(max_examples=60)
def test_who_was_read_and_with_which_chance_is_as_counted_by_hand(
    survey: Readings, plans: list[tuple[SampleUnit, int, float, float]], question: int | None
) -> None:
    if not readable(survey):
        return
    sampled = [
        drawn(survey, unit, size, seed, read=read, until=until)
        for seed, (unit, size, read, until) in enumerate(plans)
    ]
    query = CountQuery(question=None if question is None else "q0")
    found = told(survey, read_answers(sampled, survey), query)
    assert found == pytest.approx(recounted(survey, sampled, question))


@pytest.mark.parametrize(("unit", "size"), [("comments", 30), ("people", 12)])
def test_people_weighted_by_their_chance_stand_for_everyone(unit: SampleUnit, size: int) -> None:
    """Horvitz and Thompson's sum of 1 / chance over those read is without bias that of all."""
    survey = generated_readings(3, 60, each=2.0, unreadable=0.1)
    sums = []
    for seed in range(200):
        half = first_people(survey, drawn(survey, "people", 8, 1_000 + seed), 4)
        sampled = [drawn(survey, unit, size, seed), half]
        found = told(survey, read_answers(sampled, survey), CountQuery())
        sums.append(sum(1 / chance for chance in found.values()))
    everyone = len({person_of(survey, cell) for cell in readable(survey)})
    error = np.std(sums) / len(sums) ** 0.5
    assert abs(np.mean(sums) - everyone) < 4 * error


def test_whose_answers_only_two_samples_together_hold_was_not_read() -> None:
    survey = generated_readings(1, 1, unreadable=0.0, questions=2)
    sampled = [
        replace(
            drawn(survey, "comments", 1, seed),
            answers=(DrawnAnswer(cell_at(survey, 0, seed), 0.5, True),),
        )
        for seed in range(2)
    ]
    answers = read_answers(sampled, survey)
    assert told(survey, answers, CountQuery()) == {}
    assert len(told(survey, answers, CountQuery(question="q1"))) == 1


def test_what_was_read_out_of_turn_does_not_count() -> None:
    survey = generated_readings(1, 40, questions=1, unreadable=0.0)
    sample = drawn(survey, "comments", 10, 0)
    skipped = [answer._replace(read=place != 4) for place, answer in enumerate(sample.answers)]
    answers = read_answers([replace(sample, answers=tuple(skipped))], survey)
    found = told(survey, answers, CountQuery())
    assert set(found) == {person_of(survey, answer.cell) for answer in skipped[:4]}
    assert list(found.values()) == pytest.approx([0.1] * 4)


def test_what_was_read_for_another_sample_only_does_not_count_for_it() -> None:
    survey = generated_readings(1, 40, questions=1, unreadable=0.0)
    read, other = drawn(survey, "comments", 20, 0), drawn(survey, "comments", 20, 1, read=0)
    found = told(survey, read_answers([read, other], survey), CountQuery())
    assert list(found.values()) == pytest.approx([0.5] * 20)


def test_of_a_sample_younger_than_the_readings_only_what_they_hold_counts() -> None:
    survey = generated_readings(2, responses=40, numbered=False, questions=2)
    sample = drawn(survey, "comments", 30, 1)
    begin = earlier(survey, 20)
    lost = {answer.cell for answer in sample.answers} - set(readable(begin))
    assert lost
    answers = read_answers([sample], begin)
    found = answers.of(CountQuery(), people_counted(answers.everyone, CountQuery()))
    assert len(found.people.row) > 0
    assert found.could_be.all()
    assert not read_answers([sample], earlier(survey, 0)).is_begun


def test_a_sample_drawn_by_the_same_seed_again_adds_nothing() -> None:
    survey = generated_readings(1, 40)
    once = drawn(survey, "comments", 20, 7)
    twice = [drawn(survey, "comments", 5, 7), once]
    assert told(survey, read_answers(twice, survey), CountQuery()) == told(
        survey, read_answers([once], survey), CountQuery()
    )


@given(drawn_=st.integers(0, 40), more=st.integers(0, 200), most=st.integers(0, 12))
def test_the_chance_to_hold_all_answers_is_hypergeometric(
    drawn_: int, more: int, most: int
) -> None:
    frame = drawn_ + more
    most = min(most, frame)
    meant = [
        comb(frame - k, drawn_ - k) / comb(frame, drawn_) if k <= drawn_ else 0.0
        for k in range(most + 1)
    ]
    np.testing.assert_allclose(all_held(drawn_, frame, most), meant, rtol=1e-9)


def test_the_chance_of_one_of_several_samples_is_that_of_their_union() -> None:
    chances = [np.array([0.5, 0.0]), np.array([0.2, 0.0]), np.array([1.0, 0.3])]
    np.testing.assert_allclose(joined(chances, 2), [1.0, 0.3])
    np.testing.assert_allclose(joined(chances[:2], 2), [0.6, 0.0])
    np.testing.assert_allclose(joined([], 2), [0.0, 0.0])
