"""With which chance a random sample holds all that somebody wrote, as far as it has been read.

A sample is read in an order by chance. However far its reading has come, what comes before the
first answer that was not read is a random sample too. What was read out of turn, after it, does not
count; nor does what was read for another sample only, so that samples stay independent.

Of N comments, the n so read hold all k of somebody's with the chance (without replacement; Cochran
1977, Sampling Techniques, chapter 2)::

    n (n - 1) ... (n - k + 1) / (N (N - 1) ... (N - k + 1))

Of people drawn with all that they wrote, the chance is the recorded one, times the share of those
drawn who come before the first answer that was not read. Whoever's answers reading stopped amid is
not among them; as people who wrote much are more likely to be, that favours others a little, by no
more than one person in all.

Samples are drawn independently of each other. At least one of several holds all of somebody's
answers with the chance of the union of independent events::

    1 - (1 - p1) (1 - p2) ...

Whose answers only several samples together hold does not count as read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from service.counts.readings import Reading
from service.store.strata import Partition

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from service.counts.answered import Answered
    from service.counts.people import People
    from service.counts.readings import Readings
    from service.records import ResponseColumns
    from service.store.read_samples import Cell, RandomSample

NOT_HERE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What was read of a random sample in its turn; cells are numbered as in `Answered`.

    Attributes:
        seed: What it was drawn by.
        last: The last cell that could be drawn.
        cells: Those that were read.
        frame: How many comments it was drawn from; None for a sample of people.
        person: Shape (P,); the chance of each person to be drawn and read, whatever they wrote.
            None for a sample of comments.
    """

    seed: int
    last: int
    cells: NDArray[np.int64]
    frame: int | None
    person: NDArray[np.float64] | None

    def holds_all(self, answered: Answered) -> NDArray[np.bool_]:
        """Tell of whom all answers of a slice were read; shape (u,)."""
        of = answered.of[self.cells]
        held = np.bincount(of[of >= 0], minlength=len(answered.answers))
        all_of_theirs: NDArray[np.bool_] = held == answered.answers
        return all_of_theirs

    def chances(self, answered: Answered, person: NDArray[np.intp]) -> NDArray[np.float64]:
        """Give the chance that it holds all answers of each; shape (u,).

        Args:
            answered: The answers of a slice, by whom they count for.
            person: Shape (u,); the place of each among people.
        """
        if self.person is not None:
            chance = self.person[person]
        else:
            most = int(answered.answers.max(initial=0))
            chance = all_held(len(self.cells), self.frame or 0, most)[answered.answers]
        return np.where(answered.last <= self.last, chance, 0.0)


def numbered(readings: Readings, cells: Collection[Cell]) -> NDArray[np.int64]:
    """Number answers as `Answered` does, -1 where the readings do not have the response."""
    pairs = np.array(list(cells), np.int64).reshape(-1, 2)
    rows = np.searchsorted(readings.number, pairs[:, 0])
    found = np.searchsorted(readings.number, pairs[:, 0], "right") > rows
    return np.where(found, rows * len(readings.questions) + pairs[:, 1], NOT_HERE)


def all_held(drawn: int, frame: int, most: int) -> NDArray[np.float64]:
    """Give the chance that a simple random sample without replacement holds all k of somebody's.

    Args:
        drawn: How many it holds.
        frame: How many it was drawn from.
        most: The highest k.

    Returns:
        For k from 0 to `most`.
    """
    others = np.arange(most)
    each = np.clip(drawn - others, 0, None) / np.clip(frame - others, 1, None)
    return np.concatenate([[1.0], np.cumprod(each)])


def joined(chances: Sequence[NDArray[np.float64]], count: int) -> NDArray[np.float64]:
    """Give the chance of at least one of several independent samples.

    Args:
        chances: Of each sample, shape (count,).
        count: How many there are of each.
    """
    none = np.ones(count)
    for each in chances:
        none *= 1 - each
    return 1 - none


def reaches(
    samples: Sequence[RandomSample], everyone: People, columns: ResponseColumns
) -> list[Reach]:
    """Tell what was read of each sample in its turn.

    Answers that the present model cannot read are passed over. Of samples drawn by the same seed,
    which are not independent, only the one of which most was read counts.

    Args:
        samples: Random samples of a survey.
        everyone: Its people.
        columns: What its columns hold.
    """
    found: dict[int, Reach] = {}
    for each in samples:
        reach = _reach(each, everyone, columns)
        other = found.get(reach.seed)
        if other is None or len(other.cells) < len(reach.cells):
            found[reach.seed] = reach
    return list(found.values())


def _reach(sample: RandomSample, everyone: People, columns: ResponseColumns) -> Reach:
    readings, drawn = everyone.readings, sample.sample
    places = numbered(readings, [answer.cell for answer in sample.answers])
    here = places != NOT_HERE
    cells = places[here]
    answers = list(compress(sample.answers, here))
    unread = ~np.array([answer.read for answer in answers], np.bool_)
    waiting = unread & (readings.status.ravel()[cells] == Reading.READABLE)
    first = int(np.argmax(waiting)) if waiting.any() else len(cells)
    last = _last_until(readings, sample.last)
    if drawn.unit == "comments":
        return Reach(drawn.seed, last, cells[:first], drawn.frame, None)
    place = everyone.of[cells // len(readings.questions)]
    whole = ~np.isin(place, place[first:])
    chance = _recorded(sample, everyone, columns)
    chance[place] = [answer.probability for answer in answers]
    chance *= len(np.unique(place[whole])) / max(len(np.unique(place)), 1)
    return Reach(drawn.seed, last, cells[whole], None, chance)


def _last_until(readings: Readings, cell: Cell) -> int:
    """Give the number of an answer, or of the last before it where it is not here."""
    row = int(np.searchsorted(readings.number, cell.response))
    is_here = row < len(readings) and readings.number[row] == cell.response
    return row * len(readings.questions) + (cell.question if is_here else -1)


def _recorded(
    sample: RandomSample, everyone: People, columns: ResponseColumns
) -> NDArray[np.float64]:
    """Give the chance of each person to be drawn, by the stratum they are in now."""
    strata = sample.sample.strata
    chance = np.zeros(len(everyone))
    partition = Partition(columns, [each.groups for each in strata])
    # from the last on, as each person is in the first they fall in
    for stratum, wanted in reversed(list(zip(strata, partition.wanted, strict=True))):
        chance[_are_in(everyone, wanted)] = stratum.probability or 0.0
    return chance


def _are_in(everyone: People, wanted: Mapping[str, Collection[str]]) -> NDArray[np.bool_]:
    inside = np.ones(len(everyone), np.bool_)
    for place, characteristic in enumerate(everyone.readings.characteristics):
        if characteristic.id in wanted:
            held = [node.id in wanted[characteristic.id] for node in characteristic.nodes]
            inside &= np.array(held)[everyone.groups[:, place]]
    return inside
