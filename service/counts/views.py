"""A survey's answers looked at by question, site and month, so that people count once in each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import Polarity
from service.counts.crossing import Axis, add_sums, cells, packs
from service.counts.saying import EVERY_QUESTION, raising, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from service.counts.crossing import Crossing, Pack
    from service.counts.people import People
    from service.counts.saying import Said

_SPOKEN = (Polarity.NEUTRAL, Polarity.NEGATIVE, Polarity.POSITIVE, Polarity.MIXED)
"""By whether the theme is blamed (1) and praised (2)."""
_SPOKEN_PLACES = np.array([list(Polarity).index(polarity) for polarity in _SPOKEN])


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Where the people and the responses of a survey stand in each dimension.

    Attributes:
        people: The survey's.
        groups: By characteristic; places are of people.
        parts: By site and by month, where the survey has them; places are of responses.
        questions: Where the nodes of the questions begin, one each.
        polarity: Where the nodes of the polarities begin.
    """

    people: People
    groups: tuple[Axis, ...]
    parts: tuple[Axis, ...]
    questions: int
    polarity: int


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What people say in each part of their answers, and what is counted over it.

    Attributes:
        said: What they say; u rows.
        axes: What parts the rows. The last is polarity, which a row has for each theme; its places
            are 0.
        crossings: What is counted, by the places of its axes.
    """

    said: Said
    axes: tuple[Axis, ...]
    crossings: tuple[Crossing, ...]

    def add_people(self, pairs: NDArray[np.int64]) -> None:
        """Add how many people there are in each crossing, in its place.

        Of polarity, none are but its own, where all people come with its first node.

        Args:
            pairs: Shape (K, K).
        """
        of_people = [each for each in self.crossings if each[-1] != self._polarity or len(each) < 2]
        for pack in self._packs(of_people):
            add_sums(pairs, self.axes, pack, self._counts(pack, self._cells(pack)))

    def add_raising(self, pairs: NDArray[np.int64]) -> None:
        """Add how many of these raise each theme, in its place.

        Args:
            pairs: Shape (T, K, K).
        """
        found = self._packs(self.crossings)
        within = [self._cells(pack) for pack in found]
        praised, blamed = self.said.praised(), self.said.blamed()
        for theme, rows in enumerate(raising(self.said.tagged(), len(pairs))):
            spoken = _spoken(theme, praised[rows], blamed[rows])
            for pack, cell in zip(found, within, strict=True):
                places = cell[rows] + spoken if self._polarity in pack.axes else cell[rows]
                add_sums(pairs[theme], self.axes, pack, self._counts(pack, places))

    @property
    def _polarity(self) -> int:
        return len(self.axes) - 1

    def _packs(self, crossings: Sequence[Crossing]) -> list[Pack]:
        return packs([axis.size for axis in self.axes], crossings)

    def _cells(self, pack: Pack) -> NDArray[np.intp]:
        return cells([self.axes[axis] for axis in pack.axes])

    def _counts(self, pack: Pack, cell: NDArray[np.intp]) -> NDArray[np.intp]:
        return np.bincount(cell, minlength=prod(self.axes[axis].size for axis in pack.axes))


def views(placed: Placed) -> Iterator[View]:
    """Give views that together have every crossing of two dimensions of every person once.

    Whoever gave one response has one site and one month, which part them as groups do: one view has
    every crossing. Whoever gave several counts once in each site, month or both: a view each.
    """
    people, parts = placed.people, range(len(placed.parts))
    questions = (None, *range(people.readings.status.shape[1]))
    once = people.gave_one()
    for question in questions:
        yield _view(placed, once, question, tuple(parts), apart=False)
    if once.all():
        return
    kept = [each for count in range(3) for each in combinations(parts, count)]
    for question, each in product(questions, kept):
        if question is None or len(each) < 2:
            yield _view(placed, ~once, question, each, apart=True)


def _view(
    placed: Placed,
    picked: NDArray[np.bool_],
    question: int | None,
    parts: tuple[int, ...],
    *,
    apart: bool,
) -> View:
    columns = EVERY_QUESTION if question is None else slice(question, question + 1)
    found = said(placed.people, picked, columns, *(placed.parts[part].places for part in parts))
    nowhere = np.zeros(len(found.person), np.intp)
    groups = [Axis(axis.first, axis.size, axis.places[found.person]) for axis in placed.groups]
    parted = [
        Axis(placed.parts[part].first, placed.parts[part].size, places)
        for part, places in zip(parts, found.parts, strict=True)
    ]
    asked = [] if question is None else [Axis(placed.questions + question, 1, nowhere)]
    axes = (*groups, *parted, *asked, Axis(placed.polarity, len(Polarity), nowhere))
    needed = len(groups) if apart else len(groups) + len(parted)
    return View(found, axes, _crossings(len(axes), set(range(needed, len(axes) - 1))))


def _crossings(axes: int, needed: set[int]) -> tuple[Crossing, ...]:
    every = (each for count in (1, 2) for each in combinations(range(axes), count))
    return tuple(each for each in every if needed.issubset(each))


def _spoken(
    theme: int, praised: NDArray[np.uint64], blamed: NDArray[np.uint64]
) -> NDArray[np.intp]:
    well, badly = ((bits >> np.uint64(theme)) & np.uint64(1) for bits in (praised, blamed))
    return _SPOKEN_PLACES[2 * well + badly]
