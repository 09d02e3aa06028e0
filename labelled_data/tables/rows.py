"""Reading the rows of a table for a check, which wants to see what a reader would refuse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labelled_data.errors import UnreadableError
from labelled_data.tables.delimited import dialect_of, records
from labelled_data.tables.headers import named_part
from labelled_data.tables.opening import open_table
from labelled_data.tables.values import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labelled_data.tables.delimited import Record
    from labelled_data.tables.table import Table


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as it stands, faults and all.

    Attributes:
        path: The file.
        header: Its column names; of a delimited file some may stand twice.
        rows: The number and the cells of each row, as text; of a delimited file as many as it has.
            To be read once.
    """

    path: Path
    header: tuple[str, ...]
    rows: Iterator[tuple[int, Sequence[str]]]


def raw_table(path: str | Path, *, sheet: str | None = None) -> RawTable:
    """Opens a table as it stands.

    Of a delimited file, repeated headers, rows of any length and NUL characters are let through.

    Args:
        path: The file.
        sheet: Sheet of a workbook; the first when None.

    Returns:
        The table; reading its rows may raise RowError.

    Raises:
        TableError: If the file cannot be opened at all.
    """
    path = Path(path)
    if path.suffix.lower() not in (".csv", ".tsv"):
        table = open_table(path, sheet=sheet)
        return RawTable(path, table.columns, _table_rows(table))
    try:
        stream = records(path, dialect_of(path, None, None), keep_nuls=True)
        header = next((record for record in stream if any(record.cells)), None)
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror or error}") from error
    if header is None:
        raise UnreadableError(f"{path} is empty: it has no header")
    return RawTable(path, named_part(header.cells), _record_rows(stream))


def _table_rows(table: Table) -> Iterator[tuple[int, Sequence[str]]]:
    for batch in table.batches():
        yield from enumerate(as_text(batch.frame).iter_rows(), start=batch.first_row)


def _record_rows(stream: Iterator[Record]) -> Iterator[tuple[int, Sequence[str]]]:
    for row, cells, _ in stream:
        yield row, cells
