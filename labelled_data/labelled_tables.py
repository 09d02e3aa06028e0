"""Tables of labelled comments: the form in which Sayso itself keeps and takes them.

The columns are `id`, `question`, `text`, `themes` (ids joined by `;`) and `sentiment`. Only `text`
and `themes` must be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data.errors import CodebookError, LabelError
from labelled_data.records import LabelledComment, sentiment_of
from labelled_data.tables import open_table, open_writer
from labelled_data.tables.values import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from labelled_data.codebook import Codebook

COLUMNS = ("id", "question", "text", "themes", "sentiment")
SEPARATOR = ";"


def write_labelled(
    path: str | Path, comments: Iterable[LabelledComment], codebook: Codebook
) -> int:
    """Writes labelled comments as a table, whole or not at all.

    Args:
        path: The file; its extension gives the format.
        comments: What to write, in this order.
        codebook: Gives the order of themes.

    Returns:
        How many comments were written.

    Raises:
        CodebookError: If a comment has a theme that is not in the codebook.
        WriteError: If the file cannot be written.
    """
    import polars as pl

    rows = [_cells(comment, codebook) for comment in comments]
    with open_writer(path, COLUMNS) as writer:
        writer.write(pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row"))
    return len(rows)


def read_labelled(path: str | Path, codebook: Codebook) -> list[LabelledComment]:
    """Reads labelled comments from a table of any format.

    Args:
        path: A file with the columns `text` and `themes`, and `id`, `question` and `sentiment`
            where known; others are passed over. Without an `id` column the row's number is the id.
        codebook: What the theme ids belong to.

    Returns:
        The comments in the order of the file.

    Raises:
        TableError: If the file cannot be read, or lacks a column.
        LabelError: If a text is blank, a theme is not in the codebook, or a sentiment is not 1 to
            5; the message names the row.
    """
    table = open_table(path)
    for column in ("text", "themes"):
        table.require(column)
    return [
        _comment(table.path, number, row, codebook)
        for batch in table.batches()
        for number, row in enumerate(as_text(batch.frame).iter_rows(named=True), batch.first_row)
    ]


def theme_ids_in(cell: str) -> tuple[str, ...]:
    """Parts the theme ids of a cell, in the order in which they stand."""
    return tuple(part.strip() for part in cell.split(SEPARATOR) if part.strip())


def _cells(comment: LabelledComment, codebook: Codebook) -> tuple[str, ...]:
    sentiment = "" if comment.sentiment is None else str(comment.sentiment)
    themes = SEPARATOR.join(codebook.in_order(comment.themes))
    return (comment.id, comment.question or "", comment.text, themes, sentiment)


def _comment(path: Path, number: int, row: dict[str, str], codebook: Codebook) -> LabelledComment:
    place = f"{path} row {number}"
    if not row["text"].strip():
        raise LabelError(f"{place}, column 'text' is empty")
    try:
        themes = codebook.in_order(theme_ids_in(row["themes"]))
    except CodebookError as error:
        raise LabelError(f"{place}, column 'themes': {error}") from error
    return LabelledComment(
        id=row.get("id") or str(number),
        text=row["text"],
        question=row.get("question") or None,
        themes=themes,
        sentiment=sentiment_of(row.get("sentiment", ""), f"{place}, column 'sentiment'"),
        source_row=number,
    )
