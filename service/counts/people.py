"""Who the responses of a survey are from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.counts.readings import Readings


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """The people of a survey, P of them.

    Attributes:
        readings: The survey's.
        of: Shape (n,); the place among people of whoever gave each response.
        order: Shape (n,); responses by person, and each person's from the earliest to the latest.
            None where no two are from one person, and these are in the order of responses.
        groups: Shape (P, C); place in the characteristic's `nodes`: the group of the latest
            response in which there is one, else why there is none in the latest.
        weight: Shape (P,); mean of their responses' weights. None where the survey has none.
    """

    readings: Readings
    of: NDArray[np.intp]
    order: NDArray[np.intp] | None
    groups: NDArray[np.int16]
    weight: NDArray[np.float64] | None

    def __len__(self) -> int:
        return len(self.groups)

    def responses(self, taken: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Give the responses that are taken, each person's together.

        Args:
            taken: Shape (n,).
        """
        return np.flatnonzero(taken) if self.order is None else self.order[taken[self.order]]

    def gave_one(self) -> NDArray[np.bool_]:
        """Tell which responses are the only ones of whoever gave them, shape (n,)."""
        if self.order is None:
            return np.ones(len(self.of), np.bool_)
        return np.equal(np.bincount(self.of)[self.of], 1)


def people(readings: Readings) -> People:
    """Tell who the responses are from, what groups they are in, and what they weigh.

    Without numbers of people, each response is a person.
    """
    if readings.person is None or _all_differ(readings.person):
        each = np.arange(len(readings))
        return People(readings, each, None, readings.groups, readings.weight)
    order, starts = _by_person_and_day(readings.person, readings.day)
    of = np.empty_like(order)
    of[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(order)))
    groups, weight = _groups(readings, order, starts), _weight(readings, order, starts)
    return People(readings, of, order, groups, weight)


def _all_differ(person: NDArray[np.int64]) -> bool:
    return bool(np.diff(np.sort(person)).all())


def _by_person_and_day(
    person: NDArray[np.int64], day: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give responses in order, and where in it each person's begin.

    Those of people who gave one come first as they are, so that their columns are read in order.
    """
    by_person = np.argsort(person, kind="stable")
    same = np.diff(person[by_person]) == 0
    several = np.append(same, False) | np.insert(same, 0, False)
    once, again = np.sort(by_person[~several]), by_person[several]
    of = np.cumsum(np.diff(person[again], prepend=person[again[0]]) != 0)
    again = again[np.argsort(of * (int(day.max()) + 1) + day[again], kind="stable")]
    starts = len(once) + np.flatnonzero(np.diff(of, prepend=-1))
    return np.concatenate((once, again)), np.concatenate((np.arange(len(once)), starts))


def _groups(
    readings: Readings, order: NDArray[np.intp], starts: NDArray[np.intp]
) -> NDArray[np.int16]:
    last = np.append(starts[1:], len(order)) - 1
    places = np.arange(len(order))
    groups = np.empty((len(starts), len(readings.characteristics)), np.int16)
    for place, characteristic in enumerate(readings.characteristics):
        column = readings.groups[:, place][order]
        missing = np.array([node.missing for node in characteristic.nodes])
        known = np.maximum.reduceat(np.where(missing[column], -1, places), starts)
        groups[:, place] = column[np.where(known < 0, last, known)]
    return groups


def _weight(
    readings: Readings, order: NDArray[np.intp], starts: NDArray[np.intp]
) -> NDArray[np.float64] | None:
    if readings.weight is None:
        return None
    responses = np.diff(starts, append=len(order))
    return np.add.reduceat(readings.weight[order], starts) / responses
