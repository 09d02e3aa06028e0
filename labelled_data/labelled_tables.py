"""Tables of labelled comments: the form in which Sayso itself keeps and takes them.

The columns are `id`, `question`, `text`, `themes` (ids joined by `;`), `sentiment`, `polarity`
(`theme=negative` joined by `;`), `evidence` (`theme=1+3` joined by `;`, the numbers of the
sentences that carry the theme, see `numbered_sentences`) and `language` (ISO 639 code, English
where it is left out). Only `text` and `themes` must be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data.errors import CodebookError, LabelError
from labelled_data.polarity import Polarity
from labelled_data.records import LabelledComment, sentiment_of
from labelled_data.spans import numbered_sentences
from labelled_data.tables import open_table, open_writer
from labelled_data.tables.values import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from labelled_data.codebook import Codebook
    from labelled_data.spans import Span

COLUMNS = (
    "id",
    "question",
    "text",
    "themes",
    "sentiment",
    "polarity",
    "evidence",
    "language",
)
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
        path: A file with the columns `text` and `themes`, and the others named above where known;
            further ones are passed over. Without an `id` column the row's number is the id.
        codebook: What the theme ids belong to.

    Returns:
        The comments in the order of the file.

    Raises:
        TableError: If the file cannot be read, or lacks a column.
        LabelError: If a text is blank, a theme is not in the codebook, a sentiment is not 1 to 5,
            a polarity is none of the four, or evidence names a sentence that is not there; the
            message names the row and the column.
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


def _pairs_in(cell: str, place: str) -> dict[str, str]:
    """Parts a cell of the form `theme=value;theme=value`.

    Args:
        cell: The cell.
        place: Where it stands, for the message.

    Raises:
        LabelError: If a part has no `=`, or a theme stands twice.
    """
    pairs: dict[str, str] = {}
    for part in theme_ids_in(cell):
        theme, equals, value = (each.strip() for each in part.partition("="))
        if not equals:
            raise LabelError(f"{place} has a part without '='")
        if theme in pairs:
            raise LabelError(f"{place} names {theme!r} twice")
        pairs[theme] = value
    return pairs


def _cells(comment: LabelledComment, codebook: Codebook) -> tuple[str, ...]:
    order = codebook.in_order(comment.themes)
    polarity = [
        f"{theme}={comment.polarity[theme]}" for theme in order if theme in comment.polarity
    ]
    evidence = [
        f"{theme}={_sentence_numbers(comment.text, comment.evidence[theme])}"
        for theme in order
        if theme in comment.evidence
    ]
    return (
        comment.id,
        comment.question or "",
        comment.text,
        SEPARATOR.join(order),
        "" if comment.sentiment is None else str(comment.sentiment),
        SEPARATOR.join(polarity),
        SEPARATOR.join(evidence),
        comment.language,
    )


def _sentence_numbers(text: str, spans: tuple[Span, ...]) -> str:
    """Give the numbers of the sentences that any of the spans touches."""
    return "+".join(
        str(number)
        for number, sentence in enumerate(numbered_sentences(text), 1)
        if any(span.start < sentence.end and sentence.start < span.end for span in spans)
    )


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
        polarity=polarity_in(row.get("polarity", ""), themes, f"{place}, column 'polarity'"),
        evidence=_evidence(
            row.get("evidence", ""), themes, row["text"], f"{place}, column 'evidence'"
        ),
        language=row.get("language") or "en",
    )


def polarity_in(cell: str, themes: tuple[str, ...], place: str) -> dict[str, Polarity]:
    """Reads a cell of the form `theme=negative;theme=mixed`.

    Args:
        cell: The cell.
        themes: Themes of the comment, which alone may stand in it.
        place: Where it stands, for the message.

    Raises:
        LabelError: If it is not of that form, names another theme, or no polarity.
    """
    pairs = _of_themes(cell, themes, place)
    known = set(Polarity)
    for theme, value in pairs.items():
        if value not in known:
            raise LabelError(f"{place}: {theme!r} is not {', '.join(Polarity)}")
    return {theme: Polarity(value) for theme, value in pairs.items()}


def _evidence(
    cell: str, themes: tuple[str, ...], text: str, place: str
) -> dict[str, tuple[Span, ...]]:
    pairs = _of_themes(cell, themes, place)
    spans = numbered_sentences(text) if pairs else ()
    numbers = {str(number): span for number, span in enumerate(spans, 1)}
    evidence = {}
    for theme, value in pairs.items():
        parts = [part.strip() for part in value.split("+")]
        if any(part not in numbers for part in parts):
            raise LabelError(
                f"{place}: {theme!r} names a sentence other than 1 to {len(spans)}, which are there"
            )
        evidence[theme] = tuple(numbers[part] for part in parts)
    return evidence


def _of_themes(cell: str, themes: tuple[str, ...], place: str) -> dict[str, str]:
    pairs = _pairs_in(cell, place)
    for theme in pairs:
        if theme not in themes:
            raise LabelError(f"{place}: {theme!r} is not among the themes of the row")
    return pairs
