"""Importing the published Friends and Family Test comments.

The pxtextmining project publishes comments labelled with version 6 of the Patient Experience
Qualitative Data Categorisation framework as one CSV file, with a column for each label. Sayso does
not carry these comments; it reads that file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from labelled_data.codebook import Codebook, shipped_codebook
from labelled_data.errors import LabelError
from labelled_data.records import LabelledComment, sentiment_of
from labelled_data.tables import Table, open_table
from labelled_data.text import repair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row: TypeAlias = dict[str, str]

ADMINISTRATIVE = ("Not assigned", "Labelling not possible")
"""Columns that stand among the labels and are no themes."""

_ID = "Comment ID"
_TEXT = "FFT answer"
_QUESTION = "FFT question"
_SENTIMENT = "Comment sentiment"


@dataclass(frozen=True, slots=True)
class QdcImport:
    """What the published file holds.

    Attributes:
        comments: Every row with an answer, in the order of the file.
        empty_rows: How many rows had none and were left out.
    """

    comments: tuple[LabelledComment, ...]
    empty_rows: int


def read_qdc(path: str | Path) -> list[LabelledComment]:
    """Reads the labelled comments of the published file; rows without an answer are left out.

    Args:
        path: The published CSV file.

    Returns:
        The comments, as `import_qdc` gives them.

    Raises:
        TableError: If the file cannot be read.
        LabelError: If its columns or labels are not those of the framework.
    """
    return list(import_qdc(path).comments)


def import_qdc(path: str | Path) -> QdcImport:
    """Reads the published file and counts the rows it leaves out.

    Mis-decoded text is mended, and runs of white space in a question become one space.

    Args:
        path: The published CSV file.

    Returns:
        Its comments, with themes of the `fft` codebook, and how many rows have no answer.

    Raises:
        TableError: If the file cannot be read.
        LabelError: If a column is missing, a label column is not in the framework, a label is
            neither 1, 0 nor empty, or a sentiment is neither 1 to 5 nor empty; the message names
            row and column.
    """
    book = shipped_codebook("fft")
    table = open_table(path)
    _refuse_other_columns(table, book)
    comments: list[LabelledComment] = []
    empty_rows = 0
    for number, row in _rows(table):
        comment = _comment(table.path, book, number, row)
        if comment is None:
            empty_rows += 1
        else:
            comments.append(comment)
    return QdcImport(tuple(comments), empty_rows)


def _refuse_other_columns(table: Table, book: Codebook) -> None:
    labels = [theme.source_label for theme in book.themes if theme.source_label]
    missing = [
        name for name in (_ID, _QUESTION, _TEXT, _SENTIMENT, *labels) if name not in table.columns
    ]
    if missing:
        raise LabelError(f"{table.path} lacks the columns {_listed(missing)}")
    after = table.columns[table.columns.index(_SENTIMENT) + 1 :]
    unknown = [name for name in after if name not in labels and name not in ADMINISTRATIVE]
    if unknown:
        raise LabelError(
            f"{table.path} has label columns that are not in the framework: {_listed(unknown)}"
        )


def _rows(table: Table) -> Iterator[tuple[int, Row]]:
    for batch in table.batches():
        yield from enumerate(batch.frame.iter_rows(named=True), start=batch.first_row)


def _comment(path: Path, book: Codebook, number: int, row: Row) -> LabelledComment | None:
    labelled = tuple(
        theme.id
        for theme in book.themes
        if theme.source_label and _is_set(path, number, theme.source_label, row[theme.source_label])
    )
    sentiment = sentiment_of(row[_SENTIMENT], f"{path} row {number}, column {_SENTIMENT!r}")
    text = repair(row[_TEXT]).strip()
    if not text:
        return None
    return LabelledComment(
        id=row[_ID],
        text=text,
        question=" ".join(row[_QUESTION].split()) or None,
        themes=labelled,
        sentiment=sentiment,
        source_row=number,
    )


def _is_set(path: Path, number: int, label: str, cell: str) -> bool:
    if cell.strip() not in ("", "0", "1"):
        raise LabelError(f"{path} row {number}, column {label!r} holds neither 1 nor 0 nor nothing")
    return cell.strip() == "1"


def _listed(names: list[str]) -> str:
    return ", ".join(map(repr, names))
