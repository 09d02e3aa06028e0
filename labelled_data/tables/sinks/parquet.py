"""Writing Parquet in constant memory.

Rows are kept in parts of bounded size, which are streamed into one file at the end. A column whose
type differs between frames gets the type that holds both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data.errors import WriteError
from labelled_data.tables.values import with_nested_as_json

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

_PART_ROWS = 100_000
_PART_BYTES = 32 << 20


class ParquetSink:
    """Writes typed columns; mixed values (`polars.Object`) become JSON text."""

    def __init__(self, folder: Path, path: Path, columns: tuple[str, ...]) -> None:
        self._folder = folder
        self._path = path
        self._columns = columns
        self._parts: list[Path] = []
        self._waiting: list[pl.DataFrame] = []

    def write(self, frame: pl.DataFrame, first_row: int) -> None:
        """Appends rows."""
        self._waiting.append(_without_objects(frame))
        rows = sum(waiting.height for waiting in self._waiting)
        if (
            rows >= _PART_ROWS
            or sum(waiting.estimated_size() for waiting in self._waiting) >= _PART_BYTES
        ):
            self._write_part()

    def finish(self) -> Path:
        """Streams the parts into one file."""
        import polars as pl

        self._write_part()
        file = self._folder / self._path.name
        if not self._parts:
            pl.DataFrame(schema=dict.fromkeys(self._columns, pl.String)).write_parquet(file)
            return file
        try:
            parts = [pl.scan_parquet(part, glob=False) for part in self._parts]
            pl.concat(parts, how="vertical_relaxed").sink_parquet(file)
        except pl.exceptions.PolarsError as error:
            raise WriteError(
                f"{self._path} cannot hold columns whose type changes along the way"
            ) from error
        return file

    def abandon(self) -> None:
        """Forgets the rows not yet written."""
        self._waiting.clear()

    def _write_part(self) -> None:
        import polars as pl

        if not self._waiting:
            return
        part = self._folder / f"part-{len(self._parts)}.parquet"
        try:
            pl.concat(self._waiting, how="vertical_relaxed").write_parquet(part, compression="lz4")
        except pl.exceptions.PolarsError as error:
            raise WriteError(
                f"{self._path} cannot hold columns whose type changes along the way"
            ) from error
        self._parts.append(part)
        self._waiting.clear()


def _without_objects(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    objects = [name for name, dtype in frame.schema.items() if dtype == pl.Object]
    return frame.with_columns(with_nested_as_json(frame.select(objects)).iter_columns())
