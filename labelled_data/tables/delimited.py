"""Reading CSV and its kin with the standard library, whose reader forgives what spreadsheets write.

Cells are text, never guessed into numbers: "007" stays "007" and an empty cell is "". NUL
characters are removed. A row with fewer cells than the header is filled with empty ones, as is a
blank line between rows; blank lines at the end are no rows.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from labelled_data.errors import RowError, UnreadableError
from labelled_data.tables.encodings import encoding_of, open_text
from labelled_data.tables.headers import header_of
from labelled_data.tables.sniffing import delimiter_of
from labelled_data.tables.table import BATCH_BYTES, Table, TableBatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

LONGEST_CELL = 16 << 20
_SAMPLE = 1 << 16


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is written: its encoding and what parts its cells."""

    encoding: str
    delimiter: str


class Record(NamedTuple):
    """One row as it stands: its number, its cells (a blank line has none), bytes read so far."""

    row: int
    cells: list[str]
    position: int


@dataclass(frozen=True, kw_only=True)
class DelimitedTable(Table):
    """A CSV or TSV file, read in constant memory."""

    dialect: Dialect
    header_row: int

    def batches(self, rows: int = 2000) -> Iterator[TableBatch]:
        """Reads the file a batch at a time; see `Table.batches`."""
        width, first, start = len(self.columns), self.header_row + 1, 0
        batch: list[Sequence[str]] = []
        for record in records(self.path, self.dialect):
            row, cells, position = record
            if row <= self.header_row:
                continue
            batch.append(cells if len(cells) == width else self._fitted(record))
            if len(batch) >= rows or position - start > BATCH_BYTES:
                yield self._batch(first, batch, position)
                first, start, batch = row + 1, position, []
        if batch:
            yield self._batch(first, batch, self.size)

    def _fitted(self, record: Record) -> Sequence[str]:
        width = len(self.columns)
        if any(record.cells[width:]):
            raise RowError(
                f"{self.path} row {record.row} has {len(record.cells)} cells, but the header has "
                f"{width}; a cell that holds the delimiter must stand in quotes",
                record.row,
            )
        return [*record.cells[:width], *[""] * (width - len(record.cells))]

    def _batch(self, first: int, rows: list[Sequence[str]], position: int) -> TableBatch:
        import polars as pl

        columns = dict(zip(self.columns, zip(*rows, strict=True), strict=True))
        frame = pl.DataFrame(columns, schema=dict.fromkeys(self.columns, pl.String))
        return TableBatch(first, frame, position)


def open_delimited(path: Path, delimiter: str | None, encoding: str | None) -> DelimitedTable:
    """Opens a CSV or TSV file.

    Args:
        path: The file.
        delimiter: What parts its cells, or None to find out.
        encoding: Its encoding, or None to find out.

    Returns:
        The table.

    Raises:
        UnreadableError: If the file is not text, or is empty.
        HeaderError: If a header stands twice.
    """
    dialect = dialect_of(path, delimiter, encoding)
    for record in records(path, dialect):
        if any(record.cells):
            return DelimitedTable(
                path=path,
                format=path.suffix.lower().lstrip("."),
                columns=header_of(path, record.cells),
                size=path.stat().st_size,
                dialect=dialect,
                header_row=record.row,
            )
    raise UnreadableError(f"{path} is empty: it has no header")


def dialect_of(path: Path, delimiter: str | None, encoding: str | None) -> Dialect:
    """Finds out how a delimited file is written, as far as the caller does not say.

    Raises:
        UnreadableError: If the file is not text in a known encoding.
    """
    encoding = encoding or encoding_of(path)
    if delimiter is None:
        delimiter = "\t" if path.suffix.lower() == ".tsv" else _sniffed(path, encoding)
    if len(delimiter) != 1:
        raise UnreadableError(
            f"{path} cannot be read with {delimiter!r}: a delimiter is one character"
        )
    return Dialect(encoding, delimiter)


def records(path: Path, dialect: Dialect, *, keep_nuls: bool = False) -> Iterator[Record]:
    """Reads the rows of a delimited file as they stand, the header first.

    Args:
        path: The file.
        dialect: How it is written.
        keep_nuls: Whether NUL characters stay in the cells.

    Yields:
        Every record, blank lines too, save those at the end.

    Raises:
        RowError: If a cell has more than 16 million characters, a quote is never closed, or bytes
            do not fit the encoding.
    """
    row, blank = 0, 0
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    with open_text(path, dialect.encoding, newline="") as stream:
        reader = csv.reader(_lines(stream, "" if keep_nuls else "\0"), delimiter=dialect.delimiter)
        while (cells := _next(reader, path, row + blank + 1)) is not None:
            if not cells:
                blank += 1
                continue
            position = stream.buffer.tell()
            for _ in range(blank):
                row += 1
                yield Record(row, [], position)
            row, blank = row + 1, 0
            yield Record(row, cells, position)
    if row and not blank:
        raise RowError(f"{path} row {row} opens a quote that is never closed", row)


def _lines(stream: TextIO, unwanted: str) -> Iterator[str]:
    for line in stream:
        yield line.replace(unwanted, "")
    yield "\n"  # comes back as a blank record, unless a quote is still open


def _next(reader: Iterator[list[str]], path: Path, row: int) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        raise RowError(
            f"{path} row {row} cannot be read: {error}; a quote may be left open", row
        ) from error
    except UnicodeError as error:
        raise RowError(
            f"{path} row {row} or one soon after it holds bytes that do not fit its encoding",
            row,
        ) from error


def _sniffed(path: Path, encoding: str) -> str:
    with open_text(path, encoding, newline="") as stream:
        try:
            sample = stream.read(_SAMPLE)
        except UnicodeError as error:
            raise UnreadableError(f"{path} does not fit the encoding {encoding}") from error
        return delimiter_of(sample, whole=len(sample) < _SAMPLE)
