from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest

from labelled_data import HeaderError, WriteError
from labelled_data.tables import FORMATS, open_table, open_writer, remove_leftovers
from labelled_data.tables.workspace import make_workspace
from tests.labelled_data.tables.whole import read, write

if TYPE_CHECKING:
    from pathlib import Path

ROW = pl.DataFrame({"a": ["x"]})
SLOW_WRITER = """if True:
    import signal, sys, time
    import polars as pl
    from labelled_data.tables import open_writer
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with open_writer(sys.argv[1], ["a"]) as writer:
        writer.write(pl.DataFrame({"a": ["x"]}))
        print("writing", flush=True)
        time.sleep(60)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def stopped_by(error: type[BaseException], path: Path) -> None:
    with open_writer(path, ["a"]) as writer:
        writer.write(ROW)
        raise error


def stopped_while_writing(path: Path, sent: signal.Signals) -> int:
    """Starts a process that writes, sends it a signal half way, and gives its exit code."""
    command = [sys.executable, "-c", SLOW_WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        process.send_signal(sent)
        return process.wait(timeout=20)


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_stopped_run_leaves_nothing_and_an_older_file_as_it_was(
    tmp_path: Path, extension: str, error: type[BaseException]
) -> None:
    path = tmp_path / f"t{extension}"
    path.write_text("older")
    with pytest.raises(error):
        stopped_by(error, path)
    assert names(tmp_path) == [path.name]
    assert path.read_text() == "older"


@pytest.mark.parametrize("extension", FORMATS)
def test_the_file_is_not_there_until_it_is_whole(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"t{extension}"
    with open_writer(path, ["a"]) as writer:
        writer.write(ROW)
        assert not path.exists()
        assert all(name.startswith(".") for name in names(tmp_path))
    assert names(tmp_path) == [path.name]


def test_a_file_is_replaced_when_the_writing_ends_well(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("older")
    assert read(write(path, ROW)).rows() == [("x",)]


def test_a_new_file_has_the_rights_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    path = write(tmp_path / "t.csv", ROW)
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_run_that_is_asked_to_end_leaves_nothing(tmp_path: Path) -> None:
    assert stopped_while_writing(tmp_path / "t.xlsx", signal.SIGTERM) == 143
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_what_a_killed_run_leaves_is_hidden_and_removed_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    stopped_while_writing(path, signal.SIGKILL)
    assert not path.exists()
    assert len(names(tmp_path)) == 1
    write(path, ROW)
    assert names(tmp_path) == ["t.csv"]


def test_only_what_was_left_for_the_same_file_is_removed(tmp_path: Path) -> None:
    mine = make_workspace(tmp_path / "t.csv")
    other = tmp_path / ".other.csv.host-1.abc.part"
    own = tmp_path / ".t.csv.part"
    for folder in (other, own):
        folder.mkdir()
    assert remove_leftovers(tmp_path / "t.csv") == 0
    assert mine.exists()
    assert other.exists()
    assert own.exists()


def test_what_another_machine_left_is_removed_after_a_day(tmp_path: Path) -> None:
    folder = tmp_path / ".t.csv.elsewhere-1.abc.part"
    folder.mkdir()
    assert remove_leftovers(tmp_path / "t.csv") == 0
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(folder, (two_days_ago, two_days_ago))
    assert remove_leftovers(tmp_path / "t.csv") == 1


def test_other_columns_than_announced_are_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(WriteError, match="opened with other columns"),
        open_writer(tmp_path / "t.csv", ["b"]) as writer,
    ):
        writer.write(ROW)
    assert names(tmp_path) == []


def test_a_writer_is_used_inside_its_block(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"):
        open_writer(tmp_path / "t.csv", ["a"]).write(ROW)


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HeaderError, match="'a' in both column 1 and column 3"):
        open_writer(tmp_path / "t.csv", ["a", "b", "a"])


def test_more_columns_than_a_sheet_holds_are_refused(tmp_path: Path) -> None:
    many = [f"c{number}" for number in range(16_385)]
    with pytest.raises(WriteError, match="16,385 columns"), open_writer(tmp_path / "t.xlsx", many):
        pass
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["t.docx", "t"])
def test_an_unknown_extension_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(WriteError, match=r"none of \.csv"):
        open_writer(tmp_path / name, ["a"])


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(WriteError, match="is a folder"):
        open_writer(tmp_path / "t.csv", ["a"])


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    path = tmp_path / "none" / "t.csv"
    with (
        pytest.raises(WriteError, match="cannot be written: No such file"),
        open_writer(path, ["a"]),
    ):
        pass


def test_a_full_disk_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("labelled_data.tables.sinks.delimited.DelimitedSink.write", refuse)
    with pytest.raises(WriteError, match=r"t\.csv cannot be written: No space left"):
        write(tmp_path / "t.csv", ROW)
    assert names(tmp_path) == []


def test_a_table_may_be_rewritten_while_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", pl.DataFrame({"a": ["x"] * 5000}))
    table = open_table(path)
    with open_writer(path, table.columns) as writer:
        for batch in table.batches():
            writer.write(batch.frame)
    assert read(path).height == 5000
