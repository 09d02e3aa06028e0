from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelled_data import HeaderError, RowError, UnreadableError
from labelled_data.tables import open_table
from labelled_data.tables.delimited import LONGEST_CELL
from tests.labelled_data.tables.whole import read

if TYPE_CHECKING:
    from pathlib import Path


def saved(folder: Path, content: str | bytes, name: str = "t.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"], ids=lambda name: str(name)
)
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    path = saved(tmp_path, "id,comment\r\n1,café \u2013 “fine”\r\n", encoding=encoding)
    assert open_table(path).columns == ("id", "comment")
    assert read(path).rows() == [("1", "café \u2013 “fine”")]


def test_a_byte_that_is_not_utf8_far_into_the_file_is_noticed(tmp_path: Path) -> None:
    lines = ["comment", *["plain"] * 300_000, "café"]
    path = saved(tmp_path, "\n".join(lines), encoding="cp1252")
    assert read(path).rows()[-1] == ("café",)


def test_a_letter_cut_by_a_chunk_of_reading_is_still_utf8(tmp_path: Path) -> None:
    path = saved(tmp_path, "comment\n" + "é" * (1 << 20))
    assert read(path).rows() == [("é" * (1 << 20),)]


def test_the_caller_may_name_the_encoding(tmp_path: Path) -> None:
    path = saved(tmp_path, "comment\nżółw\n", encoding="iso8859_2")
    (batch,) = open_table(path, encoding="iso8859_2").batches()
    assert batch.frame.rows() == [("żółw",)]
    with pytest.raises(UnreadableError, match="'klingon', no known encoding"):
        open_table(path, encoding="klingon")
    with pytest.raises(UnreadableError, match="does not fit the encoding utf-8"):
        open_table(path, encoding="utf-8")


def test_bytes_that_do_not_fit_a_marked_encoding_are_told(tmp_path: Path) -> None:
    broken = "comment\nfine\n".encode("utf-16") + b"\x00\xd8\x00"
    with pytest.raises(UnreadableError, match="does not fit the encoding utf-16"):
        open_table(saved(tmp_path, broken))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    rows = [["id", "comment, or praise", "x"], ["1", "a; b, c | d", "y"], ["2", "", "z, z"]]
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in rows]
    table = open_table(saved(tmp_path, "\n".join(lines)))
    assert table.columns == ("id", "comment, or praise", "x")


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_commas_in_plain_text_do_not_hide_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    lines = ["id|What was good, and why?", "1|kind, calm, quick", "2|nothing"]
    path = saved(tmp_path, "\n".join(lines).replace("|", delimiter))
    assert read(path).rows() == [("1", "kind, calm, quick"), ("2", "nothing")]


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    path = saved(tmp_path, "comment\nkind; and calm\n\nslow\n")
    assert read(path).rows() == [("kind; and calm",), ("",), ("slow",)]


