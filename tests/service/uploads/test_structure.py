from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from service.errors import TooLargeError, UnprocessableError
from service.uploads import UploadFormat, UploadLimits, read_rows
from tests.service.uploads.samples import COLUMNS, LIMITS, read, row, save

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ",".join(row())
GOOD = "r-1,p-1,2025-03-31,A&E,1,kind staff,,F,34"


def refused(path: Path, kind: UploadFormat = "csv") -> UnprocessableError:
    """What is said of an upload of which no row is taken."""
    batches = read_rows(path, COLUMNS, kind, LIMITS)
    with pytest.raises(UnprocessableError) as caught:
        next(batches)
    assert str(path.parent) not in str(caught.value)
    return caught.value


def refused_text(folder: Path, text: str | bytes, kind: UploadFormat = "csv") -> UnprocessableError:
    path = folder / "upload"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return refused(path, kind)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "jsonl"])
def test_a_missing_column_is_named(tmp_path: Path, kind: UploadFormat) -> None:
    sent = row()
    del sent["sex"], sent["w"]
    error = refused(save(tmp_path / "upload", [sent], kind), kind)
    assert "no column 'w', 'sex'; it has 'id', 'who'" in str(error)
    assert [(fault.row, fault.column) for fault in error.errors] == [(None, "w"), (None, "sex")]


@pytest.mark.parametrize("ragged", [f"{GOOD},more", "r-2,p-2,2025-03-31,A&E,1,a comment that is"])
def test_a_ragged_row_is_refused_before_any_row_is_taken(tmp_path: Path, ragged: str) -> None:
    good = "\n".join([GOOD] * 5000)
    error = refused_text(tmp_path, f"{HEADER}\n{good}\n{ragged}\n")
    [fault] = error.errors
    assert fault.row == 5002
    assert "but the header has 9" in fault.message


def test_blank_lines_and_empty_cells_too_many_are_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text(f"{HEADER}\n\n,,\n{GOOD},,\n\n")
    rows, numbers, errors = read(path)
    assert (len(rows), numbers, errors) == (1, [4], [])


def test_a_quote_that_is_never_closed_is_refused(tmp_path: Path) -> None:
    error = refused_text(tmp_path, f'{HEADER}\n{GOOD}\n"{GOOD}\n')
    assert (error.errors[0].row, "never closed" in str(error)) == (3, True)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("", "csv", "the upload is empty"),
        ("a,a\n1,2\n", "csv", "header 'a' in both column 1 and column 2"),
        (b"PK\x03\x04", "csv", "zip archive or an Excel workbook, not what its type says"),
        (HEADER.encode("utf-16-le"), "csv", "UTF-16 text without a byte order mark"),
        ('{"id": "\xff"}'.encode("latin-1"), "jsonl", "not UTF-8"),
        ('[{"id": "\xff"}]'.encode("latin-1"), "json", "not UTF-8"),
        ('{"id": 1}\n{"id": 2\n', "jsonl", "line 2 is not JSON"),
        ("[]", "json", "is empty"),
    ],
)
def test_a_file_that_is_not_what_it_is_sent_as_is_refused(
    tmp_path: Path, text: str | bytes, kind: UploadFormat, message: str
) -> None:
    assert message in str(refused_text(tmp_path, text, kind))


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "jsonl"])
def test_an_upload_of_too_many_rows_is_refused_whole(tmp_path: Path, kind: UploadFormat) -> None:
    path = save(tmp_path / "upload", [row(), row(), row()], kind)
    read(path, kind, limits=UploadLimits(rows=3))
    with pytest.raises(TooLargeError, match="2 rows"):
        next(read_rows(path, COLUMNS, kind, UploadLimits(rows=2)))


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_an_upload_of_too_many_columns_is_refused(tmp_path: Path, kind: UploadFormat) -> None:
    path = save(tmp_path / "upload", [row()], kind)
    with pytest.raises(TooLargeError, match="8 columns"):
        next(read_rows(path, COLUMNS, kind, UploadLimits(columns=8)))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xff\xfe"])
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_line_that_no_memory_should_hold_is_refused(
    tmp_path: Path, mark: bytes, kind: UploadFormat
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(mark + b"x" * (18 << 20))
    with pytest.raises(TooLargeError, match="a line"):
        next(read_rows(path, COLUMNS, kind, LIMITS))


def test_windows_text_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(f"{HEADER}\n{GOOD}\n".replace("kind", "“kind”").encode("cp1252"))
    [response], _, _ = read(path)
    assert response.answers == ((0, "“kind” staff"),)
