"""Opening a table of any format Sayso reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from labelled_data.errors import UnreadableError
from labelled_data.tables.delimited import open_delimited
from labelled_data.tables.excel import open_sheet
from labelled_data.tables.jsonlines import open_jsonlines
from labelled_data.tables.parquet import open_parquet

if TYPE_CHECKING:
    from labelled_data.tables.table import Table

FORMATS = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl")
"""Extensions of the formats that are read and written."""


def open_table(
    path: str | Path,
    *,
    sheet: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
) -> Table:
    """Opens a CSV, TSV, Excel, Parquet or JSON lines file, told apart by its extension.

    Args:
        path: The file.
        sheet: Sheet of a workbook; the first when None.
        delimiter: What parts the cells of a CSV file; found out when None.
        encoding: Encoding of a CSV or JSON lines file; found out when None.

    Returns:
        The table, whose rows have not been read yet, save those of a workbook.

    Raises:
        UnreadableError: If the file is missing, empty, not readable or not what its extension says.
        HeaderError: If a header stands twice, or there is no such sheet.
        RowError: If a line of JSON lines is not an object, or a row already read is wrong.
    """
    path = Path(path)
    try:
        _refuse_unreadable(path)
        return _opened(path, sheet, delimiter, encoding)
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror or error}") from error


def _opened(path: Path, sheet: str | None, delimiter: str | None, encoding: str | None) -> Table:
    match path.suffix.lower():
        case ".csv" | ".tsv":
            return open_delimited(path, delimiter, encoding)
        case ".xlsx":
            return open_sheet(path, sheet)
        case ".parquet":
            return open_parquet(path)
        case ".jsonl":
            return open_jsonlines(path, encoding)
        case other:
            known = ", ".join(FORMATS)
            raise UnreadableError(f"{path} has the extension {other!r}, which is none of {known}")


def _refuse_unreadable(path: Path) -> None:
    if path.is_dir():
        raise UnreadableError(f"{path} is a folder, not a file")
    with path.open("rb") as stream:
        if not stream.read(1):
            raise UnreadableError(f"{path} is empty")
