"""Giving rows the shape that a survey needs, where they were not sent in it.

Rows keep their numbers, so that what is wrong with one is told by the row of the file as it was.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING

from service.bringing.columns import NUMBERED
from service.bringing.inspection import as_day
from service.uploads.rows import is_blank
from service.uploads.source import opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Literal, TextIO

    from service.uploads import UploadLimits

_DIGEST_BYTES = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """How rows are to be changed.

    Attributes:
        numbered: Whether each gets a number of its own, in the column `NUMBERED`.
        day_first: A column whose dates are turned from 31/3/2025 to 2025-03-31.
        question: A column that names the question that a row's comment answers.
        text: The column of these comments.
        by_question: The column that comments on each question go to.
        stripped: Whether headers lose white space around them.
    """

    numbered: bool = False
    day_first: str | None = None
    question: str | None = None
    text: str | None = None
    by_question: Mapping[str, str] | None = None
    stripped: bool = False

    @property
    def changes(self) -> bool:
        """Whether rows are not taken as they were sent."""
        return self != Shape()


def reshape(
    path: Path,
    kind: Literal["csv", "xlsx"],
    shape: Shape,
    limits: UploadLimits,
    file: TextIO,
) -> None:
    """Write the rows of an upload anew, as CSV.

    A row's number is that of the file with the row, so that the same file sent again gives the same
    numbers, and another one others.

    Args:
        path: The upload.
        kind: What it is.
        shape: How its rows are to be changed.
        limits: How much of it is taken.
        file: Where the rows go.

    Raises:
        UnprocessableError: It is not what its format says.
        TooLargeError: It has too many rows or columns.
    """
    with opened(path, (), kind, limits) as source:
        shaper = _Shaper(source.table.columns, shape, _digest(path) if shape.numbered else "")
        writer = csv.writer(file)
        parts = replace(source, columns=source.table.columns).parts()
        first = True
        for part in parts:
            if first:
                # the header stands above the first row, wherever that is
                writer.writerows([] for _ in range(part.first_row - 2))
                writer.writerow(shaper.header)
                first = False
            writer.writerows(
                shaper.row(number, cells)
                for number, cells in zip(count(part.first_row), part.cells, strict=False)
            )
        if first:
            writer.writerow(shaper.header)


class _Shaper:
    """Changes one row at a time."""

    def __init__(self, columns: Sequence[str], shape: Shape, digest: str) -> None:
        names = [name.strip() for name in columns]
        self._places = {name: place for place, name in enumerate(names)}
        self._shape = shape
        self._digest = digest
        self._questions = list((shape.by_question or {}).values())
        self.header = [*self._numbers(NUMBERED), *names, *self._questions]

    def row(self, number: int, cells: Sequence[str]) -> list[str]:
        if is_blank(cells):
            return [""] * len(self.header)
        changed = list(cells)
        if self._shape.day_first is not None:
            place = self._places[self._shape.day_first]
            found = as_day(cells[place])
            changed[place] = found.isoformat() if found else cells[place]
        return [*self._numbers(f"{self._digest}-{number}"), *changed, *self._answers(cells)]

    def _numbers(self, cell: str) -> Iterator[str]:
        if self._shape.numbered:
            yield cell

    def _answers(self, cells: Sequence[str]) -> Iterator[str]:
        if self._shape.question is None or self._shape.text is None:
            return
        asked = cells[self._places[self._shape.question]].strip()
        goes = (self._shape.by_question or {}).get(asked)
        for name in self._questions:
            yield cells[self._places[self._shape.text]] if name == goes else ""


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        found = blake2b(digest_size=_DIGEST_BYTES)
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()
