"""What an output folder says of itself, so that a run can go on where another ended.

The folder ``_sayso`` in it holds ``settings.json``, which says what all partitions were tagged
with, and in ``finished`` a record of each one that is there, written right after it.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from models.cluster.errors import OutputMismatchError
from models.cluster.places import StoredFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.cluster.places import Place
    from models.tag_file import TagOptions

Record = TypeVar("Record", bound=BaseModel)

FOLDER = "_sayso"
SUFFIX = ".json"
_READERS = 16  # a store answers slowly, but many at a time


class Settings(BaseModel):
    """What all partitions of an output were tagged with.

    Attributes:
        model: Id, version and SHA-256 of the artefact's manifest, which vouches for its files.
        options: The options of `sayso tag`, by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["sayso-partitions"] = "sayso-partitions"
    format_version: Literal[1] = 1
    model: dict[str, str]
    options: dict[str, Any]

    @classmethod
    def of(cls, model: dict[str, str], options: TagOptions) -> Settings:
        """Make settings that are equal to those read from a file."""
        return cls(model=model, options=json.loads(json.dumps(asdict(options))))


class Finished(BaseModel):
    """The record of a partition that is finished.

    Attributes:
        name: Its name, in the input as in the output.
        size: Bytes of the input.
        changed: When the input last changed, in nanoseconds since 1970.
        written: Bytes of the output.
        rows: Rows read.
        statuses: Comments by status.
        themes: Comments by theme id.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    size: int
    changed: int
    written: int
    rows: int
    statuses: dict[str, int]
    themes: dict[str, int]

    @property
    def source(self) -> StoredFile:
        """The file it was made of."""
        return StoredFile(self.name, self.size, self.changed)


class Ledger:
    """The records of an output folder.

    Args:
        output: The folder, which need not be there yet.
    """

    def __init__(self, output: Place) -> None:
        self.output = output
        self._settings = output / FOLDER / "settings.json"
        self._finished = output / FOLDER / "finished"

    def begin(self, settings: Settings, partitions: Sequence[StoredFile]) -> list[Finished]:
        """Make an output folder ready for a run, or for one that goes on where another ended.

        Args:
            settings: What the run tags with.
            partitions: The files of its input.

        Returns:
            The records of the partitions that are finished.

        Raises:
            OutputMismatchError: The folder holds what was tagged with or made of something else;
                nothing in it was changed.
            TableError: The folder cannot be read or written.
        """
        there = {file.name: file.size for file in self.output.files()}
        if self._settings.stored() is None:
            self._refuse_strangers(partitions, there)
            self._settings.put(settings.model_dump_json(indent=1).encode())
            return []
        self._refuse_other_settings(settings)
        finished = self._records()
        self._refuse_other_files(finished, partitions, there)
        self.output.remove_unfinished()
        return [record for record in finished if record.name in there]

    def finished(self, partition: StoredFile) -> Finished | None:
        """Give the record of a partition, if it is finished.

        Raises:
            TableError: The store refuses, or the record is unreadable.
        """
        place = self._finished / f"{partition.name}{SUFFIX}"
        if place.stored() is None or (self.output / partition.name).stored() is None:
            return None
        record = _parse(Finished, place)
        return record if record.source == partition else None

    def add(self, record: Finished) -> None:
        """Write the record of a partition that is in place.

        Raises:
            WriteError: The store refuses.
        """
        place = self._finished / f"{record.name}{SUFFIX}"
        place.put(record.model_dump_json().encode())

    def _records(self) -> list[Finished]:
        files = [file for file in self._finished.files() if file.name.endswith(SUFFIX)]
        places = [self._finished / file.name for file in files if not file.name.startswith(".")]
        with ThreadPoolExecutor(_READERS) as readers:
            return list(readers.map(lambda place: _parse(Finished, place), places))

    def _refuse_strangers(self, partitions: Sequence[StoredFile], there: dict[str, int]) -> None:
        for partition in partitions:
            if partition.name in there:
                raise OutputMismatchError(
                    f"{(self.output / partition.name).shown} is there already, and no run of"
                    " sayso tag wrote it: name another output folder"
                )

    def _refuse_other_settings(self, settings: Settings) -> None:
        before = _parse(Settings, self._settings)
        if before.model != settings.model:
            raise OutputMismatchError(
                f"{self.output.shown} holds what {_named(before.model)} tagged, not"
                f" {_named(settings.model)}: name another output folder"
            )
        keys = before.options.keys() | settings.options.keys()
        other = sorted(key for key in keys if before.options.get(key) != settings.options.get(key))
        if other:
            raise OutputMismatchError(
                f"{self.output.shown} was begun with another {' and '.join(other)}: give the same"
                " options, or name another output folder"
            )

    def _refuse_other_files(
        self,
        finished: Sequence[Finished],
        partitions: Sequence[StoredFile],
        there: dict[str, int],
    ) -> None:
        given = {partition.name: partition for partition in partitions}
        for record in finished:
            shown = (self.output / record.name).shown
            if given.get(record.name) != record.source:
                now = "has changed since" if record.name in given else "is no longer in the input"
                raise OutputMismatchError(
                    f"{shown} was made of a file that {now}: name another output folder"
                )
            if there.get(record.name, record.written) != record.written:
                raise OutputMismatchError(
                    f"{shown} has changed since it was written: remove it to have it tagged"
                    " again, or name another output folder"
                )


def _named(model: dict[str, str]) -> str:
    return f"model {model['id']} {model['version']} ({model['sha256'][:12]})"


def _parse(kind: type[Record], place: Place) -> Record:
    try:
        return kind.model_validate_json(place.read())
    except ValidationError as error:
        raise OutputMismatchError(
            f"{place.shown} is no record that this version of sayso tag wrote"
        ) from error
