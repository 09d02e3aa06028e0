from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from labelled_data import UnreadableError, WriteError
from models.cluster.partitions import has_changed, partitions_of
from models.cluster.places import Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def place_of(path: Path) -> Place:
    return Place.at(path)


def place_of_url(path: Path) -> Place:
    return Place.at(path.as_uri())


WAYS = pytest.mark.parametrize("at", [place_of, place_of_url])


def saved(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"comment\n{name}\n")
    return folder


def names_of(source: Place, output: Place) -> list[str]:
    return [file.name for file in partitions_of(source, output)[1]]


@WAYS
def test_a_file_is_written_with_the_folders_it_needs_and_read_back(
    tmp_path: Path, at: Callable[[Path], Place]
) -> None:
    place = at(tmp_path / "a b" / "c") / "d.csv"
    assert place.stored() is None
    assert place.put(b"old") == 3
    assert place.put(io.BytesIO(b"newer")) == 5
    assert (place.read(), place.name, place.is_file()) == (b"newer", "d.csv", True)
    place.fetch(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"newer"
    assert [file.name for file in at(tmp_path).files()] == ["a b/c/d.csv", "copy"]


def test_a_file_that_cannot_be_written_whole_leaves_the_older_one(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(5, "broken")
            return super().read(3)

    place = Place.at(tmp_path / "a.csv")
    place.put(b"older")
    with pytest.raises(WriteError, match=r"a\.csv cannot be written: Input/output error"):
        place.put(Broken(b"newer"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert place.read() == b"older"


def test_what_a_killed_run_began_to_write_is_removed_and_nothing_else(tmp_path: Path) -> None:
    left = f"later/.c.csv.{'0' * 32}.part"
    saved(tmp_path, "a.csv", ".hidden", "later/c.csv", left)
    Place.at(tmp_path).remove_unfinished()
    names = [file.name for file in Place.at(tmp_path).files()]
    assert names == [".hidden", "a.csv", "later/c.csv"]


def test_what_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    for ask in (Place.is_file, Place.read):
        with pytest.raises(UnreadableError, match=r"nope does not exist"):
            ask(Place.at(tmp_path / "nope"))
    assert Place.at(tmp_path / "nope").files() == []


def test_a_url_is_shown_without_its_keys() -> None:
    place = Place.at("s3://key:word@bucket/folder?endpoint_override=http://127.0.0.1:1") / "a.csv"
    assert place.shown == "s3://bucket/folder/a.csv"
    with pytest.raises(UnreadableError, match=r"^what://host/x is no URL"):
        Place.at("what://key:word@host/x")


@WAYS
def test_every_file_of_a_folder_is_a_partition_save_the_hidden(
    tmp_path: Path, at: Callable[[Path], Place]
) -> None:
    saved(tmp_path / "in", "b.csv", "year=1/a.CSV", "_SUCCESS", ".crc", "_sayso/x.csv", "c.parquet")
    found = names_of(at(tmp_path / "in"), at(tmp_path / "out"))
    assert found == ["b.csv", "c.parquet", "year=1/a.CSV"]


def test_a_file_is_the_only_partition_of_itself(tmp_path: Path) -> None:
    saved(tmp_path, "a.csv", "b.csv")
    source = Place.at(tmp_path / "a.csv")
    folder, files = partitions_of(source, Place.at(tmp_path / "out"))
    assert [(folder / file.name).shown for file in files] == [source.shown]


def test_a_partition_that_changed_since_it_was_listed_is_known(tmp_path: Path) -> None:
    saved(tmp_path, "in/a.csv")
    folder, (file,) = partitions_of(Place.at(tmp_path / "in"), Place.at(tmp_path / "out"))
    assert not has_changed(folder, file)
    (tmp_path / "in" / "a.csv").write_text("other")
    assert has_changed(folder, file)


@pytest.mark.parametrize(
    ("source", "output"), [("in", "in"), ("in", "in/out"), ("in", "."), ("in/a.csv", "in")]
)
def test_an_output_that_would_mix_with_the_input_is_refused(
    tmp_path: Path, source: str, output: str
) -> None:
    saved(tmp_path, "in/a.csv")
    with pytest.raises(WriteError, match="mix with the input"):
        partitions_of(Place.at(tmp_path / source), Place.at((tmp_path / output).as_uri()))


def test_a_file_of_another_format_is_refused_rather_than_left_out(tmp_path: Path) -> None:
    saved(tmp_path, "in/a.csv", "in/b.xlsx")
    with pytest.raises(UnreadableError, match=r"b\.xlsx is neither Parquet nor CSV"):
        names_of(Place.at(tmp_path / "in"), Place.at(tmp_path / "out"))


def test_a_folder_without_a_partition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="holds no Parquet or CSV file"):
        names_of(Place.at(tmp_path), Place.at(tmp_path.parent / "out"))
