"""Values of a column of groups as they are shown: one by one, numbers in runs to the same group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST = 3
"""Values from which a run is shown as one."""
_NUMBER = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ValueShown:
    """A value of a column of groups.

    Attributes:
        field: Name of its field in the form.
        value: The value; empty for blank cells.
        count: In how many rows it stands.
        outcome: Where it goes; empty where nobody has said so.
    """

    field: str
    value: str
    count: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers that follow one another in the column and go to the same group.

    Attributes:
        values: The numbers, the smallest first.
    """

    values: tuple[ValueShown, ...]

    @property
    def outcome(self) -> str:
        """Where they go."""
        return self.values[0].outcome

    @property
    def count(self) -> int:
        """In how many rows they stand."""
        return sum(each.count for each in self.values)


def in_runs(values: Iterable[ValueShown]) -> tuple[list[ValueShown], list[Run]]:
    """Part values into those that are shown one by one, and runs of numbers.

    Args:
        values: The values of a column.

    Returns:
        Those that nobody has said where they go, then all others that are in no run; and the runs.
    """
    listed = list(values)
    placed = (each for each in listed if each.outcome and _NUMBER.fullmatch(each.value))
    numbers = sorted(placed, key=lambda each: int(each.value))
    found = (Run(tuple(of)) for _, of in groupby(numbers, key=lambda each: each.outcome))
    runs = [run for run in found if len(run.values) >= SHORTEST]
    within = {each.field for run in runs for each in run.values}
    alone = [each for each in listed if each.field not in within]
    return sorted(alone, key=lambda each: bool(each.outcome)), runs
