"""What one actor does: load the model once, then tag one partition after the other.

The rows of a dataset that pass through Ray are names of files and what was found in them. Comments
stay between the files and the actor, so that nothing Ray keeps, logs or spills holds any.
"""

from __future__ import annotations

import tempfile
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from shutil import rmtree
from typing import TYPE_CHECKING

from labelled_data.errors import DataError
from labelled_data.tables.workspace import make_workspace, remove_leftovers
from models.artefact import MANIFEST, file_sha256
from models.cluster.errors import ClusterError, PartitionError
from models.cluster.ledger import Finished, Ledger
from models.cluster.partitions import has_changed
from models.cluster.places import Place, StoredFile
from models.errors import ModelError
from models.long_lived import keep_for_good
from models.tag_file import TagOptions, tag_file
from models.tagger import Tagger, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from models.tag_file import TagSummary


@dataclass(frozen=True, slots=True)
class Job:
    """What every actor of a run is told.

    Attributes:
        model: A shipped model's name, or the path of an artefact's folder on every node.
        sha256: Hash of the artefact's manifest.
        source: The folder of the input.
        output: The folder to write to.
        options: What to read and what to write.
    """

    model: str
    sha256: str
    source: Place
    output: Place
    options: TagOptions


class PartitionTagger:
    """Tags partitions, with one thread.

    A partition that is finished is not tagged again, so that Ray may retry what it wants.

    Args:
        job: What the run is about.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._ledger = Ledger(job.output)
        remove_scratch()

    def __call__(self, row: dict[str, Any]) -> dict[str, str | None]:
        """Tag a partition.

        Args:
            row: Name, size and time of change of the partition.

        Returns:
            ``record``, its record as JSON, or else ``error``, one sentence that says why not.

        Raises:
            ClusterError: A defect, told without any text that it may concern.
        """
        partition = StoredFile(**row)
        try:
            record = self._ledger.finished(partition) or self._tag(partition)
        except (DataError, ModelError) as error:
            return {"record": None, "error": str(error)}
        except Exception as error:
            raise ClusterError(f"{partition.name}: {_without_text(error)}") from None
        return {"record": record.model_dump_json(), "error": None}

    @cached_property
    def _tagger(self) -> Tagger:
        tagger = load(self._job.model, threads=1)
        if file_sha256(tagger.file(MANIFEST)) != self._job.sha256:
            raise PartitionError(f"{self._job.model}: a node has another model of that name")
        keep_for_good()
        return tagger

    def _tag(self, partition: StoredFile) -> Finished:
        job, target = self._job, self._job.output / partition.name
        with _scratch() as folder:
            tagged = folder / PurePosixPath(partition.name).name
            summary = self._tag_file(partition, tagged)
            if has_changed(job.source, partition):
                shown = (job.source / partition.name).shown
                raise PartitionError(f"{shown} changed while it was being tagged")
            with tagged.open("rb") as content:
                written = target.put(content)
        record = _record(partition, written, summary)
        self._ledger.add(record)
        return record

    def _tag_file(self, partition: StoredFile, tagged: Path) -> TagSummary:
        """Tag a file where it is, or else a copy of it."""
        place = self._job.source / partition.name
        file = place.local or tagged.with_name(f"input{tagged.suffix}")
        if place.local is None:
            place.fetch(file)
        try:
            return tag_file(self._tagger, file, tagged, self._job.options, lambda batch: None)
        except DataError as error:
            target = self._job.output / partition.name
            told = str(error).replace(str(file), place.shown).replace(str(tagged), target.shown)
            raise PartitionError(told) from error


def remove_scratch() -> None:
    """Remove what killed actors left on this computer's disk."""
    remove_leftovers(_scratch_name())


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = make_workspace(_scratch_name())
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def _scratch_name() -> Path:
    return Path(tempfile.gettempdir()) / "sayso-partition"


def _record(partition: StoredFile, written: int, summary: TagSummary) -> Finished:
    return Finished(
        name=partition.name,
        size=partition.size,
        changed=partition.changed,
        written=written,
        rows=summary.rows,
        statuses=dict(summary.statuses),
        themes=dict(summary.themes),
    )


def _without_text(error: Exception) -> str:
    """Tell what happened where: Ray keeps and logs messages, and one may quote a comment."""
    frames = traceback.extract_tb(error.__traceback__)
    places = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} at {places}"
