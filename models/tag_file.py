"""Tagging a whole file: a table in, the same table with themes out, in constant memory."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from labelled_data.errors import HeaderError, WriteError
from labelled_data.tables import open_table, open_writer
from labelled_data.tables.headers import listed
from labelled_data.tables.values import as_text
from models.predictions import Effort, OperatingPoint, Prediction
from models.remembered_answers import RememberedAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from labelled_data.tables import Table, TableBatch
    from models.tagger import Tagger

    Progress = Callable[["TableBatch"], None]

ROWS = 2_000
"""Most rows that are tagged together; the tables give fewer where these are long."""
TEXT_NAMES = ("comment", "comments", "text", "answer", "fft answer", "free text", "response")
"""Names by which the column of comments is guessed where none is given."""


@dataclass(frozen=True, slots=True)
class TagOptions:
    """What to read and what to write.

    Attributes:
        text_columns: Columns of comments; guessed when empty. With several, the output has one
            row per comment.
        question_column: Column with the question each comment answers.
        question: The question all comments answer, where no column holds it.
        operating_point: Which thresholds to use.
        effort: How much work goes into each comment.
        scores: Whether to write a column ``score.<theme id>`` for each theme.
        evidence: Whether to write a column ``evidence`` after ``polarity``: the places in the
            comment that carry each theme, such as ``waiting=0-34+56-80;parking=35-55``, from the
            first character up to but not including the last number, counted from 0 in the comment
            as it was given.
        sheet: Sheet of a workbook; the first when None.
    """

    text_columns: tuple[str, ...] = ()
    question_column: str | None = None
    question: str | None = None
    operating_point: OperatingPoint = OperatingPoint.BALANCED
    effort: Effort = Effort.ACCURATE
    scores: bool = False
    evidence: bool = False
    sheet: str | None = None


@dataclass(slots=True)
class TagSummary:
    """What was found in a file.

    Attributes:
        rows: Rows read.
        statuses: Comments by status.
        themes: Comments by theme id.
    """

    rows: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    themes: Counter[str] = field(default_factory=Counter)

    @property
    def comments(self) -> int:
        """Comments seen, read or not."""
        return self.statuses.total()

    def add(self, rows: int, predictions: Sequence[Prediction]) -> None:
        """Count another batch in."""
        self.rows += rows
        self.statuses.update(prediction.status.value for prediction in predictions)
        self.themes.update(theme for prediction in predictions for theme in prediction.themes)


def tag_file(
    tagger: Tagger, source: Path, output: Path, options: TagOptions, progress: Progress
) -> TagSummary:
    """Tag a table's comments and write the table with its columns unchanged and themes added.

    Args:
        tagger: The tagger.
        source: CSV, TSV, Excel, Parquet or JSON lines file.
        output: Where to write; the format follows the extension. The file appears when all of it
            is written, or not at all.
        options: What to read and what to write.
        progress: Called after each batch of rows.

    Raises:
        TableError: The source cannot be read, a row is wrong, a column is missing or would stand
            twice, or the output cannot be written.
    """
    return _FileTagger(tagger, open_table(source, sheet=options.sheet), options).run(
        output, progress
    )


class _FileTagger:
    def __init__(self, tagger: Tagger, table: Table, options: TagOptions) -> None:
        self._tagger, self._table, self._options = tagger, table, options
        chosen = options.text_columns or (guess_text_column(table),)
        self._texts = tuple(dict.fromkeys(table.require(column) for column in chosen))
        if options.question_column is not None:
            table.require(options.question_column)
        self._answers = RememberedAnswers(self._ask)

    def run(self, output: Path, progress: Progress) -> TagSummary:
        _refuse_same_file(self._table.path, output)
        summary = TagSummary()
        with open_writer(output, self._columns()) as writer:
            for batch in self._table.batches(ROWS):
                frame, predictions = self._tagged(batch)
                writer.write(frame)
                summary.add(batch.frame.height, predictions)
                progress(batch)
        return summary

    def _columns(self) -> tuple[str, ...]:
        added = ["row", "question"] if len(self._texts) > 1 else []
        added += ["status", "themes", "polarity"]
        added += ["evidence"] if self._options.evidence else []
        if self._options.scores:
            added += [f"score.{theme}" for theme in self._tagger.codebook.theme_ids]
        for column in added:
            if column in self._table.columns:
                raise HeaderError(
                    f"{self._table.path} already has a column {column!r}, which tagging would"
                    " add: rename it first"
                )
        return (*self._table.columns, *added)

    def _tagged(self, batch: TableBatch) -> tuple[pl.DataFrame, list[Prediction]]:
        frame, per_row = batch.frame, len(self._texts)
        columns = [_strings(frame, column) for column in self._texts]
        texts = [column[row] for row in range(frame.height) for column in columns]
        questions = self._questions(frame)
        predictions = self._answers.tag(texts, questions)
        if per_row > 1:
            repeats = np.repeat(np.arange(frame.height), per_row)
            rows = [batch.first_row + int(row) for row in repeats]
            asked = pl.Series("question", questions, dtype=pl.String)
            frame = frame[repeats].hstack([pl.Series("row", rows, dtype=pl.Int64), asked])
        return frame.hstack(self._added(predictions)), predictions

    def _ask(self, texts: list[str], questions: list[str | None]) -> list[Prediction]:
        options = self._options
        return self._tagger.tag(texts, questions, options.operating_point, effort=options.effort)

    def _questions(self, frame: pl.DataFrame) -> list[str | None]:
        options, per_row = self._options, len(self._texts)
        if options.question_column is not None:
            asked = _strings(frame, options.question_column)
            return [question or None for question in asked for _ in range(per_row)]
        if options.question is not None:
            return [options.question] * (frame.height * per_row)
        return [self._header_as_question(column) for column in self._texts] * frame.height

    def _header_as_question(self, column: str) -> str | None:
        """A header is the question where it must tell comments apart, or plainly asks one."""
        return column if len(self._texts) > 1 or column.rstrip().endswith("?") else None

    def _added(self, predictions: list[Prediction]) -> list[pl.Series]:
        added = [
            pl.Series("status", [p.status.value for p in predictions], dtype=pl.String),
            pl.Series("themes", [";".join(p.themes) for p in predictions], dtype=pl.String),
            pl.Series("polarity", [_polarities(p) for p in predictions], dtype=pl.String),
        ]
        if self._options.evidence:
            places = [_evidence(p) for p in predictions]
            added.append(pl.Series("evidence", places, dtype=pl.String))
        if self._options.scores:
            added += _scores(predictions, self._tagger.codebook.theme_ids)
        return added


def guess_text_column(table: Table) -> str:
    """Guess which column holds the comments: the only one, or the only one so named.

    Raises:
        HeaderError: No column, or more than one, could be it.
    """
    if len(table.columns) == 1:
        return table.columns[0]
    likely = [column for column in table.columns if column.strip().casefold() in TEXT_NAMES]
    if len(likely) == 1:
        return likely[0]
    raise HeaderError(
        f"{table.path}: say which column holds the comments with --text-column; it has"
        f" {listed(table.columns)}"
    )


def _strings(frame: pl.DataFrame, column: str) -> list[str]:
    values: list[str] = as_text(frame[column].to_frame())[column].to_list()
    return values


def _polarities(prediction: Prediction) -> str:
    told = [(tag.theme, tag.polarity) for tag in prediction.tags if tag.polarity is not None]
    return ";".join(f"{theme}={polarity}" for theme, polarity in told)


def _evidence(prediction: Prediction) -> str:
    return ";".join(
        f"{tag.theme}={'+'.join(f'{span.start}-{span.end}' for span in tag.evidence)}"
        for tag in prediction.tags
        if tag.evidence
    )


def _scores(predictions: list[Prediction], themes: Sequence[str]) -> list[pl.Series]:
    """Give a column for each theme, null for a comment that was not read."""
    unread = (np.nan,) * len(themes)
    scores = np.round([p.scores or unread for p in predictions], 6)
    columns = np.asfortranarray(scores.reshape(-1, len(themes))).T
    return [
        pl.Series(f"score.{theme}", column, nan_to_null=True)
        for theme, column in zip(themes, columns, strict=True)
    ]


def _refuse_same_file(source: Path, output: Path) -> None:
    with suppress(OSError):  # there is no such output yet
        if output.samefile(source):
            raise WriteError(f"{source}: the output would replace the input; name another file")
