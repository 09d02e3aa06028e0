from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import xlsxwriter

from labelled_data import HeaderError, RowError, UnreadableError, WriteError
from labelled_data.tables import open_table, open_writer
from labelled_data.tables.sinks.excel import LONGEST_CELL, MOST_ROWS
from tests.labelled_data.tables.whole import read, write

if TYPE_CHECKING:
    from pathlib import Path


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    """Saves a workbook cell by cell, as a person would have made it."""
    path = folder / "t.xlsx"
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    sheet.write(row, column, cell)
    return path


def test_whole_numbers_and_days_look_as_in_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path, A=[["n", "d", "code"], [7, dt.date(2024, 2, 29), "007"]])
    assert read(path).rows() == [(7, dt.date(2024, 2, 29), "007")]


def test_a_column_of_numbers_and_words_becomes_text(tmp_path: Path) -> None:
    assert read(workbook(tmp_path, A=[["n"], [7], ["seven"], [1.5]])).rows() == [
        ("7",),
        ("seven",),
        ("1.5",),
    ]


def test_the_first_sheet_is_read_unless_one_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path, Survey=[["comment"], ["a"]], Notes=[["note"], ["b"]])
    assert open_table(path).columns == ("comment",)
    assert open_table(path, sheet="Notes").columns == ("note",)
    with pytest.raises(HeaderError, match="no sheet 'Other'; it has 'Survey', 'Notes'"):
        open_table(path, sheet="Other")


def test_rows_are_numbered_as_in_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path, A=[[], [], ["id", "comment"], [1, "a"], [], [3, "c"], [4, "d"]])
    batches = list(open_table(path).batches(rows=3))
    assert [batch.first_row for batch in batches] == [4, 7]
    assert batches[0].frame.rows() == [(1, "a"), (None, None), (3, "c")]


def test_cleared_rows_and_columns_at_the_end_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.write_row(0, 0, ["id", "comment"])
        sheet.write_row(1, 0, [1, "a"])
        sheet.write_blank(50, 9, None, bold)
    table = open_table(path)
    assert (table.columns, table.rows_hint) == (("id", "comment"), 1)


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    table = open_table(workbook(tmp_path, A=[["id", "comment"]]))
    assert (table.columns, list(table.batches())) == (("id", "comment"), [])


def test_an_empty_sheet_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="its sheet has no header"):
        open_table(workbook(tmp_path, A=[]))


def test_a_header_that_stands_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(HeaderError, match="'a' in both column 1 and column 3"):
        open_table(workbook(tmp_path, A=[["a", "b", "a"], [1, 2, 3]]))


def test_a_value_outside_the_header_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path, A=[["a", "b"], [1, 2], [1, 2, "stray"]])
    with pytest.raises(RowError, match="row 3 has a value in column 3"):
        open_table(path)


def test_a_protected_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(UnreadableError, match="protected with a password"):
        open_table(path)


def test_a_cut_workbook_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path, A=[["a"], ["b"]])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnreadableError, match="is damaged"):
        open_table(path)


def test_text_too_long_for_excel_is_refused_with_its_place(tmp_path: Path) -> None:
    fits = pl.DataFrame({"comment": ["x" * LONGEST_CELL]})
    assert read(write(tmp_path / "t.xlsx", fits)).rows() == fits.rows()
    long = pl.DataFrame({"comment": ["a", "\U0001f600" * (LONGEST_CELL // 2 + 1)]})
    with pytest.raises(WriteError, match="row 3, column 'comment' is longer"):
        write(tmp_path / "u.xlsx", long)
    assert [path.name for path in tmp_path.iterdir()] == ["t.xlsx"]


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": pl.int_range(MOST_ROWS, eager=True)})
    with (
        pytest.raises(WriteError, match="row 1,048,576, the last a sheet holds"),
        open_writer(tmp_path / "t.xlsx", ["n"]) as writer,
    ):
        writer.write(frame)
    assert list(tmp_path.iterdir()) == []


def test_text_that_looks_like_a_formula_or_a_link_is_text(tmp_path: Path) -> None:
    frame = pl.DataFrame({"t": ["=SUM(A1)", "https://x.example", "12", "_x0041_", "+1"]})
    assert read(write(tmp_path / "t.xlsx", frame)).rows() == frame.rows()
