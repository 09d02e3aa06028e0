"""Choosing the writer for a file by its extension."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from labelled_data.errors import HeaderError, WriteError
from labelled_data.tables.headers import repeated
from labelled_data.tables.sinks import DelimitedSink, JsonLinesSink, ParquetSink, SheetSink
from labelled_data.tables.writer import SinkOpener, TableWriter, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SINKS: Mapping[str, SinkOpener] = {
    ".csv": DelimitedSink,
    ".tsv": DelimitedSink,
    ".xlsx": SheetSink,
    ".parquet": ParquetSink,
    ".jsonl": JsonLinesSink,
}


def open_writer(path: str | Path, columns: Sequence[str]) -> TableWriter:
    """Prepares to write a CSV, TSV, Excel, Parquet or JSON lines file, told apart by its extension.

    Args:
        path: The file; one of that name is replaced when the writing ends well.
        columns: Names of the columns, unique, in order.

    Returns:
        A writer, to be used in a `with` block.

    Raises:
        WriteError: If the extension is unknown, or the path is a folder.
        HeaderError: If a column name stands twice.
    """
    path = Path(path)
    opener = _SINKS.get(path.suffix.lower())
    if opener is None:
        known = ", ".join(_SINKS)
        raise WriteError(f"{path} has the extension {path.suffix!r}, which is none of {known}")
    with told(path):
        if path.is_dir():
            raise WriteError(f"{path} is a folder, not a file")
    for name, first, again in repeated(columns):
        raise HeaderError(
            f"{path} would have the header {name!r} in both column {first} and column {again}"
        )
    return TableWriter(path, tuple(columns), opener)
