"""Correcting a survey's counts by the people whose answers somebody read."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from service.counts.answered import NOBODY, answered
from service.counts.correction import ReadPeople, correct
from service.counts.counting import people_counted
from service.counts.drawing_chances import NOT_HERE, joined, numbered, reaches
from service.counts.people import people
from service.counts.read_truth import truth_of
from service.counts.records import Corrected
from service.store.read_samples import read_samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from service.counts.answered import Answered
    from service.counts.counting import Counted
    from service.counts.people import People
    from service.counts.policy import Policy
    from service.counts.readings import Readings
    from service.counts.records import CountQuery
    from service.records import ResponseColumns, Survey
    from service.store import Store
    from service.store.read_samples import RandomSample, ReadSamples

MOST_LEFT_OUT = 0.01
"""Share of a row's people whom no sample could have drawn, above which it is not corrected."""
LEFT_OUT = (
    "some of these people could not be drawn to be read: they answered later, or nobody drew them"
)


@dataclass(frozen=True, slots=True, eq=False)
class ReadSlice:
    """Who was read of a slice.

    Attributes:
        people: Those all of whose answers in it somebody read.
        could_be: Shape (u,); whether any sample could have drawn all of somebody's answers.
    """

    people: ReadPeople
    could_be: NDArray[np.bool_]


class ReadAnswers:
    """What people read of a survey, for slices of any kind.

    Args:
        samples: Its random samples, and what people said.
        readings: What its responses say.
        columns: What its columns hold.
        everyone: Who the responses are from, where that is worked out already.
    """

    def __init__(
        self,
        samples: ReadSamples,
        readings: Readings,
        columns: ResponseColumns,
        everyone: People | None = None,
    ) -> None:
        self.everyone = people(readings) if everyone is None else everyone
        bits = {theme: 1 << place for place, theme in enumerate(readings.themes)}
        cells = numbered(readings, samples.read)
        truth = np.array([truth_of(said, bits) for said in samples.read.values()], np.uint64)
        self._cells = cells[cells != NOT_HERE]
        self._truth = truth.reshape(-1, 3)[cells != NOT_HERE]
        self._samples, self._columns = samples.samples, columns
        self._reaches = reaches(self._samples, self.everyone, columns)

    @property
    def is_begun(self) -> bool:
        """Whether anything was read."""
        return len(self._cells) > 0

    def first_read(self, part: float) -> ReadAnswers:
        """Give what had been read when reading had come so far.

        What was read first of a random sample is a random sample too, as it comes in an order by
        chance.

        Args:
            part: Share of what was read of each sample by now, 0 to 1.
        """
        begun = copy(self)
        begun._samples = tuple(_begun(sample, part) for sample in self._samples)
        begun._reaches = reaches(begun._samples, self.everyone, self._columns)
        return begun

    def corrections(self, policy: Policy) -> Callable[[CountQuery], list[list[Corrected]]]:
        """Make what corrects counts; see `corrections`."""
        themes = len(self.everyone.readings.themes)
        return partial(corrected_by, self, themes=themes, policy=policy)

    def of(self, query: CountQuery, counted: Counted) -> ReadSlice:
        """Tell who was read of a slice.

        Args:
            query: Which answers count; the survey has what it asks for.
            counted: The people for whom they count.
        """
        answers = answered(self.everyone, query)
        all_read = np.zeros(len(counted.person), np.bool_)
        for reach in self._reaches:
            all_read |= reach.holds_all(answers)
        chance = joined(
            [reach.chances(answers, counted.person) for reach in self._reaches], len(all_read)
        )
        rows = np.flatnonzero(all_read & (chance > 0))
        raised = self._raised(answers, query)[rows]
        themes = len(self.everyone.readings.themes)
        return ReadSlice(ReadPeople(rows, chance[rows], flags(raised, themes)), chance > 0)

    def _raised(self, answers: Answered, query: CountQuery) -> NDArray[np.uint64]:
        """Give the themes that people found in whatever they read of each; shape (u,)."""
        of = answers.of[self._cells]
        picked = of != NOBODY
        tagged, praised, blamed = said = np.zeros((3, len(answers.answers)), np.uint64)
        for bits, truth in zip(said, self._truth.T, strict=True):
            np.bitwise_or.at(bits, of[picked], truth[picked])
        if query.polarity is None:
            return tagged
        praised = praised if query.polarity.praises else ~praised
        blamed = blamed if query.polarity.blames else ~blamed
        raised: NDArray[np.uint64] = tagged & praised & blamed
        return raised


def corrections(
    store: Store, survey: Survey, readings: Readings, policy: Policy
) -> Callable[[CountQuery], list[list[Corrected]]]:
    """Make what corrects counts of a survey by what people read of random samples.

    Only random samples count, of comments or of people, whatever the model was when they were
    drawn. A person counts as read where one sample holds all their answers of the slice that the
    present model can read, and somebody read them.

    A sample could not draw what came after it. Where that leaves out more than a hundredth of a
    row's people, the row is not corrected, since nothing is known of them; a further sample, of
    everyone, mends that.

    Args:
        store: Where the survey is.
        survey: The survey.
        readings: What its responses say.
        policy: What may be published, and how many people have to be read.

    Returns:
        What gives, for a query, what is said of each cell of its table and of each theme.

    Raises:
        NotFoundError: The survey is gone.
    """
    return read_answers(store, survey, readings).corrections(policy)


def read_answers(
    store: Store, survey: Survey, readings: Readings, everyone: People | None = None
) -> ReadAnswers:
    """Give what people read of a survey; arguments as of `ReadAnswers`.

    Raises:
        NotFoundError: The survey is gone.
    """
    with store.read() as conn:
        samples = read_samples(conn, survey)
    return ReadAnswers(samples, readings, survey.columns, everyone)


def corrected_by(
    read: ReadAnswers, query: CountQuery, themes: int, policy: Policy
) -> list[list[Corrected]]:
    """Correct a table by what people read; by cell, then by theme."""
    counted = people_counted(read.everyone, query)
    found = read.of(query, counted)
    table = correct(
        flags(counted.raised, themes),
        counted.cell,
        len(counted.cells),
        found.people.row,
        found.people.truth,
        found.people.probability,
        counted.weight,
        policy,
    )
    base = np.bincount(counted.cell, minlength=len(table))
    left_out = np.bincount(counted.cell[~found.could_be], minlength=len(table))
    return [
        [_without(each) for each in row] if left_out[cell] > MOST_LEFT_OUT * base[cell] else row
        for cell, row in enumerate(table)
    ]


def flags(bits: NDArray[np.uint64], themes: int) -> NDArray[np.bool_]:
    """Part bits into a column for each theme."""
    parted: NDArray[np.bool_] = (bits[:, None] >> np.arange(themes, dtype=np.uint64)) & 1 == 1
    return parted


def _without(told: Corrected) -> Corrected:
    if told.share is None:
        return told
    return Corrected(read=told.read, why_not=LEFT_OUT)


def _begun(sample: RandomSample, part: float) -> RandomSample:
    left = round(part * sum(answer.read for answer in sample.answers))
    answers = []
    for answer in sample.answers:
        left -= answer.read
        answers.append(answer._replace(read=answer.read and left >= 0))
    return replace(sample, answers=tuple(answers))
