from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from labelled_data import WriteError
from labelled_data.tables import open_table
from tests.labelled_data.tables.whole import read, write

if TYPE_CHECKING:
    from pathlib import Path


def test_rows_are_numbered_from_one_and_come_in_order(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"n": range(2500)}).write_parquet(path, row_group_size=700)
    table = open_table(path)
    batches = list(table.batches(rows=1000))
    assert table.rows_hint == 2500
    assert [batch.first_row for batch in batches] == [1, 1001, 2001]
    assert pl.concat(batch.frame for batch in batches)["n"].to_list() == list(range(2500))


def test_many_small_frames_become_one_file_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labelled_data.tables.sinks.parquet._PART_ROWS", 100)
    frames = [pl.DataFrame({"n": range(start, start + 30)}) for start in range(0, 900, 30)]
    path = write(tmp_path / "t.parquet", *frames)
    assert read(path)["n"].to_list() == list(range(900))
    assert [found.name for found in tmp_path.iterdir()] == ["t.parquet"]


def test_a_column_that_is_empty_at_first_gets_the_type_of_what_follows(tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.parquet",
        pl.DataFrame({"n": [None]}),
        pl.DataFrame({"n": [1]}),
        pl.DataFrame({"n": [1.5]}),
    )
    assert read(path).rows() == [(None,), (1.0,), (1.5,)]


def test_columns_that_cannot_be_joined_are_told(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="whose type changes"):
        write(tmp_path / "t.parquet", pl.DataFrame({"n": [[1]]}), pl.DataFrame({"n": ["x"]}))
    assert list(tmp_path.iterdir()) == []


def test_brackets_in_a_name_are_no_pattern(tmp_path: Path) -> None:
    path = write(tmp_path / "t[1].parquet", pl.DataFrame({"n": [1]}))
    assert read(path).rows() == [(1,)]
