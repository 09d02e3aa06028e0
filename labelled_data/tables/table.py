"""What every open table offers, whatever its format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labelled_data.errors import HeaderError
from labelled_data.tables.headers import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

BATCH_BYTES = 2 << 20
"""About how much of a file is read at once."""


@dataclass(frozen=True, slots=True)
class TableBatch:
    """Some rows of a table that follow each other.

    Attributes:
        first_row: Row of the first one, as a spreadsheet numbers them.
        frame: The rows, with the table's columns; the row of `frame[i]` is `first_row + i`.
        position: Bytes of the file read so far, where the format tells.
    """

    first_row: int
    frame: pl.DataFrame
    position: int | None


@dataclass(frozen=True, kw_only=True)
class Table(ABC):
    """A table that is ready to be read; it holds no open file, and may be read more than once.

    Rows are numbered as a person sees them: a header is row 1 and the row below it row 2. In JSON
    lines the number is the line's, and in Parquet the first row is 1.

    Attributes:
        path: The file.
        format: "csv", "tsv", "xlsx", "parquet" or "jsonl".
        columns: Their names, unique, in the order of the file.
        size: Bytes of the file.
        rows_hint: How many rows it has, or None where only reading would tell.
    """

    path: Path
    format: str
    columns: tuple[str, ...]
    size: int
    rows_hint: int | None = None

    @abstractmethod
    def batches(self, rows: int = 2000) -> Iterator[TableBatch]:
        """Reads the table from its start, a batch at a time.

        Args:
            rows: Most rows a batch may have; batches of long rows have fewer.

        Yields:
            Batches in the order of the file; none for a table without rows.

        Raises:
            RowError: At the first row that is wrong.
            UnreadableError: If the file can no longer be read.
        """

    def require(self, column: str) -> str:
        """Gives back the name of a column, having made sure that it is there.

        Raises:
            HeaderError: If it is not; the message lists those that are.
        """
        if column not in self.columns:
            known = listed(self.columns)
            raise HeaderError(f"{self.path} has no column {column!r}; it has {known}")
        return column
