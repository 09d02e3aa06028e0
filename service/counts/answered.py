"""Whom the answers of a slice count for, so that it can be told whether all of theirs were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service.counts import picking
from service.counts.dimensions import site_places
from service.counts.merging import runs
from service.counts.readings import Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.counts.merging import Runs
    from service.counts.people import People
    from service.counts.records import CountQuery

NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """The readable answers of a slice, by whom they count for: u rows, as of `Counted`.

    Cells are numbered through: the row of a response, in the order of the survey's, times the
    number of questions, and the place of the question.

    Attributes:
        of: Shape (n * Q,); for each cell the row of whom it counts for, `NOBODY` where there is no
            readable answer, or it is not of the slice.
        answers: Shape (u,); how many there are, at least 1.
        last: Shape (u,); the highest cell of them.
    """

    of: NDArray[np.intp]
    answers: NDArray[np.int64]
    last: NDArray[np.int64]


def answered(everyone: People, query: CountQuery) -> Answered:
    """Tell which answers count for whom.

    Args:
        everyone: The people of a survey that has what the query asks for.
        query: Which answers count, and whether they are parted by sites.
    """
    readings = everyone.readings
    counts = np.zeros(readings.status.shape, np.bool_)
    asked = picking.questions(readings, query)
    counts[:, asked] = readings.status[:, asked] == Reading.READABLE
    counts &= picking.picked(everyone, query)[:, None]
    parted = None in [picking.characteristic_of(readings, each) for each in query.by]
    parts = [site_places(readings)] if parted else []
    taken = np.logical_or.reduce(counts, axis=1)
    found = runs(everyone.responses(taken), everyone.of, *parts)
    owner = np.full(len(readings), NOBODY)
    owner[found.order] = _numbers(found)
    of = np.where(counts, owner[:, None], NOBODY).ravel()
    held = np.flatnonzero(of != NOBODY)
    last = np.zeros(int(owner.max(initial=NOBODY)) + 1, np.int64)
    np.maximum.at(last, of[held], held)
    return Answered(of, np.bincount(of[held], minlength=len(last)), last)


def _numbers(found: Runs) -> NDArray[np.intp]:
    """Give the number of each row's run, in the order of the runs."""
    if found.starts is None:
        return np.arange(len(found.order))
    starts = np.zeros(len(found.order), np.intp)
    starts[found.starts] = 1
    return np.cumsum(starts) - 1
