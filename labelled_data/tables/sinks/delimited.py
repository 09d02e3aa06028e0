"""Writing CSV and TSV: UTF-8, RFC 4180."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from labelled_data.tables.values import as_text

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


class DelimitedSink:
    """Writes commas, or tabs when the file is a TSV."""

    def __init__(self, folder: Path, path: Path, columns: tuple[str, ...]) -> None:
        self._file = folder / path.name
        self._stream = self._file.open("w", encoding="utf-8", newline="")
        delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
        self._rows = csv.writer(self._stream, delimiter=delimiter, lineterminator="\r\n")
        self._rows.writerow(columns)

    def write(self, frame: pl.DataFrame, first_row: int) -> None:
        """Appends rows."""
        self._rows.writerows(as_text(frame).iter_rows())

    def finish(self) -> Path:
        """Closes the file."""
        self._stream.close()
        return self._file

    def abandon(self) -> None:
        """Closes the file."""
        self._stream.close()
