from __future__ import annotations

import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from pyarrow.fs import FSSpecHandler, PyFileSystem

from models.artefact import MANIFEST, file_sha256
from models.cluster import ClusterError
from models.cluster.actor import Job, PartitionTagger
from models.cluster.ledger import Finished
from models.cluster.partitions import as_row
from models.cluster.places import Place, StoredFile
from models.tag_file import TagOptions, tag_file

if TYPE_CHECKING:
    from pathlib import Path

    from models import Tagger

GOOD = b"comment\nwaited 5 hours to be seen\n"
BAD = b"comment,n\nSECRETLY kind,1\nwaited SECRETLY,2,3\n"


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where an actor keeps what it works at."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def job(tmp_path: Path, tiny_artefact: Path, scratch: Path) -> Job:
    (tmp_path / "in").mkdir()
    return Job(
        model=str(tiny_artefact),
        sha256=file_sha256(tiny_artefact / MANIFEST),
        source=Place.at(tmp_path / "in"),
        output=Place.at(tmp_path / "out"),
        options=TagOptions(),
    )


def far_away(name: str, system: type[MemoryFileSystem] = MemoryFileSystem) -> Place:
    """A folder of a store that is no file system of this computer."""
    return Place(PyFileSystem(FSSpecHandler(system())), f"/{name}", f"far://{name}")


def given(source: Place, content: bytes, name: str = "later/a.csv") -> dict[str, str | int]:
    (source / name).put(content)
    (file,) = source.files()
    return as_row(file)


@pytest.mark.parametrize("source", [None, far_away("good")], ids=["local", "far"])
def test_a_partition_is_tagged_as_a_file_is(
    job: Job, tmp_path: Path, scratch: Path, tiny_tagger: Tagger, source: Place | None
) -> None:
    job = replace(job, source=source or job.source)
    outcome = PartitionTagger(job)(given(job.source, GOOD))
    (tmp_path / "alone.csv").write_bytes(GOOD)
    summary = tag_file(
        tiny_tagger, tmp_path / "alone.csv", tmp_path / "b.csv", TagOptions(), lambda batch: None
    )
    alone = (tmp_path / "b.csv").read_bytes()
    assert (job.output / "later/a.csv").read() == alone
    record = Finished.model_validate_json(str(outcome["record"]))
    assert (record.rows, record.written, record.statuses) == (1, len(alone), summary.statuses)
    assert list(scratch.iterdir()) == []


def test_a_partition_that_is_finished_is_not_tagged_again(job: Job, tmp_path: Path) -> None:
    row = given(job.source, GOOD)
    first = PartitionTagger(job)(row)
    before = (tmp_path / "out" / "later" / "a.csv").stat()
    assert PartitionTagger(job)(row) == first
    assert (tmp_path / "out" / "later" / "a.csv").stat() == before


@pytest.mark.parametrize("source", [None, far_away("bad")], ids=["local", "far"])
def test_a_wrong_row_is_told_by_file_and_row_and_leaves_nothing(
    job: Job, tmp_path: Path, scratch: Path, source: Place | None
) -> None:
    job = replace(job, source=source or job.source)
    outcome = PartitionTagger(job)(given(job.source, BAD))
    shown = (job.source / "later/a.csv").shown
    assert str(outcome["error"]).startswith(f"{shown} row 3 has 3 cells")
    assert "SECRET" not in str(outcome)
    assert (outcome["record"], list(scratch.iterdir())) == (None, [])
    assert not (tmp_path / "out").exists()


def test_a_file_that_changes_meanwhile_is_told(job: Job) -> None:
    row = given(job.source, GOOD) | {"size": 1}
    assert "a.csv changed while it was being tagged" in str(PartitionTagger(job)(row)["error"])


def test_a_node_with_another_model_of_that_name_is_refused(job: Job) -> None:
    row = given(job.source, GOOD)
    outcome = PartitionTagger(replace(job, sha256="0" * 64))(row)
    assert "a node has another model of that name" in str(outcome["error"])


def test_a_defect_is_told_by_its_place_and_without_text(job: Job) -> None:
    class Defective(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
        def info(self, path: str, **options: object) -> dict[str, object]:
            raise ValueError(f"SECRET of {path}")

    tag = PartitionTagger(replace(job, output=far_away("defective", Defective)))
    with pytest.raises(ClusterError, match=r"^a\.csv: ValueError at .*\.py:\d+") as told:
        tag(as_row(StoredFile("a.csv", 1, 1)))
    assert "SECRET" not in str(told.value)
    assert told.value.__suppress_context__
