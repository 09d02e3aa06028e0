from __future__ import annotations

import sys
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from service.errors import UnprocessableError
from service.uploads import UploadLimits
from tests.service.uploads.samples import read, row, save, save_sheet

if TYPE_CHECKING:
    from pathlib import Path

HEADER = list(row())


def test_dates_of_a_sheet_are_dates_also_beside_text(tmp_path: Path) -> None:
    days = (datetime(2025, 3, 31), datetime(2025, 3, 31, 10, 5), "2025-03-31")  # noqa: DTZ001
    sheet = [HEADER, *(list(row(day=day).values()) for day in days)]
    rows, _, errors = read(save_sheet(tmp_path / "upload", sheet), "xlsx")
    assert errors == []
    assert [response.given_on for response in rows] == [date(2025, 3, 31)] * 3


def test_numbers_of_a_sheet_are_whole_where_they_look_whole(tmp_path: Path) -> None:
    sheet = [HEADER, list(row(id=7, age=34, w=1.5).values()), list(row(id=8, age=80, w=2).values())]
    rows, _, errors = read(save_sheet(tmp_path / "upload", sheet), "xlsx")
    assert errors == []
    assert [(response.response_id, response.weight) for response in rows] == [("7", 1.5), ("8", 2)]


def test_rows_are_numbered_as_in_the_sheet_whatever_stands_above(tmp_path: Path) -> None:
    sheet = [[], [], HEADER, list(row().values()), [], list(row(day="soon").values())]
    rows, numbers, [error] = read(save_sheet(tmp_path / "upload", sheet), "xlsx")
    assert (len(rows), numbers, error.row) == (1, [4], 6)


def test_nothing_stays_beside_a_workbook_that_was_read(tmp_path: Path) -> None:
    path = save(tmp_path / "upload", [row()], "xlsx")
    read(path, "xlsx")
    assert list(tmp_path.iterdir()) == [path]


def test_a_value_outside_the_columns_names_its_row(tmp_path: Path) -> None:
    sheet = [HEADER, list(row().values()), [*row().values(), "more"]]
    with pytest.raises(UnprocessableError, match="row 3 has a value in column 10") as caught:
        read(save_sheet(tmp_path / "upload", sheet), "xlsx")
    assert caught.value.errors[0].row == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id,who\n", "not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0" * 9, "password"),
        (b"", "not an"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(UnprocessableError, match=message):
        read(path, "xlsx")


def test_a_workbook_cut_short_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "upload", [row()], "xlsx")
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(UnprocessableError, match="damaged"):
        read(path, "xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "upload", [row()], "xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(5_000_000))
    assert path.stat().st_size < 100_000
    read(path, "xlsx", limits=UploadLimits(unpacked=6_000_000))
    with pytest.raises(UnprocessableError, match="unpacks to more than 4,000,000 bytes"):
        read(path, "xlsx", limits=UploadLimits(unpacked=4_000_000))


def test_a_small_workbook_that_asks_for_all_memory_harms_nobody(tmp_path: Path) -> None:
    path = with_a_cell_far_off(save(tmp_path / "upload", [row()], "xlsx"))
    assert path.stat().st_size < 10_000
    with pytest.raises(UnprocessableError, match="too large a workbook"):
        read(path, "xlsx")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_workbook_takes_no_more_memory_than_it_may(tmp_path: Path) -> None:
    path = with_a_cell_far_off(save(tmp_path / "upload", [row()], "xlsx"), "XFD4000")
    with pytest.raises(UnprocessableError, match="too large a workbook"):
        read(path, "xlsx", limits=UploadLimits(memory=1 << 30))


def with_a_cell_far_off(path: Path, place: str = "XFD1048576") -> Path:
    """Moves a cell to a far corner of its sheet; in the last, 17 thousand million lie between."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'r="I2"', f'r="{place}"'.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
