from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelled_data.tables import FORMATS, open_table
from tests.labelled_data.tables.whole import read, write

if TYPE_CHECKING:
    from pathlib import Path

in_one_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
# Excel keeps no characters that XML lacks; everything else passes through every format.
anything = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff")
    | st.sampled_from("\"',;\t|\r\n=+@-\u2028\U0001f600\u05e9")
)
DELIMITED = (".csv", ".tsv")


@pytest.mark.parametrize("extension", FORMATS)
@in_one_folder
@given(cells=st.lists(st.tuples(anything, anything), min_size=1, max_size=6))
def test_any_text_comes_back_as_it_was(
    tmp_path: Path, extension: str, cells: list[tuple[str, str]]
) -> None:
    frame = pl.DataFrame(cells, schema={"a": pl.String, "b": pl.String}, orient="row")
    frame = pl.concat([frame, pl.DataFrame({"a": ["last"], "b": ["row"]})])
    assert read(write(tmp_path / f"t{extension}", frame)).rows() == frame.rows()


@pytest.mark.parametrize("extension", DELIMITED)
@in_one_folder
@given(header=st.lists(anything.filter(str.strip), min_size=1, max_size=4, unique=True))
def test_any_header_comes_back_as_it_was(tmp_path: Path, extension: str, header: list[str]) -> None:
    frame = pl.DataFrame({name: ["x"] for name in header})
    path = write(tmp_path / f"t{extension}", frame)
    assert open_table(path, delimiter="\t" if extension == ".tsv" else ",").columns == tuple(header)


@pytest.mark.parametrize("extension", FORMATS)
def test_emoji_right_to_left_and_very_long_text_pass_through(
    tmp_path: Path, extension: str
) -> None:
    long = "word " * (5_000 if extension == ".xlsx" else 200_000)
    frame = pl.DataFrame({"t": ["👩🏽‍⚕️ ❤️", "שלום, مرحبا", long, "007", "=1+1", "http://x.example"]})
    assert read(write(tmp_path / f"t{extension}", frame)).rows() == frame.rows()


@pytest.mark.parametrize("extension", FORMATS)
def test_a_table_without_rows_keeps_its_columns(tmp_path: Path, extension: str) -> None:
    if extension == ".jsonl":
        pytest.skip("JSON lines have no header")
    empty = pl.DataFrame(schema={"a": pl.String, "b": pl.String})
    table = open_table(write(tmp_path / f"t{extension}", empty))
    assert table.columns == ("a", "b")
    assert list(table.batches()) == []


@pytest.mark.parametrize("extension", [".xlsx", ".parquet"])
def test_types_come_back_where_the_format_has_them(tmp_path: Path, extension: str) -> None:
    frame = pl.DataFrame(
        {
            "text": ["007", "x", "y"],
            "whole": [7, None, -1],
            "part": [1.5, 2.0, None],
            "yes": [True, None, False],
            "day": [dt.date(2024, 2, 29), None, dt.date(1999, 1, 1)],
            "moment": [dt.datetime(2024, 2, 29, 5, 6, 7), None, None],  # noqa: DTZ001
        }
    )
    back = read(write(tmp_path / f"t{extension}", frame.head(1), frame.tail(2)))
    assert back.rows() == frame.rows()
    assert [type_.base_type() for type_ in back.dtypes] == [
        type_.base_type() for type_ in frame.dtypes
    ]


def test_values_of_every_type_have_a_plain_form_in_csv(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "whole": [7],
            "part": [0.1],
            "yes": [True],
            "none": [None],
            "day": [dt.date(2024, 2, 29)],
            "moment": [dt.datetime(2024, 2, 29, 5, 6, 7, tzinfo=dt.UTC)],
            "list": [["a", "é"]],
            "bytes": [b"ab"],
            "time": [dt.timedelta(hours=1)],
        }
    )
    (row,) = read(write(tmp_path / "t.csv", frame)).rows()
    assert row == (
        *("7", "0.1", "true", "", "2024-02-29", "2024-02-29 05:06:07+00:00"),
        *('["a", "é"]', "YWI=", "PT1H"),
    )


def test_json_lines_hold_only_what_json_has_a_form_for(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": [1.5, float("inf"), float("nan")], "b": [b"ab", None, None]})
    lines = write(tmp_path / "t.jsonl", frame).read_text().splitlines()
    assert lines == ['{"n": 1.5, "b": "YWI="}', *['{"n": null, "b": null}'] * 2]


def test_nested_json_is_written_as_it_was_read(tmp_path: Path) -> None:
    lines = [
        {"id": 1, "who": {"age": 7, "tags": ["a", None]}, "mixed": "x"},
        {"id": 2, "who": {"other": {}}, "mixed": [1]},
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    copy = write(tmp_path / "out.jsonl", read(source))
    assert [json.loads(line) for line in copy.read_text(encoding="utf-8").splitlines()] == lines


def test_nested_json_becomes_json_text_in_a_flat_format(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"who": {"age": 7}}\n{"who": null}', encoding="utf-8")
    for extension in (".csv", ".xlsx", ".parquet"):
        rows = read(write(tmp_path / f"t{extension}", read(source))).rows()
        assert rows[0] == ('{"age": 7}',)


def test_tables_work_without_pyarrow(tmp_path: Path) -> None:
    code = """if True:
        import sys
        sys.modules["pyarrow"] = None
        import polars as pl
        from labelled_data.tables import FORMATS, open_table, open_writer
        for extension in FORMATS:
            with open_writer("t" + extension, ["a"]) as writer:
                writer.write(pl.DataFrame({"a": ["x"]}))
            assert next(open_table("t" + extension).batches()).frame.rows() == [("x",)]
    """
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
