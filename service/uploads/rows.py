"""Making responses of the rows of an upload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from service.errors import FieldError
from service.records import ResponseRow
from service.uploads.cells import day, identifier, positive, too_long
from service.uploads.groups import GroupReader
from service.uploads.source import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from service.records import ResponseColumns
    from service.uploads.limits import UploadLimits
    from service.uploads.source import Part, UploadFormat

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Some rows of an upload that follow each other; rows without any value are left out.

    Attributes:
        rows: The responses.
        numbers: The row of each, as a spreadsheet numbers it; of a JSON list, the place from 1.
        errors: What is wrong with every other row, one for each of its columns that are.
    """

    rows: list[ResponseRow]
    numbers: list[int]
    errors: list[FieldError]


def read_rows(
    path: Path,
    survey_columns: ResponseColumns,
    format: UploadFormat,  # noqa: A002  (what it is called everywhere)
    limits: UploadLimits,
) -> Iterator[RowBatch]:
    """Reads the responses of an upload, in memory that does not grow with it.

    The structure of the whole file is checked before the first batch.

    Args:
        path: The file.
        survey_columns: What its columns hold; others are not looked at.
        format: What it is, whatever its name.
        limits: How much of it is taken.

    Yields:
        Batches in the order of the file.

    Raises:
        UnprocessableError: If it lacks a column, or is not what its format says.
        TooLargeError: If it has too many rows or columns.
        EqualitySchemeError: If a characteristic of the survey has no scheme.
    """
    maker = RowMaker(survey_columns, limits)
    with opened(path, maker.columns, format, limits) as source:
        for part in source.parts():
            yield maker.batch(part)


class RowMaker:
    """Makes responses of rows.

    Args:
        columns: What the columns of a survey hold.
        limits: How long a cell may be.

    Attributes:
        columns: Names of the columns it wants, in the order in which a row must have them.
        groups: What tells the groups of each characteristic, with the place of its cell.
    """

    def __init__(self, columns: ResponseColumns, limits: UploadLimits) -> None:
        self.columns = columns.headers
        places = {name: place for place, name in enumerate(self.columns)}
        self._limits = limits
        self._id = places[columns.response_id]
        self._person = None if columns.person is None else places[columns.person]
        self._date = None if columns.date is None else places[columns.date]
        self._site = None if columns.site is None else places[columns.site]
        self._weight = None if columns.weight is None else places[columns.weight]
        self._texts = [places[text.column] for text in columns.text]
        self.groups = {
            name: (places[column.column], GroupReader(column))
            for name, column in columns.characteristics.items()
        }

    def batch(self, part: Part) -> RowBatch:
        """Makes responses of some rows, and tells what is wrong with the others."""
        batch = RowBatch([], [], [])
        for place, cells in enumerate(part.cells):
            if is_blank(cells):
                continue
            number = part.first_row + place
            faults = self._faults_before_reading(cells, part.nested.get(place, ()))
            row = self._row(cells, faults)
            if faults:
                batch.errors.extend(FieldError(number, *fault) for fault in faults.items())
            else:
                batch.rows.append(row)
                batch.numbers.append(number)
        return batch

    def _faults_before_reading(self, cells: Sequence[str], nested: Iterable[str]) -> dict[str, str]:
        faults = dict.fromkeys(nested, "a list or an object cannot stand here")
        if max(map(len, cells)) > self._limits.cell:
            for name, cell in zip(self.columns, cells, strict=True):
                if len(cell) > self._limits.cell:
                    faults.setdefault(name, too_long(len(cell), self._limits.cell))
        return faults

    def _row(self, cells: Sequence[str], faults: dict[str, str]) -> ResponseRow:
        def read(place: int | None, reader: Callable[[str], Value]) -> Value | None:
            try:
                return None if place is None else reader(cells[place])
            except ValueError as error:
                faults.setdefault(self.columns[place or 0], str(error))
                return None

        return ResponseRow(
            response_id=read(self._id, self._required) or "",
            person=read(self._person, self._identifier),
            given_on=read(self._date, day),
            site=read(self._site, self._identifier),
            weight=read(self._weight, positive),
            answers=tuple(
                (question, cells[place])
                for question, place in enumerate(self._texts)
                if cells[place].strip()
            ),
            groups=tuple(
                (name, read(place, reader.group) or "")
                for name, (place, reader) in self.groups.items()
            ),
        )

    def _identifier(self, cell: str) -> str | None:
        return identifier(cell, self._limits.identifier)

    def _required(self, cell: str) -> str:
        value = self._identifier(cell)
        if value is None:
            raise ValueError("the id of the response is missing")
        return value


def is_blank(cells: Sequence[str]) -> bool:
    """Tells whether a row holds nothing, as those do that a spreadsheet leaves at its end."""
    return not any(map(str.strip, cells))
