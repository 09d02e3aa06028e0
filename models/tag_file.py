"""Tagging a whole file: a table in, the same table with themes out, in constant memory."""

from __future__ import annotations

import time
from collections import Counter, deque
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Self

import numpy as np
import polars as pl

from labelled_data.errors import HeaderError, WriteError
from labelled_data.tables import open_table, open_writer
from labelled_data.tables.headers import listed
from labelled_data.tables.values import as_text
from models.predictions import Effort, OperatingPoint, Prediction
from models.remembered_answers import RememberedAnswers
from models.tagging_processes import TaggingProcesses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from labelled_data.tables import Table, TableBatch
    from models.remembered_answers import Told
    from models.tagger import Tagger

    Progress = Callable[["TableBatch"], None]

ROWS = 2_000
"""Most rows that are tagged together; the tables give fewer where these are long."""
WORTH = 4.0
"""Seconds that the rest of a file must be thought to take for processes to be begun for it."""
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
    tagger: Tagger,
    source: Path,
    output: Path,
    options: TagOptions,
    progress: Progress,
    processes: int = 1,
    worth: float = WORTH,
) -> TagSummary:
    """Tag a table's comments and write the table with its columns unchanged and themes added.

    Args:
        tagger: The tagger.
        source: CSV, TSV, Excel, Parquet or JSON lines file.
        output: Where to write; the format follows the extension. The file appears when all of it
            is written, or not at all.
        options: What to read and what to write.
        progress: Called after each batch of rows.
        processes: In how many processes to go on when the first rows show that the rest will take
            long; 1 for this one alone.
        worth: How long, in seconds.

    Raises:
        TableError: The source cannot be read, a row is wrong, a column is missing or would stand
            twice, or the output cannot be written.
        TaggingProcessError: A process that tagged has ended before its time.
    """
    table = open_table(source, sheet=options.sheet)
    with _FileTagger(tagger, table, options, processes, worth) as file:
        return file.run(output, progress)


class _FileTagger:
    def __init__(
        self, tagger: Tagger, table: Table, options: TagOptions, processes: int, worth: float
    ) -> None:
        self._tagger, self._table, self._options = tagger, table, options
        chosen = options.text_columns or (guess_text_column(table),)
        self._texts = tuple(dict.fromkeys(table.require(column) for column in chosen))
        if options.question_column is not None:
            table.require(options.question_column)
        self._answers = RememberedAnswers(self._ask)
        self._wanted, self._worth = processes, worth
        self._processes: TaggingProcesses | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def run(self, output: Path, progress: Progress) -> TagSummary:
        _refuse_same_file(self._table.path, output)
        summary = TagSummary()
        with open_writer(output, self._columns()) as writer:
            for batch, frame, predictions in self._in_order():
                writer.write(frame)
                summary.add(batch.frame.height, predictions)
                progress(batch)
        return summary

    def _in_order(self) -> Iterator[tuple[TableBatch, pl.DataFrame, list[Prediction]]]:
        """Give batches with what is written of them, as many under way as there are processes."""
        started = time.perf_counter()
        under_way: deque[tuple[TableBatch, Told]] = deque()
        last: TableBatch | None = None
        for batch in self._table.batches(ROWS):
            if last is not None:
                self._begin_processes(last, time.perf_counter() - started)
            last = batch
            under_way.append((batch, self._begun(batch)))
            ahead = self._processes.processes if self._processes else 0
            while len(under_way) > ahead:
                yield self._finished(*under_way.popleft())
        while under_way:
            yield self._finished(*under_way.popleft())

    def _begin_processes(self, done: TableBatch, seconds: float) -> None:
        """Begin them where it has become plain that the rest of the file takes long.

        Where a format does not tell how much is left, that is thought to be as much as is done.
        """
        if self._processes or self._wanted == 1:
            return
        size = self._table.path.stat().st_size
        left = size / done.position - 1 if done.position else 1
        if seconds * left > self._worth:
            options = self._options
            self._processes = self._open.enter_context(
                TaggingProcesses(
                    self._tagger.folder, self._wanted, options.operating_point, options.effort
                )
            )

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

    def _begun(self, batch: TableBatch) -> Told:
        frame = batch.frame
        columns = [_strings(frame, column) for column in self._texts]
        texts = [column[row] for row in range(frame.height) for column in columns]
        return self._answers.begin(texts, self._questions(frame))

    def _finished(
        self, batch: TableBatch, told: Told
    ) -> tuple[TableBatch, pl.DataFrame, list[Prediction]]:
        frame, per_row, predictions = batch.frame, len(self._texts), told()
        if per_row > 1:
            asked = pl.Series("question", self._questions(frame), dtype=pl.String)
            repeats = np.repeat(np.arange(frame.height), per_row)
            rows = [batch.first_row + int(row) for row in repeats]
            frame = frame[repeats].hstack([pl.Series("row", rows, dtype=pl.Int64), asked])
        return batch, frame.hstack(self._added(predictions)), predictions

    def _ask(self, texts: list[str], questions: list[str | None]) -> Told:
        options = self._options
        if self._processes:
            return self._processes.begin(texts, questions)
        return partial(
            self._tagger.tag,
            texts,
            questions,
            options.operating_point,
            effort=options.effort,
        )

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
