"""Reading JSON lines: one object a line, in constant memory.

The file is read twice: first for its keys and the types of their values, then for the rows. A
column whose values are all text, numbers or truth values has that type. Any other, such as one of
lists or of mixed values, holds the values themselves (`polars.Object`), so that writing them as
JSON lines again gives what was read. A missing key is null.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labelled_data.errors import RowError, UnreadableError
from labelled_data.tables.encodings import WINDOWS, encoding_of, open_text
from labelled_data.tables.table import BATCH_BYTES, Table, TableBatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

_LARGEST = 2**63
_LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")
_KINDS: dict[frozenset[type], str] = {
    frozenset(): "String",
    frozenset({str}): "String",
    frozenset({bool}): "Boolean",
    frozenset({int}): "Int64",
    frozenset({float}): "Float64",
    frozenset({int, float}): "Float64",
}


@dataclass(frozen=True, kw_only=True)
class JsonLinesTable(Table):
    """A file of JSON objects, one a line."""

    encoding: str
    types: tuple[str, ...]

    def batches(self, rows: int = 2000) -> Iterator[TableBatch]:
        """Reads the file a batch at a time; see `Table.batches`. A blank line ends a batch."""
        batch: list[dict[str, Any]] = []
        first, start = 0, 0
        for line, content, position in _objects(self.path, self.encoding):
            full = len(batch) >= rows or position - start > BATCH_BYTES
            if batch and (full or line != first + len(batch)):
                yield TableBatch(first, self._frame(batch), start)
                batch = []
            if not batch:
                first, start = line, position
            batch.append(content)
        if batch:
            yield TableBatch(first, self._frame(batch), self.size)

    def _frame(self, rows: list[dict[str, Any]]) -> pl.DataFrame:
        import polars as pl

        return pl.DataFrame(
            [
                pl.Series(
                    name, [row.get(name) for row in rows], dtype=getattr(pl, kind), strict=False
                )
                for name, kind in zip(self.columns, self.types, strict=True)
            ]
        )


def open_jsonlines(path: Path, encoding: str | None) -> JsonLinesTable:
    """Opens a file of JSON lines.

    Args:
        path: The file.
        encoding: Its encoding, or None to find out.

    Returns:
        The table, with every key of every line as a column, in the order they first appear.

    Raises:
        UnreadableError: If the file is not UTF-8 or UTF-16 text, or has no line.
        RowError: If a line is not a JSON object.
    """
    encoding = encoding or encoding_of(path)
    if encoding == WINDOWS:
        raise UnreadableError(f"{path} is not UTF-8 text, as JSON lines must be")
    kinds: dict[str, set[type]] = {}
    rows = 0
    for _, content, _ in _objects(path, encoding):
        rows += 1
        for key, value in content.items():
            kinds.setdefault(key, set()).update(_kind(value))
    if not kinds:
        raise UnreadableError(f"{path} is empty: no line of it holds a value")
    types = tuple(_KINDS.get(frozenset(kind), "Object") for kind in kinds.values())
    return JsonLinesTable(
        path=path,
        format="jsonl",
        columns=tuple(kinds),
        size=path.stat().st_size,
        rows_hint=rows,
        encoding=encoding,
        types=types,
    )


def _kind(value: object) -> set[type]:
    if value is None:
        return set()
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        return {object}
    return {type(value)}


def _objects(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any], int]]:
    """Reads each line that is not blank: its number, its object and the bytes read so far."""
    try:
        with open_text(path, encoding, newline="\n") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, _object(path, number, line), stream.buffer.tell()
    except UnicodeError as error:
        raise UnreadableError(f"{path} does not fit the encoding {encoding}") from error


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RowError(f"{path} line {number} is not JSON", number) from error
    if not isinstance(content, dict):
        raise RowError(f"{path} line {number} is not a JSON object", number)
    if "\\ud" in line or "\\uD" in line:
        return {_whole(key): _whole(value) for key, value in content.items()}
    return content


def _whole(value: Any) -> Any:  # noqa: ANN401  (any JSON value, and the same kind back)
    """Replaces halves of surrogate pairs, which JSON can write but no text file can hold."""
    if isinstance(value, str):
        return _LONE_SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value
