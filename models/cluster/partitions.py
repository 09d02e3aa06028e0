"""The partitions of an input: its files, each of which is tagged whole by one actor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from labelled_data.errors import UnreadableError, WriteError

if TYPE_CHECKING:
    from models.cluster.places import Place, StoredFile

FORMATS = (".parquet", ".csv", ".tsv")


def partitions_of(source: Place, output: Place) -> tuple[Place, list[StoredFile]]:
    """Find the files to tag.

    Files and folders whose names begin with a dot or an underscore are left out, as by every
    program that writes such folders.

    Args:
        source: A folder of Parquet or CSV files, at any depth, or one such file.
        output: The folder to write to.

    Returns:
        The folder that the names start from, and its files, by name.

    Raises:
        UnreadableError: The input is not there, holds no file, or one of another format.
        WriteError: The output would mix with the input.
    """
    if source.is_file():
        folder, files = source.parent, [file for file in (source.stored(),) if file]
        mixed = output.is_within(folder) and folder.is_within(output)
    else:
        folder, files = source, [file for file in source.files() if not _is_hidden(file.name)]
        mixed = output.is_within(folder) or folder.is_within(output)
    if mixed:
        raise WriteError(
            f"{output.shown}: the output would mix with the input; name another folder"
        )
    _refuse_other_formats(folder, files)
    if not files:
        raise UnreadableError(f"{source.shown} holds no Parquet or CSV file")
    return folder, files


def as_row(file: StoredFile) -> dict[str, str | int]:
    """Write a partition as the row of a dataset."""
    return {"name": file.name, "size": file.size, "changed": file.changed}


def has_changed(folder: Place, file: StoredFile) -> bool:
    """Tell whether a partition is no longer as it was when it was listed."""
    now = (folder / file.name).stored()
    return now is None or replace(now, name=file.name) != file


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "_")) for part in PurePosixPath(name).parts)


def _refuse_other_formats(folder: Place, files: list[StoredFile]) -> None:
    for file in files:
        if PurePosixPath(file.name).suffix.lower() not in FORMATS:
            raise UnreadableError(
                f"{(folder / file.name).shown} is neither Parquet nor CSV; take it out of the"
                " folder, or begin its name with an underscore to have it left alone"
            )
