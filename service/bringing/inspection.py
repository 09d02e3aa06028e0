"""Looking at an upload once, so that every page can show what its columns hold."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from labelled_data.tables.headers import shown
from service.errors import TooLargeError, UnprocessableError
from service.uploads.cells import day, positive
from service.uploads.rows import is_blank
from service.uploads.source import opened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from service.uploads import UploadLimits

MOST_VALUES = 500
"""Different values that a column of groups may have."""
MOST_COLUMNS = 500
MOST_REPEATS = 1_000
"""Cells that stand further up too, after which no column tells one row from another."""
SAMPLES = 3
LONGEST_SAMPLE = 90
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:\s.*)?", re.ASCII)


class ColumnSeen(BaseModel):
    """What a column holds.

    Attributes:
        name: Its header, without white space around it.
        filled: In how many rows it holds something.
        mean: Mean number of characters of what it holds.
        longest: Characters of the longest cell.
        samples: A few different cells, cut.
        iso_dates: Cells that are dates as the service reads them.
        day_first: Cells that are dates as they are written in Britain, such as 31/3/2025.
        weights: Cells that are positive numbers.
        repeats: Cells that stand further up too, blank ones included; counted up to some number.
        values: Every different cell, blank ones included, and in how many rows it stands, the most
            frequent first; None where there are too many.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    filled: int
    mean: float
    longest: int
    samples: tuple[str, ...]
    iso_dates: int
    day_first: int
    weights: int
    repeats: int
    values: tuple[tuple[str, int], ...] | None

    @property
    def filled_values(self) -> tuple[tuple[str, int], ...]:
        """The different cells that are not blank; none where there are too many."""
        return tuple((value, count) for value, count in self.values or () if value)


class Inspection(BaseModel):
    """What an upload holds.

    Attributes:
        rows: How many it has, rows without any value left out.
        columns: Those that have a header.
        unstripped: Whether white space stands around a header.
    """

    model_config = ConfigDict(frozen=True)

    rows: int
    columns: tuple[ColumnSeen, ...]
    unstripped: bool

    def column(self, name: str) -> ColumnSeen:
        """Give a column.

        Raises:
            UnprocessableError: There is none of that name.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise UnprocessableError(f"the file has no column {shown(name)}")

    @property
    def names(self) -> tuple[str, ...]:
        """Headers of the columns."""
        return tuple(column.name for column in self.columns)


def inspect(path: Path, format: Literal["csv", "xlsx"], limits: UploadLimits) -> Inspection:  # noqa: A002
    """Look at an upload to its end.

    Args:
        path: The file.
        format: What it is.
        limits: How much of it is taken.

    Raises:
        UnprocessableError: It is not what its format says, or two headers are alike.
        TooLargeError: It has too many rows or columns.
    """
    with opened(path, (), format, limits) as source:
        columns = source.table.columns
        if len(columns) > MOST_COLUMNS:
            raise TooLargeError(f"a file may have {MOST_COLUMNS:,} columns here")
        lookers = [_Looker(name.strip()) for name in columns]
        _refuse_alike([looker.name for looker in lookers])
        rows = 0
        for part in replace(source, columns=columns).parts():
            filled = [cells for cells in part.cells if not is_blank(cells)]
            rows += len(filled)
            for looker, cells in zip(lookers, zip(*filled, strict=True), strict=False):
                looker.look(cells)
    return Inspection(
        rows=rows,
        columns=tuple(each.seen() for each in lookers if each.name),
        unstripped=any(name != name.strip() for name in columns),
    )


def as_day(cell: str) -> date | None:
    """Read a date with its day first, as 31/3/2025; None where it is none."""
    written = _DAY_FIRST.fullmatch(cell.strip())
    if written is not None:
        with suppress(ValueError):
            return date(int(written[3]), int(written[2]), int(written[1]))
    return None


def _refuse_alike(names: Sequence[str]) -> None:
    for name, times in Counter(filter(None, names)).items():
        if times > 1:
            raise UnprocessableError(f"{times} columns have the header {shown(name)}")


class _Looker:
    """Looks at the cells of one column."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._values: Counter[str] = Counter()
        self._many = False
        self._seen: set[int] = set()
        self._repeats = 0
        self._samples: dict[str, None] = {}
        self._filled = self._characters = self._longest = 0
        self._iso = self._day_first = self._weights = 0

    def look(self, cells: Sequence[str]) -> None:
        found = Counter(map(str.strip, cells))
        self._look_for_repeats(found)
        if not self._many:
            self._values.update(found)
            self._many = len(self._values) > MOST_VALUES
        found.pop("", None)
        self._filled += found.total()
        self._characters += sum(len(value) * count for value, count in found.items())
        self._longest = max(self._longest, max(map(len, found), default=0))
        for value, count in found.items():
            self._classify(value, count)

    def _look_for_repeats(self, found: Counter[str]) -> None:
        if self._repeats > MOST_REPEATS:
            return
        hashes = set(map(hash, found))
        self._repeats += found.total() - len(hashes - self._seen)
        self._seen |= hashes
        if self._repeats > MOST_REPEATS:
            self._seen.clear()

    def _classify(self, value: str, count: int) -> None:
        if len(self._samples) < SAMPLES:
            cut = value if len(value) <= LONGEST_SAMPLE else f"{value[: LONGEST_SAMPLE - 1]}…"
            self._samples[cut] = None
        if not value[0].isdigit():
            return
        if as_day(value):
            self._day_first += count
        with suppress(ValueError):
            self._iso += count if day(value) else 0
        with suppress(ValueError):
            self._weights += count if positive(value) else 0

    def seen(self) -> ColumnSeen:
        return ColumnSeen(
            name=self.name,
            filled=self._filled,
            mean=self._characters / max(1, self._filled),
            longest=self._longest,
            samples=tuple(self._samples),
            iso_dates=self._iso,
            day_first=self._day_first,
            weights=self._weights,
            repeats=self._repeats,
            values=None if self._many else tuple(self._values.most_common()),
        )
