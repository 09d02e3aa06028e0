"""Tagging a folder: what is not finished yet is handed out to a pool of actors."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.artefact import MANIFEST, file_sha256, read_manifest
from models.cluster.actor import Job, PartitionTagger
from models.cluster.errors import ClusterError, PartitionError
from models.cluster.ledger import Finished, Ledger, Settings
from models.cluster.partitions import as_row, partitions_of
from models.cluster.places import Place
from models.cluster.session import connected, import_ray
from models.tag_file import TagSummary
from models.tagger import folder_of, shipped_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

    from labelled_data import Codebook
    from models.cluster.places import StoredFile
    from models.tag_file import TagOptions

    Progress = Callable[[int, int], None]
    """Told after each partition how many are finished, and of how many."""


@dataclass(frozen=True, slots=True)
class TaggedFolder:
    """What a run did.

    Attributes:
        output: The folder that was written to, as it may be shown.
        codebook: The codebook of the model.
        partitions: Files of the input, all of which are finished.
        resumed: How many of them were finished before.
        summary: What was found in all of them.
    """

    output: str
    codebook: Codebook
    partitions: int
    resumed: int
    summary: TagSummary = field(repr=False)


def tag_folder(
    model: str | Path,
    source: str | Path,
    output: str | Path,
    options: TagOptions,
    *,
    address: str | None = None,
    actors: int | None = None,
    progress: Progress = lambda finished, partitions: None,
) -> TaggedFolder:
    """Tag each file of a folder with Ray, into a file of the same name in another folder.

    A file appears when all of it is written, or not at all; those that are finished are left out
    of the next run with the same input, output, model and options. One run at a time may write to
    a folder.

    Args:
        model: A shipped model's name, or the path of an artefact's folder on every node.
        source: A folder of Parquet or CSV files at any depth, or one such file: a path that every
            node has, or a URL such as ``s3://bucket/folder``.
        output: The folder to write to, likewise.
        options: What to read and what to write.
        address: The Ray cluster; when None, one of this computer alone, for as long as it takes.
        actors: How many work at a time, on one core each; by default one for each core.
        progress: Told after each file how many are finished, and of how many.

    Raises:
        MissingRayError: Ray is not installed.
        OutputMismatchError: The output folder holds what was tagged with or made of something
            else; nothing in it was changed.
        PartitionError: Files could not be tagged; the others are finished.
        ClusterError: No cluster can be used.
        TableError: The input cannot be listed, or the output not be written.
        ModelError: The model cannot be used.
    """
    import_ray()
    target = Place.at(output)
    folder, partitions = partitions_of(Place.at(source), target)
    place = folder_of(model)
    manifest, sha256 = read_manifest(place), file_sha256(place / MANIFEST)
    named = {"id": manifest.id, "version": manifest.version, "sha256": sha256}
    before = Ledger(target).begin(Settings.of(named, options), partitions)
    job = Job(_on_every_node(model), sha256, folder, target, options)
    work = _Work(job, partitions, before, progress)
    if work.left:
        with connected(address) as ray:
            work.do(ray, actors)
        target.remove_unfinished()
    return TaggedFolder(
        target.shown, manifest.codebook, len(partitions), len(before), work.summary()
    )


class _Work:
    """The partitions of a run: those that are finished, and those that are left."""

    def __init__(
        self,
        job: Job,
        partitions: Sequence[StoredFile],
        finished: Sequence[Finished],
        progress: Progress,
    ) -> None:
        names = {record.name for record in finished}
        left = (partition for partition in partitions if partition.name not in names)
        # the longest first, so that none of them is what all others wait for
        self.left = sorted(left, key=lambda partition: -partition.size)
        self._job, self._all, self._progress = job, len(partitions), progress
        self._finished = list(finished)

    def do(self, ray: ModuleType, actors: int | None) -> None:
        """Have all that are left tagged.

        Raises:
            PartitionError: Some could not be; all others are finished.
        """
        errors: list[str] = []
        self._progress(len(self._finished), self._all)
        for outcome in _outcomes(ray, self._job, self.left, actors):
            if outcome["record"] is None:
                errors.append(outcome["error"])
                continue
            self._finished.append(Finished.model_validate_json(outcome["record"]))
            self._progress(len(self._finished), self._all)
        if errors:
            others = "" if len(errors) == 1 else f"; {len(errors) - 1:,} more could not be tagged"
            raise PartitionError(f"{min(errors)}{others}")

    def summary(self) -> TagSummary:
        """What was found in those that are finished."""
        whole = TagSummary()
        for record in self._finished:
            whole.rows += record.rows
            whole.statuses.update(record.statuses)
            whole.themes.update(record.themes)
        return whole


def _outcomes(
    ray: ModuleType, job: Job, partitions: Sequence[StoredFile], actors: int | None
) -> Iterator[dict[str, Any]]:
    """Tag partitions with a pool of actors; what became of each comes as soon as it is known."""
    cores = int(ray.cluster_resources().get("CPU", 0))
    if not cores:
        raise ClusterError("the Ray cluster has no core to work with")
    most = min(actors or cores, cores, len(partitions))
    dataset = ray.data.from_items(
        [as_row(partition) for partition in partitions], override_num_blocks=len(partitions)
    ).map(
        PartitionTagger,
        fn_constructor_kwargs={"job": job},
        num_cpus=1,
        # one may go, so that the work of a lost node has a core to be done on
        compute=ray.data.ActorPoolStrategy(
            min_size=1, max_size=most, initial_size=most, max_tasks_in_flight_per_actor=1
        ),
    )
    dataset.context.enable_progress_bars = False
    dataset.context.print_on_execution_start = False
    yield from dataset.iter_rows()


def _on_every_node(model: str | Path) -> str:
    """Give a model's name as any node understands it: shipped ones lie elsewhere on each."""
    return str(model) if model in shipped_models() else str(Path(model).resolve())
