"""Writing JSON lines: one object a line, nested values as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data.tables.values import as_json

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


class JsonLinesSink:
    """Writes each row as an object that has every column; null stays null."""

    def __init__(self, folder: Path, path: Path, columns: tuple[str, ...]) -> None:
        self._file = folder / path.name
        self._stream = self._file.open("w", encoding="utf-8", newline="\n")

    def write(self, frame: pl.DataFrame, first_row: int) -> None:
        """Appends rows."""
        for row in _without_infinities(frame).iter_rows(named=True):
            self._stream.write(as_json(row) + "\n")

    def finish(self) -> Path:
        """Closes the file."""
        self._stream.close()
        return self._file

    def abandon(self) -> None:
        """Closes the file."""
        self._stream.close()


def _without_infinities(frame: pl.DataFrame) -> pl.DataFrame:
    """Makes null of infinite numbers and of what is not a number, for which JSON has no form."""
    import polars as pl

    numbers = pl.col(pl.Float32, pl.Float64)
    if not any(dtype.is_float() for dtype in frame.dtypes):
        return frame
    return frame.with_columns(pl.when(numbers.is_finite()).then(numbers))
