"""Checking the whole of a text file before the first of its rows is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data.errors import RowError
from labelled_data.tables.delimited import records
from service.errors import TooLargeError

if TYPE_CHECKING:
    from pathlib import Path

    from labelled_data.tables.delimited import DelimitedTable

LONGEST_LINE = 16 << 20
_CHUNK = 1 << 20


def refuse_long_lines(path: Path) -> None:
    """Makes sure that no line of a file is longer than 16 MB, whatever its encoding.

    Raises:
        TooLargeError: If one is.
    """
    line = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            line = line + len(chunk) if end < 0 else len(chunk) - end - 1
            if line > LONGEST_LINE:
                raise TooLargeError("a line of an upload may have 16 MB")


def refuse_ragged_rows(table: DelimitedTable, most: int) -> None:
    """Makes sure that every row of a delimited file is as wide as its header.

    A row without anything in it may be shorter. Any other that is short is a sign of a comment that
    was cut at a line break, so that filling it up would put what follows into the wrong columns.

    Args:
        table: The file.
        most: How many rows it may have.

    Raises:
        RowError: If a row is longer or shorter.
        TooLargeError: If there are too many rows.
    """
    rows, width = 0, len(table.columns)
    stream = records(table.path, table.dialect)
    for record in stream:
        if record.row <= table.header_row:
            continue
        rows += 1
        if rows > most:
            raise TooLargeError(f"an upload may have {most:,} rows")
        if _is_ragged(record.cells, width):
            next(stream, None)  # if a quote is left open, this says so
            raise RowError(
                f"{table.path} row {record.row} has {len(record.cells)} cells, but the header has "
                f"{width}; a cell that holds the delimiter or a line break must stand in quotes",
                record.row,
            )


def _is_ragged(cells: list[str], width: int) -> bool:
    return any(cells[width:]) or (len(cells) < width and any(cells))
