"""Reading Excel workbooks.

A sheet is read whole, which its format asks for. A column keeps its type where all its cells share
one: whole numbers are integers, days without a time are dates; otherwise its cells become text. An
empty cell is null.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labelled_data.errors import HeaderError, RowError, UnreadableError
from labelled_data.tables.headers import header_of
from labelled_data.tables.table import Table, TableBatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import fastexcel
    import polars as pl

_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0"
_EXACT = 2**53
_MOST_ROWS_ABOVE = 1000


@dataclass(frozen=True, kw_only=True)
class SheetTable(Table):
    """One sheet of a workbook."""

    sheet: str
    header_row: int
    cells: pl.DataFrame = field(repr=False, compare=False)

    def batches(self, rows: int = 2000) -> Iterator[TableBatch]:
        """Gives the sheet a batch at a time; see `Table.batches`."""
        for start in range(0, self.cells.height, rows):
            yield TableBatch(self.header_row + 1 + start, self.cells.slice(start, rows), None)


def open_sheet(path: Path, sheet: str | None) -> SheetTable:
    """Opens a sheet of an Excel workbook.

    Args:
        path: The workbook.
        sheet: The sheet's name, or None for the first.

    Returns:
        The table.

    Raises:
        UnreadableError: If the file is not a workbook, is protected, or its sheet is empty.
        HeaderError: If there is no such sheet, or a header stands twice.
        RowError: If a cell stands outside the columns that have a header.
    """
    reader = _reader(path)
    name = _sheet_name(path, reader.sheet_names, sheet)
    above = _loaded(path, reader, name, None)
    header_row = _first_filled_row(path, above)
    header = tuple(cell or "" for cell in above.row(header_row - 1))
    columns = header_of(path, header)
    cells = _without_tail(_typed_cells(path, reader, name, header_row, above))
    _refuse_cells_outside(path, cells, len(columns), header_row)
    cells = cells.select(cells.columns[: len(columns)])
    cells.columns = columns
    return SheetTable(
        path=path,
        format="xlsx",
        columns=columns,
        size=path.stat().st_size,
        rows_hint=cells.height,
        sheet=name,
        header_row=header_row,
        cells=cells,
    )


def _reader(path: Path) -> fastexcel.ExcelReader:
    import fastexcel

    with path.open("rb") as stream:
        start = stream.read(len(_OLE))
    if start == _OLE:
        raise UnreadableError(
            f"{path} is protected with a password, or is a workbook of before 2007"
        )
    if not start.startswith(_ZIP):
        raise UnreadableError(f"{path} is not an Excel workbook")
    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise UnreadableError(f"{path} is not an Excel workbook, or is damaged") from error


def _sheet_name(path: Path, names: list[str], wanted: str | None) -> str:
    if wanted is None and names:
        return names[0]
    if wanted is None or wanted not in names:
        known = ", ".join(map(repr, names))
        raise HeaderError(f"{path} has no sheet {wanted!r}; it has {known}")
    return wanted


def _loaded(
    path: Path, reader: fastexcel.ExcelReader, sheet: str, header_row: int | None
) -> pl.DataFrame:
    """Loads the rows below a header with their types or, to find it, the first ones as text."""
    import fastexcel
    import polars as pl

    logging.getLogger("fastexcel").setLevel(logging.ERROR)  # it warns of every empty column
    try:
        return pl.DataFrame(
            reader.load_sheet(
                sheet,
                header_row=None,
                skip_rows=header_row or 0,
                n_rows=None if header_row else _MOST_ROWS_ABOVE,
                schema_sample_rows=None,
                dtypes=None if header_row else "string",
            )
        )
    except fastexcel.FastExcelError as error:
        raise UnreadableError(f"{path} has a sheet {sheet!r} that cannot be read") from error


def _first_filled_row(path: Path, cells: pl.DataFrame) -> int:
    for row, values in enumerate(cells.iter_rows(), start=1):
        if any(values):
            return row
    raise UnreadableError(f"{path} is empty: its sheet has no header")


def _typed_cells(
    path: Path, reader: fastexcel.ExcelReader, sheet: str, header_row: int, above: pl.DataFrame
) -> pl.DataFrame:
    if above.height == header_row:
        return above.clear()
    cells = _loaded(path, reader, sheet, header_row)
    return cells.with_columns(_natural(column) for column in cells.iter_columns())


def _natural(column: pl.Series) -> pl.Series:
    """Makes integers of whole numbers and dates of midnights, as a spreadsheet shows them."""
    import polars as pl

    if column.dtype == pl.Float64 and bool(
        ((column == column.floor()) & (column.abs() < _EXACT)).all()
    ):
        return column.cast(pl.Int64)
    if isinstance(column.dtype, pl.Datetime) and bool((column.dt.truncate("1d") == column).all()):
        return column.cast(pl.Date)
    return column


def _without_tail(cells: pl.DataFrame) -> pl.DataFrame:
    """Leaves out the empty rows at the end, which a sheet keeps when its rows were cleared."""
    import polars as pl

    filled = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    last = filled.arg_true().max() if cells.height else None
    return cells.head(0 if last is None else int(str(last)) + 1)


def _refuse_cells_outside(path: Path, cells: pl.DataFrame, width: int, header_row: int) -> None:
    for place, column in enumerate(cells.iter_columns(), start=1):
        if place > width and column.null_count() < column.len():
            row = header_row + 1 + int(column.is_not_null().arg_true()[0])
            raise RowError(
                f"{path} row {row} has a value in column {place}, which has no header", row
            )
