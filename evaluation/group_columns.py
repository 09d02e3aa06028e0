"""Finding out which group each comment of a file is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.coded_surveys import open_survey
from evaluation.groupings import GroupBy
from labelled_data import load_equality_scheme, shipped_equality_scheme
from labelled_data.tables import open_table
from labelled_data.tables.values import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evaluation.groupings import Grouping
    from evaluation.labelled import LabelledFile
    from labelled_data import EqualityScheme, LabelledComment


def asked_groups(
    labelled: LabelledFile, characteristics: Sequence[str], schemes: Mapping[str, str]
) -> tuple[GroupBy, ...]:
    """Say what to part the comments of a file by.

    Args:
        labelled: The file.
        characteristics: Characteristics of a survey, columns of any other file.
        schemes: For columns, the id of a shipped equality scheme, or the path of one's own.

    Raises:
        EqualitySchemeError: There is no such scheme.
        DataError: The survey's definition cannot be read, or has no such characteristic.
    """
    if labelled.format == "survey":
        survey = open_survey(labelled.path)
        return tuple(survey.parted_by(each) for each in characteristics)
    meanings = {column: _scheme(told) for column, told in schemes.items()}
    return tuple(GroupBy(column, column, meanings.get(column)) for column in characteristics)


def groupings(
    labelled: LabelledFile, comments: Sequence[LabelledComment], by: Sequence[GroupBy]
) -> dict[str, Grouping]:
    """Part comments of a file by each characteristic.

    Args:
        labelled: The file.
        comments: Comments that were read from it.
        by: What to part them by.

    Raises:
        TableError: The file cannot be read, or lacks a column.
        LabelError: A scheme does not know a value, whose row the message names, or a column has
            too many values to be groups.
    """
    path = open_survey(labelled.path).responses if labelled.format == "survey" else labelled.path
    cells = _cells(path, tuple(dict.fromkeys(each.column for each in by)))
    rows = [comment.source_row for comment in comments]
    return {each.characteristic: each.grouping(cells[each.column], rows, path) for each in by}


def _cells(path: Path, columns: Sequence[str]) -> dict[str, dict[int, str]]:
    """Read columns of a table, each as values by row."""
    table = open_table(path)
    cells: dict[str, dict[int, str]] = {table.require(column): {} for column in columns}
    for batch in table.batches():
        frame = as_text(batch.frame.select(columns))
        for column, values in cells.items():
            values.update(enumerate(frame[column].to_list(), batch.first_row))
    return cells


def _scheme(told: str) -> EqualityScheme:
    if told.endswith((".yaml", ".yml")):
        return load_equality_scheme(told)
    return shipped_equality_scheme(told)
