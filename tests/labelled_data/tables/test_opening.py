from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from labelled_data import HeaderError, UnreadableError
from labelled_data.tables import FORMATS, open_table

if TYPE_CHECKING:
    from pathlib import Path

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))


@pytest.mark.parametrize("extension", FORMATS)
def test_a_missing_file_is_told(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"none{extension}"
    with pytest.raises(UnreadableError, match="cannot be read: No such file") as caught:
        open_table(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("extension", FORMATS)
def test_an_empty_file_is_told(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"t{extension}"
    path.touch()
    with pytest.raises(UnreadableError, match="is empty"):
        open_table(path)


@pytest.mark.parametrize("content", [b"\n\n", b"\xef\xbb\xbf", b",,,\n,,\n", b" "])
def test_a_file_with_nothing_in_it_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content.strip(b" ") or b"\n")
    with pytest.raises(UnreadableError, match="is empty: it has no header"):
        open_table(path)


@pytest.mark.parametrize("extension", FORMATS)
def test_a_folder_is_no_table(tmp_path: Path, extension: str) -> None:
    (tmp_path / f"t{extension}").mkdir()
    with pytest.raises(UnreadableError, match="is a folder"):
        open_table(tmp_path / f"t{extension}")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    path.chmod(0)
    with pytest.raises(UnreadableError, match="Permission denied"):
        open_table(path)


def test_a_system_that_refuses_to_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(UnreadableError, match="cannot be read: Permission denied"):
        open_table(path)


@pytest.mark.parametrize("name", ["t.docx", "t", "t.csv.bak", "t.xls"])
def test_an_unknown_extension_is_told_with_those_that_are_known(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("a\n1\n")
    with pytest.raises(UnreadableError, match=r"none of \.csv, \.tsv, \.xlsx"):
        open_table(tmp_path / name)


def test_the_case_of_an_extension_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "T.CSV").write_text("a\n1\n")
    assert open_table(tmp_path / "T.CSV").format == "csv"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "a picture"),
        (b"PK\x03\x04" + bytes(60), "a zip archive or an Excel workbook"),
        (b"%PDF-1.7 words", "a PDF document"),
        (bytes(range(32)) * 9 + bytes(99), "not text"),
        ("id,comment\n1,a\n".encode("utf-16-le"), "UTF-16 text without a byte order mark"),
    ],
)
@pytest.mark.parametrize("extension", [".csv", ".tsv", ".jsonl"])
def test_a_file_that_is_not_text_is_told(
    tmp_path: Path, content: bytes, kind: str, extension: str
) -> None:
    path = tmp_path / f"t{extension}"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=kind):
        open_table(path)


@pytest.mark.parametrize("extension", [".xlsx", ".parquet"])
@pytest.mark.parametrize("content", [b"id,comment\n1,a\n", PNG, b"PK\x03\x04rest", b"PAR1rest"])
def test_a_damaged_file_is_told(tmp_path: Path, extension: str, content: bytes) -> None:
    path = tmp_path / f"t{extension}"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match="is not a"):
        open_table(path)


def test_a_line_no_memory_should_hold_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labelled_data.tables.encodings._LONGEST_LINE", 1000)
    (tmp_path / "t.csv").write_text("a\n" + "x" * 2000)
    with pytest.raises(UnreadableError, match="has a line of more than"):
        open_table(tmp_path / "t.csv")


def test_a_column_that_is_asked_for_and_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,comment\n1,a\n")
    table = open_table(tmp_path / "t.csv")
    assert table.require("comment") == "comment"
    with pytest.raises(HeaderError, match="no column 'text'; it has 'id', 'comment'"):
        table.require("text")
