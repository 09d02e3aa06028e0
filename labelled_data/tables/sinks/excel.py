"""Writing Excel workbooks in constant memory.

Text is written as text: what looks like a formula, a link or a number is none.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from labelled_data.errors import WriteError
from labelled_data.tables.values import with_nested_as_json

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST_CELL = 32_767
"""UTF-16 code units, as Excel counts."""

_OPTIONS = {
    "constant_memory": True,
    "remove_timezone": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}


class SheetSink:
    """Writes one sheet, its header in row 1."""

    def __init__(self, folder: Path, path: Path, columns: tuple[str, ...]) -> None:
        import xlsxwriter

        if len(columns) > MOST_COLUMNS:
            raise WriteError(
                f"{path} would have {len(columns):,} columns, and a sheet holds {MOST_COLUMNS:,}"
            )
        self._path = path
        self._columns = columns
        self._file = folder / path.name
        self._book = xlsxwriter.Workbook(str(self._file), {**_OPTIONS, "tmpdir": str(folder)})
        self._sheet = self._book.add_worksheet()
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._write_row(1, columns)

    def write(self, frame: pl.DataFrame, first_row: int) -> None:
        """Appends rows.

        Raises:
            WriteError: If a cell is too long for Excel, or there are too many rows.
        """
        if first_row + frame.height - 1 > MOST_ROWS:
            raise WriteError(
                f"{self._path} would pass row {MOST_ROWS:,}, the last a sheet holds; "
                "write CSV or Parquet"
            )
        for row, values in enumerate(with_nested_as_json(frame).iter_rows(), start=first_row):
            self._write_row(row, values)

    def finish(self) -> Path:
        """Packs the workbook."""
        self._book.close()
        return self._file

    def abandon(self) -> None:
        """Marks the workbook as dealt with, so that it does not complain when it is dropped."""
        self._book.fileclosed = True

    def _write_row(self, row: int, values: tuple[object, ...]) -> None:
        for column, value in enumerate(values):
            if isinstance(value, str):
                self._write_text(row, column, value)
            elif value is not None:
                self._write_other(row, column, value)

    def _write_text(self, row: int, column: int, text: str) -> None:
        if len(text) > LONGEST_CELL // 2 and _units(text) > LONGEST_CELL:
            raise WriteError(
                f"{self._path} row {row}, column {self._columns[column]!r} is longer than the "
                f"{LONGEST_CELL:,} characters a cell of Excel holds; write CSV or Parquet"
            )
        self._sheet.write_string(row - 1, column, text)

    def _write_other(self, row: int, column: int, value: object) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(row - 1, column, value)
        elif isinstance(value, int | float) and abs(value) < 2**53:
            self._sheet.write_number(row - 1, column, value)
        elif isinstance(value, dt.datetime):
            self._sheet.write_datetime(row - 1, column, value, self._moment)
        elif isinstance(value, dt.date):
            self._sheet.write_datetime(row - 1, column, value, self._day)
        else:
            self._write_text(row, column, str(value))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