def test_the_caller_may_name_the_delimiter(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b~c\n1,2~3\n")
    assert open_table(path, delimiter="~").columns == ("a,b", "c")
    with pytest.raises(UnreadableError, match="a delimiter is one character"):
        open_table(path, delimiter="::")


def test_a_tsv_file_is_parted_by_tabs(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b\tc\n1,2\t3\n", name="t.tsv")
    assert read(path).rows() == [("1,2", "3")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(tmp_path: Path, end: str) -> None:
    path = saved(tmp_path, end.join(["id,comment", "1,a", "2,b"]))
    assert read(path).rows() == [("1", "a"), ("2", "b")]


def test_quoted_cells_keep_their_line_ends_and_quotes(tmp_path: Path) -> None:
    path = saved(tmp_path, 'id,comment\n1,"a\nb\r\nc, ""d"""\n')
    assert read(path).rows() == [("1", 'a\nb\r\nc, "d"')]


def test_nul_characters_are_removed(tmp_path: Path) -> None:
    path = saved(tmp_path, "id,comment\n" + "1,kind and calm\n" * 20 + "2,a\0b\n")
    assert read(path).rows()[-1] == ("2", "ab")


def test_cells_are_text_and_never_guessed(tmp_path: Path) -> None:
    path = saved(tmp_path, "id,n,d,empty\n007,1.0,2024-01-01,\n")
    assert read(path).rows() == [("007", "1.0", "2024-01-01", "")]


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = saved(tmp_path, 'id,comment\n1,"two\nlines"\n2,a\n\n4,b\n5,c\n\n\n')
    batches = list(open_table(path).batches(rows=2))
    assert [batch.first_row for batch in batches] == [2, 4, 6]
    assert [batch.frame.rows() for batch in batches] == [
        [("1", "two\nlines"), ("2", "a")],
        [("", ""), ("4", "b")],
        [("5", "c")],
    ]


def test_a_header_below_blank_lines_is_found(tmp_path: Path) -> None:
    path = saved(tmp_path, "\n\nid,comment\n1,a\n")
    (batch,) = open_table(path).batches()
    assert (batch.first_row, batch.frame.rows()) == (4, [("1", "a")])


def test_a_row_with_too_few_cells_is_filled(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "a,b,c\n1\n1,2,3\n")).rows() == [("1", "", ""), ("1", "2", "3")]


def test_a_row_with_too_many_cells_is_named(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b\n1,2\n1,2,secret\n")
    with pytest.raises(RowError, match="row 3 has 3 cells, but the header has 2") as caught:
        read(path)
    assert "secret" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_empty_cells_beyond_the_header_are_left_out(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b,,\n1,2,,\n1,2\n")
    assert open_table(path).columns == ("a", "b")
    assert read(path).rows() == [("1", "2"), ("1", "2")]


def test_a_header_that_stands_twice_is_named_with_both_columns(tmp_path: Path) -> None:
    with pytest.raises(HeaderError, match="'b' in both column 2 and column 4"):
        open_table(saved(tmp_path, "a,b,c,b\n1,2,3,4\n"))


def test_one_nameless_column_is_kept_and_two_are_refused(tmp_path: Path) -> None:
    assert open_table(saved(tmp_path, ",a\n0,x\n")).columns == ("", "a")
    with pytest.raises(HeaderError, match="'' in both column 1 and column 3"):
        open_table(saved(tmp_path, ",a,,b\n0,x,1,y\n"))


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "id,comment")).rows() == []


def test_a_quote_that_is_never_closed_is_told(tmp_path: Path) -> None:
    with pytest.raises(RowError, match="row 3 opens a quote that is never closed"):
        read(saved(tmp_path, 'id,comment\n1,a\n2,"b\n3,c\n'))


def test_a_cell_beyond_reason_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path, "id,comment\n1,a\n2," + "x" * (LONGEST_CELL + 1) + "\n")
    with pytest.raises(RowError, match="row 3 cannot be read"):
        read(path)


def test_batches_of_long_rows_are_kept_small(tmp_path: Path) -> None:
    path = saved(tmp_path, "id,comment\n" + ("1," + "x" * (1 << 20) + "\n") * 40)
    sizes = [batch.frame.height for batch in open_table(path).batches()]
    assert sum(sizes) == 40
    assert max(sizes) < 20


def test_progress_can_be_told_in_bytes(tmp_path: Path) -> None:
    path = saved(tmp_path, "id,comment\n" + "1,some words\n" * 10_000)
    table = open_table(path)
    positions = [batch.position or 0 for batch in table.batches(rows=1000)]
    assert positions == sorted(positions)
    assert 0 < positions[0] < table.size / 2
    assert positions[-1] == table.size == path.stat().st_size


def test_a_table_can_be_read_twice(tmp_path: Path) -> None:
    table = open_table(saved(tmp_path, "a\n1\n2\n"))
    assert len(list(table.batches(1))) == len(list(table.batches(1))) == 2


def test_a_file_removed_in_between_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path, "a\n1\n")
    table = open_table(path)
    path.unlink()
    with pytest.raises(UnreadableError, match="cannot be read"):
        list(table.batches())


def test_a_comment_taken_for_a_header_is_not_repeated_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "headless.csv"
    comment = "I waited nine hours on a trolley and nobody came"
    path.write_text(f"1,{comment}\n2,fine\n", "utf-8")
    with pytest.raises(HeaderError) as told:
        open_table(path).require("comment")
    assert comment not in str(told.value)
    assert "column 2" in str(told.value)
