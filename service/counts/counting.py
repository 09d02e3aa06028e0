"""Counting people by theme and group: exact figures, which nobody may see unprotected."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from service.counts import picking
from service.counts.dimensions import group_nodes, group_places, site_nodes, site_places
from service.counts.merging import runs
from service.counts.people import People, people
from service.counts.readings import Reading
from service.counts.saying import raising, said

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.counts.readings import Node, Readings
    from service.counts.records import CountQuery

_BITS = np.zeros(len(Reading), np.uint8)
_BITS[[Reading.UNREADABLE, Reading.WAITING, Reading.READABLE]] = 1, 2, 4
_BEST = np.array([0, 1, 2, 2, 3, 3, 3, 3])
"""The highest of the bits that stand, from 1; 0 where none does."""


@dataclass(frozen=True, slots=True, eq=False)
class ExactCounts:
    """How many people there are in each cell of a table, and how many of them raise each theme.

    There are M cells and T themes.

    Attributes:
        dimensions: What people are parted by, as the query has it.
        cells: The group of each cell by each dimension: all there are of the one, missing ones
            included, with all of the other, in order; `()` alone where nothing parts people.
        base: Shape (M,); people with an answer that could be read.
        count: Shape (M, T); those of them who raise the theme.
        weighted_base: Shape (M,); sum of their weights. None for a survey without weights.
        weighted_count: Shape (M, T); sum of the weights of those who raise the theme.
        effective_base: Shape (M,); effective number of people, 0 for none: the square of the sum
            of weights over the sum of their squares (Kish 1965, Survey Sampling, section 11.7).
        coverage: People whom the query's site, dates and question pick: all of them; with an
            answer that could be read; with answers of which none could be; without an answer; with
            one that the model has not been over yet, and none that it could read.
    """

    dimensions: tuple[str, ...]
    cells: tuple[tuple[Node, ...], ...]
    base: NDArray[np.int64]
    count: NDArray[np.int64]
    weighted_base: NDArray[np.float64] | None
    weighted_count: NDArray[np.float64] | None
    effective_base: NDArray[np.float64] | None
    coverage: tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """People, each in a cell of a table; u of them, or more where sites part a person's answers.

    Attributes:
        cells: As of `ExactCounts`.
        person: Shape (u,); place in `People`.
        cell: Shape (u,); place in `cells`.
        raised: Shape (u,); a bit for each theme that the person raises, as in `Readings`.
        weight: Shape (u,); None for a survey without weights.
    """

    cells: tuple[tuple[Node, ...], ...]
    person: NDArray[np.intp]
    cell: NDArray[np.intp]
    raised: NDArray[np.uint64]
    weight: NDArray[np.float64] | None


def exact_counts(readings: Readings, query: CountQuery) -> ExactCounts:
    """Count people by theme and group.

    Args:
        readings: What the survey's responses say.
        query: Which of them count, and how they are parted. All themes are counted, whichever it
            names.

    Raises:
        UnprocessableError: The survey has no such characteristic, theme, question or site, no
            dates, or no broad groups.
    """
    picking.check(readings, query)
    everyone = people(readings)
    counted = people_counted(everyone, query)
    cells, themes = len(counted.cells), len(readings.themes)
    base = np.bincount(counted.cell, minlength=cells)
    return ExactCounts(
        query.by,
        counted.cells,
        base,
        _by_theme(counted, None, themes).astype(np.int64),
        *_weighted(counted, themes),
        coverage(everyone, query),
    )


def people_counted(everyone: People, query: CountQuery) -> Counted:
    """Tell who is counted in which cell of a table, and what they raise.

    Args:
        everyone: The people of a survey that has what the query asks for.
        query: Which of them count, and how they are parted.
    """
    readings = everyone.readings
    places = [picking.characteristic_of(readings, dimension) for dimension in query.by]
    sites = [site_places(readings)] if None in places else []
    found = said(
        everyone,
        picking.picked(everyone, query),
        picking.questions(readings, query),
        *sites,
    )
    nodes = []
    cell = np.zeros(len(found.person), np.intp)
    for place in places:
        if place is None:
            nodes.append(site_nodes(readings))
            part = found.parts[0]
        else:
            nodes.append(group_nodes(readings.characteristics[place], query.level))
            part = group_places(everyone, place, query.level)[found.person]
        cell = cell * len(nodes[-1]) + part
    weight = None if everyone.weight is None else everyone.weight[found.person]
    return Counted(tuple(product(*nodes)), found.person, cell, found.raised(query.polarity), weight)


def coverage(everyone: People, query: CountQuery) -> tuple[int, int, int, int, int]:
    """Tell of how many people nothing could be read, as `ExactCounts.coverage` has it.

    Args:
        everyone: The people of a survey that has what the query asks for.
        query: Whose site, dates and question pick answers.
    """
    status = everyone.readings.status[:, picking.questions(everyone.readings, query)]
    taken = everyone.responses(picking.picked(everyone, query))
    found = runs(taken, everyone.of).together(np.bitwise_or.reduce(_BITS[status], axis=1))
    kinds = np.bincount(_BEST[found], minlength=4)
    silent, unreadable, waiting, readable = (int(kind) for kind in kinds)
    return len(found), readable, unreadable, silent, waiting


def _by_theme(
    counted: Counted, weight: NDArray[np.float64] | None, themes: int
) -> NDArray[np.float64]:
    sums = np.zeros((len(counted.cells), themes))
    for theme, rows in enumerate(raising(counted.raised, themes)):
        weights = None if weight is None else weight[rows]
        sums[:, theme] = np.bincount(counted.cell[rows], weights, len(counted.cells))
    return sums


def _weighted(
    counted: Counted, themes: int
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None, NDArray[np.float64] | None]:
    weight = counted.weight
    if weight is None:
        return None, None, None
    base: NDArray[np.float64] = np.bincount(counted.cell, weight, len(counted.cells)).astype(float)
    squares = np.bincount(counted.cell, weight**2, len(counted.cells))
    effective = np.divide(base**2, squares, out=np.zeros_like(base), where=squares > 0)
    return base, _by_theme(counted, weight, themes), effective
