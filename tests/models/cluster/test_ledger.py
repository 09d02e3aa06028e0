from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from models.cluster import OutputMismatchError
from models.cluster.ledger import Finished, Ledger, Settings
from models.cluster.places import Place, StoredFile
from models.tag_file import TagOptions

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = TagOptions(text_columns=("good", "bad"), scores=True)
MODEL = {"id": "tiny", "version": "1.0.0", "sha256": "0" * 64}
SETTINGS = Settings.of(MODEL, OPTIONS)
PARTITIONS = [StoredFile("a.csv", 10, 1), StoredFile("later/b.csv", 20, 2)]


def finish(folder: Path, partition: StoredFile) -> Finished:
    """Writes the output of a partition, and its record."""
    written = Place.at(folder / partition.name).put(b"tagged")
    record = Finished(
        name=partition.name,
        size=partition.size,
        changed=partition.changed,
        written=written,
        rows=1,
        statuses={"tagged": 1},
        themes={"waiting": 1},
    )
    Ledger(Place.at(folder)).add(record)
    return record


def begun(folder: Path, *finished: StoredFile) -> Ledger:
    """The ledger of a run that finished some partitions."""
    ledger = Ledger(Place.at(folder))
    assert ledger.begin(SETTINGS, PARTITIONS) == []
    for partition in finished:
        finish(folder, partition)
    return ledger


def test_a_run_goes_on_with_what_is_not_finished(tmp_path: Path) -> None:
    ledger = begun(tmp_path, PARTITIONS[1])
    (record,) = ledger.begin(SETTINGS, PARTITIONS)
    assert record.source == PARTITIONS[1]
    assert ledger.finished(PARTITIONS[0]) is None
    assert ledger.finished(PARTITIONS[1]) == record


def test_files_that_came_since_are_left_to_do(tmp_path: Path) -> None:
    ledger = begun(tmp_path, *PARTITIONS)
    more = [*PARTITIONS, StoredFile("c.csv", 1, 1)]
    assert [record.name for record in ledger.begin(SETTINGS, more)] == ["a.csv", "later/b.csv"]


def test_an_output_that_was_removed_is_made_again(tmp_path: Path) -> None:
    ledger = begun(tmp_path, *PARTITIONS)
    (tmp_path / "a.csv").unlink()
    assert [record.name for record in ledger.begin(SETTINGS, PARTITIONS)] == ["later/b.csv"]
    assert ledger.finished(PARTITIONS[0]) is None


def test_an_output_without_a_record_is_not_finished(tmp_path: Path) -> None:
    ledger = begun(tmp_path)
    Place.at(tmp_path / "a.csv").put(b"half of i")
    assert ledger.begin(SETTINGS, PARTITIONS) == []


def test_what_is_half_written_is_removed_when_a_run_goes_on(tmp_path: Path) -> None:
    ledger = begun(tmp_path, *PARTITIONS)
    left = tmp_path / "later" / f".c.csv.{'a' * 32}.part"
    left.write_text("half")
    ledger.begin(SETTINGS, PARTITIONS)
    assert not left.exists()


@pytest.mark.parametrize(
    ("settings", "partitions", "told"),
    [
        (Settings.of(MODEL | {"version": "2"}, OPTIONS), PARTITIONS, "model tiny 1.0.0 .* tiny 2"),
        (
            Settings.of(MODEL, replace(OPTIONS, scores=False, evidence=True)),
            PARTITIONS,
            "another evidence and scores",
        ),
        (SETTINGS, [replace(PARTITIONS[0], size=11), PARTITIONS[1]], r"a\.csv .* changed since"),
        (SETTINGS, [replace(PARTITIONS[0], changed=9), PARTITIONS[1]], r"a\.csv .* changed since"),
        (SETTINGS, PARTITIONS[1:], r"a\.csv .* no longer in the input"),
    ],
    ids=["model", "options", "size", "time", "gone"],
)
def test_what_was_made_of_something_else_is_refused_and_stays(
    tmp_path: Path, settings: Settings, partitions: list[StoredFile], told: str
) -> None:
    ledger = begun(tmp_path, *PARTITIONS)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(OutputMismatchError, match=told):
        ledger.begin(settings, partitions)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_file_that_no_run_wrote_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(OutputMismatchError, match=r"a\.csv is there already"):
        begun(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_an_output_that_was_edited_is_not_replaced(tmp_path: Path) -> None:
    ledger = begun(tmp_path, *PARTITIONS)
    (tmp_path / "a.csv").write_text("edited by hand")
    with pytest.raises(OutputMismatchError, match=r"a\.csv has changed since it was written"):
        ledger.begin(SETTINGS, PARTITIONS)


@pytest.mark.parametrize("content", ["", "{", '{"format": "other"}'])
def test_records_of_another_program_are_refused(tmp_path: Path, content: str) -> None:
    ledger = begun(tmp_path)
    (tmp_path / "_sayso" / "settings.json").write_text(content)
    with pytest.raises(OutputMismatchError, match=r"settings\.json is no record"):
        ledger.begin(SETTINGS, PARTITIONS)
