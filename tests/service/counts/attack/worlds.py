"""Other worlds: surveys that differ from one in what a person is, or says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from service.counts.readings import Reading
from service.counts.records import CountsTable

if TYPE_CHECKING:
    from numpy.random import Generator

    from service.counts.readings import Readings
    from service.counts.records import TrendTable
    from tests.service.counts.attack.surveys import Sample


def another(readings: Readings, rng: Generator) -> Readings:
    """Change what one to three responses say of a theme, or which groups they are of."""
    changed = readings
    for _ in range(int(rng.integers(1, 4))):
        change = _turned if rng.random() < 0.7 else _moved
        changed = change(changed, int(rng.integers(len(readings))), rng)
    return changed


def _turned(readings: Readings, row: int, rng: Generator) -> Readings:
    """Let an answer raise a theme that it did not, or not raise one that it did."""
    bit = np.uint64(1 << int(rng.integers(len(readings.themes))))
    question = int(rng.integers(len(readings.questions)))
    tagged, praised, blamed = (
        column.copy() for column in (readings.tagged, readings.praised, readings.blamed)
    )
    if readings.status[row, question] == Reading.READABLE:
        tagged[row, question] ^= bit
        praised[row, question] &= ~bit
        blamed[row, question] &= ~bit
    return replace(readings, tagged=tagged, praised=praised, blamed=blamed)


def _moved(readings: Readings, row: int, rng: Generator) -> Readings:
    """Let somebody be of another group."""
    place = int(rng.integers(len(readings.characteristics)))
    groups = readings.groups.copy()
    of_person = row if readings.person is None else readings.person == readings.person[row]
    groups[of_person, place] = rng.integers(len(readings.characteristics[place].nodes))
    return replace(readings, groups=groups)


def evenly_weighted(sample: Sample) -> Readings:
    """Give each response the same weight."""
    return replace(sample.readings, weight=np.ones(len(sample.readings)))


def shown(table: CountsTable | TrendTable) -> list[tuple[int | None, int | None]]:
    """Give the bases and counts of a table, as they are shown."""
    if isinstance(table, CountsTable):
        return [(row.base, row.count) for row in table.rows]
    return [(point.base, point.count) for trend in table.trends for point in trend.points]
