from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from labelled_data import RowError, UnreadableError
from labelled_data.tables import open_table
from tests.labelled_data.tables.whole import read

if TYPE_CHECKING:
    from pathlib import Path


def saved(folder: Path, *lines: str) -> Path:
    path = folder / "t.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_every_key_of_every_line_is_a_column(tmp_path: Path) -> None:
    path = saved(tmp_path, '{"id": 1}', '{"comment": "a", "id": 2}')
    assert open_table(path).columns == ("id", "comment")
    assert read(path).rows() == [(1, None), (2, "a")]


def test_a_column_keeps_its_type_in_every_batch(tmp_path: Path) -> None:
    path = saved(
        tmp_path, '{"n": null, "b": true}', '{"n": 1, "b": null}', '{"n": 1.5, "b": false}'
    )
    schemas = [batch.frame.schema for batch in open_table(path).batches(rows=1)]
    assert schemas == [pl.Schema({"n": pl.Float64, "b": pl.Boolean})] * 3


def test_rows_are_numbered_by_line_though_some_are_blank(tmp_path: Path) -> None:
    lines = ['{"n": 1}', '{"n": 2}', "", '{"n": 4}', '{"n": 5}', '{"n": 6}', ""]
    table = open_table(saved(tmp_path, *lines))
    rows = [
        (batch.first_row + offset, value)
        for batch in table.batches(rows=2)
        for offset, value in enumerate(batch.frame["n"])
    ]
    assert rows == [(n, n) for n in (1, 2, 4, 5, 6)]
    assert table.rows_hint == 5


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{secret", "line 2 is not JSON"),
        ("[1, 2]", "line 2 is not a JSON object"),
        ('"secret"', "line 2 is not a JSON object"),
        ("[" * 100_000, "line 2 is not JSON"),
    ],
)
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(RowError, match=message) as caught:
        open_table(saved(tmp_path, '{"a": 1}', line))
    assert "secret" not in str(caught.value)


def test_text_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes('{"a": "café"}'.encode("cp1252"))
    with pytest.raises(UnreadableError, match="is not UTF-8 text"):
        open_table(path)


def test_objects_without_a_value_are_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="is empty"):
        open_table(saved(tmp_path, "{}", "{}"))


def test_half_a_surrogate_pair_is_replaced(tmp_path: Path) -> None:
    path = saved(
        tmp_path, '{"a": "x\\ud83d", "b": ["\\uD83D", {"c": 1}]}', '{"a": "\\ud83d\\ude00"}'
    )
    rows = read(path).rows()
    assert rows[0] == ("x\ufffd", ["\ufffd", {"c": 1}])
    assert rows[1][0] == "\U0001f600"


def test_numbers_too_large_for_a_column_are_kept(tmp_path: Path) -> None:
    assert read(saved(tmp_path, '{"n": 1}', f'{{"n": {10**30}}}')).rows() == [(1,), (10**30,)]
