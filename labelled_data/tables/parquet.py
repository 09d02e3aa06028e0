"""Reading Parquet in constant memory; its columns keep their types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labelled_data.errors import UnreadableError
from labelled_data.tables.table import BATCH_BYTES, Table, TableBatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl


@dataclass(frozen=True, kw_only=True)
class ParquetTable(Table):
    """A Parquet file."""

    def batches(self, rows: int = 2000) -> Iterator[TableBatch]:
        """Reads the file a batch at a time; see `Table.batches`."""
        import polars as pl

        first = 1
        scan = pl.scan_parquet(self.path, glob=False)
        try:
            for frame in scan.collect_batches(chunk_size=rows, maintain_order=True, lazy=True):
                for part in frame.iter_slices(_rows_at_once(frame)):
                    yield TableBatch(first, part, None)
                    first += part.height
        except pl.exceptions.PolarsError as error:
            raise UnreadableError(f"{self.path} is damaged after row {first - 1}") from error


def _rows_at_once(frame: pl.DataFrame) -> int:
    """Give how many rows of a frame, at their mean length, a batch may have."""
    parts = int(frame.estimated_size()) // BATCH_BYTES + 1
    return max(1, frame.height // parts)


def open_parquet(path: Path) -> ParquetTable:
    """Opens a Parquet file.

    Args:
        path: The file.

    Returns:
        The table, which knows its number of rows.

    Raises:
        UnreadableError: If the file is not Parquet, or is damaged.
    """
    import polars as pl

    try:
        scan = pl.scan_parquet(path, glob=False)
        columns = tuple(scan.collect_schema().names())
        rows = int(scan.select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise UnreadableError(f"{path} is not a Parquet file, or is damaged") from error
    size = path.stat().st_size
    return ParquetTable(path=path, format="parquet", columns=columns, size=size, rows_hint=rows)
