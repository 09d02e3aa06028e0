"""Opening an upload of any format as a table whose structure has been checked."""

from __future__ import annotations

import re
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from labelled_data.errors import DataError, RowError
from labelled_data.tables.delimited import DelimitedTable, open_delimited
from labelled_data.tables.headers import listed
from labelled_data.tables.jsonlines import open_jsonlines
from labelled_data.tables.values import as_text
from service.errors import FieldError, TooLargeError, UnprocessableError
from service.uploads.json_lists import write_as_lines
from service.uploads.structure import refuse_long_lines, refuse_ragged_rows
from service.uploads.workbooks import open_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from labelled_data.tables.table import Table
    from service.uploads.limits import UploadLimits

UploadFormat: TypeAlias = Literal["csv", "xlsx", "jsonl", "json"]

_BATCH = 2000
_ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of an upload that follow each other.

    Attributes:
        first_row: Row of the first one.
        cells: The rows, each with the cells of the columns asked for.
        nested: Of rows, by place, the columns that hold a list or an object.
    """

    first_row: int
    cells: list[tuple[str, ...]]
    nested: dict[int, list[str]]


@dataclass(frozen=True, slots=True)
class Source:
    """An open upload.

    Attributes:
        table: Its rows.
        columns: Those asked for.
        rows_above: How many rows stand above what the table takes for its first.
    """

    table: Table
    columns: tuple[str, ...]
    rows_above: int = 0

    def parts(self) -> Iterator[Part]:
        """Reads the rows, some at a time."""
        for batch in self.table.batches(_BATCH):
            frame = batch.frame.select(self.columns)
            yield Part(batch.first_row + self.rows_above, _cells(frame), _nested(frame))


@contextmanager
def opened(
    path: Path,
    columns: Sequence[str],
    format: UploadFormat,  # noqa: A002  (what it is called everywhere)
    limits: UploadLimits,
) -> Iterator[Source]:
    """Opens an upload and checks its structure.

    Args:
        path: The file; what it is turned into on the way is kept beside it until the block ends.
        columns: Names of the columns that it must have.
        format: What it is, whatever its name.
        limits: How much of it is taken.

    Yields:
        The upload.

    Raises:
        UnprocessableError: If it lacks a column, or is not what its format says.
        TooLargeError: If it has too many rows or columns.
    """
    with _told(path), ExitStack() as stack:
        between = path
        if format in ("json", "xlsx"):
            folder = tempfile.TemporaryDirectory(prefix=f"{path.name}.", dir=path.parent)
            between = Path(stack.enter_context(folder), _ROWS)
        table, rows_above = _table(path, between, format, limits)
        if len(table.columns) > limits.columns:
            raise TooLargeError(f"an upload may have {limits.columns:,} columns")
        _refuse_missing(table, columns)
        if isinstance(table, DelimitedTable):
            refuse_ragged_rows(table, limits.rows)
        if (table.rows_hint or 0) > limits.rows:
            raise TooLargeError(f"an upload may have {limits.rows:,} rows")
        yield Source(table, tuple(columns), rows_above)


def _table(
    path: Path, between: Path, kind: UploadFormat, limits: UploadLimits
) -> tuple[Table, int]:
    if kind == "xlsx":
        return open_workbook(path, between, limits)
    if kind == "json":
        write_as_lines(path, between)
        return open_jsonlines(between, "utf-8"), 0
    refuse_long_lines(path)
    return open_jsonlines(path, None) if kind == "jsonl" else open_delimited(path, None, None), 0


def _refuse_missing(table: Table, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        known = listed(table.columns)
        raise UnprocessableError(
            f"the upload has no column {', '.join(map(repr, missing))}; it has {known}",
            tuple(FieldError(None, column, "the column is not there") for column in missing),
        )


def _cells(frame: pl.DataFrame) -> list[tuple[str, ...]]:
    import polars as pl

    # PostgreSQL holds no NUL, and it is no part of what anybody wrote.
    return as_text(frame).select(pl.all().str.replace_all("\0", "", literal=True)).rows()


def _nested(frame: pl.DataFrame) -> dict[int, list[str]]:
    import polars as pl

    nested: dict[int, list[str]] = {}
    for column in frame.iter_columns():
        if column.dtype == pl.Object:
            for place, value in enumerate(column.to_list()):
                if isinstance(value, list | dict):
                    nested.setdefault(place, []).append(column.name)
    return nested


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tells the sender what is wrong without the names of files here, of which they know none."""
    try:
        yield
    except DataError as error:
        row = error.row if isinstance(error, RowError) else None
        message = _without_paths(str(error), path)
        raise UnprocessableError(message, (FieldError(row, None, message),)) from error


def _without_paths(message: str, path: Path) -> str:
    name = rf"{re.escape(str(path))}(?:\.\w+[/\\]{_ROWS})?"
    plain = re.sub(rf"{name} (row|line|item)\b", r"\1", message)
    type_said = plain.replace(f"the {path.suffix} file its name says", "what its type says")
    return re.sub(name, "the upload", type_said)
