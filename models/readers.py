"""The readers of an artefact at work: comments in, decided themes with their reading out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from models.cascade import NOBODY
from models.encoder import reading_pool
from models.plain_reading import SIDES, plain_readings
from models.reading import mean_reading
from models.sentiment import sentiment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import ThreadPoolExecutor

    import numpy.typing as npt

    from models.cascade import Cascade, Stage
    from models.decision import Decision
    from models.encoder import Encoder
    from models.encoding import CommentEncoder, Window
    from models.ngrams import NgramModel
    from models.predictions import Effort, OperatingPoint
    from models.reading import Reading, Said
    from models.sentiment import SentimentHead

    Floats = npt.NDArray[np.floating]
    Flags = npt.NDArray[np.bool_]
    Windows = list[Window]


class ThemeReading(Protocol):
    """What a reader found in a comment beside its themes' scores."""

    def said(self, theme: int, share: float) -> Said:
        """Give what is said of a theme, see ``Reading.said``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader that answers a comment says of it.

    Attributes:
        scores: (themes,) calibrated scores.
        given: Places of the themes that are given.
        unsure: Whether no theme is given, but one nearly was.
        sentiment: 1 to 5, ``None`` where the artefact does not tell.
        decision: How the reader decides.
        reading: What else it found.
    """

    scores: list[float]
    given: list[int]
    unsure: bool
    sentiment: int | None
    decision: Decision
    reading: ThemeReading


@dataclass(frozen=True, slots=True)
class NeuralReader:
    """An encoder with what it says of a comment's sentiment, where it does."""

    encoder: Encoder
    sentiment: SentimentHead | None

    def sentiment_of(self, reading: Reading) -> int | None:
        """Give a comment's sentiment, 1 to 5."""
        return self.sentiment.predict(reading.state) if self.sentiment else None


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of one artefact, which share its n-grams and its tokenizer.

    Attributes:
        decision: How the last reader decides: the encoder, or the mean of both, with the n-grams.
        ngrams: (themes [+ 4 of sentiment] + 2) columns; without a cascade the themes' alone.
        comments: Parts comments into windows.
        encoder: The dearest.
        quick: The quick encoder, where the artefact has one.
        cascade: When each of the cheaper ones answers; given together with ``quick``.
    """

    decision: Decision
    ngrams: NgramModel
    comments: CommentEncoder
    encoder: NeuralReader
    quick: NeuralReader | None = None
    cascade: Cascade | None = None

    @contextmanager
    def at_work(self, point: OperatingPoint, effort: Effort) -> Iterator[AtWork]:
        """Begin to read comments, which are taken on as they come."""
        with reading_pool(self.encoder.encoder.threads) as pool:
            yield AtWork(self, pool, point, effort)


class AtWork:
    """Comments that are being read; while some are, others can be made ready.

    Args:
        readers: Who reads.
        pool: Where the encoders run.
        point: Which thresholds to use.
        effort: How sure a cheaper reader must be.
    """

    def __init__(
        self, readers: Readers, pool: ThreadPoolExecutor, point: OperatingPoint, effort: Effort
    ) -> None:
        self._readers = readers
        self._pool = pool
        self._point = point
        self._effort = effort
        self._answers: dict[int, Answer] = {}
        self._texts: list[str] = []
        self._windows: dict[int, Windows] = {}
        self._plain: dict[int, Floats] = {}
        self._quick = _quick_at(readers, effort)
        self._reader = (self._quick or readers.encoder).encoder.reader(pool)
        self._read: list[int] = []
        self._by_quick: dict[int, Reading] = {}

    def add(self, texts: Sequence[str], questions: Sequence[str | None]) -> None:
        """Take on comments that can be read."""
        if not texts:
            return
        start = len(self._texts)
        self._texts += texts
        plain = self._readers.ngrams.logits(texts, questions)
        left = self._left_by_ngrams(start, texts, questions, plain)
        themes = len(self._readers.decision.slopes)
        windows = self._readers.comments.windows_of(
            [texts[row] for row in left], [questions[row] for row in left]
        )
        for row, parts in zip(left, windows, strict=True):
            self._windows[start + row] = parts
            self._plain[start + row] = plain[row, :themes]
            self._read.append(start + row)
            self._reader.add(texts[row], parts)

    def answers(self) -> list[Answer]:
        """Wait for all comments to be read; give the answers in their order."""
        if self._quick and self._readers.cascade:
            left = self._left_by_quick(self._quick, self._readers.cascade.quick)
            self._reader = self._readers.encoder.encoder.reader(self._pool)
            for comment in left:
                self._reader.add(self._texts[comment], self._windows[comment])
            self._read = left
        readings = self._reader.readings()
        if self._readers.cascade and self._readers.cascade.mean:
            readings = [
                mean_reading(reading, self._by_quick[comment])
                for comment, reading in zip(self._read, readings, strict=True)
            ]
        decided = self._decided(self._readers.decision, readings)
        for row in range(len(readings)):
            self._settle(row, readings, decided, self._readers.encoder)
        return [self._answers[comment] for comment in range(len(self._texts))]

    def _left_by_ngrams(
        self, start: int, texts: Sequence[str], questions: Sequence[str | None], plain: Floats
    ) -> list[int]:
        """Answer what the n-grams are sure of; give the rows of the rest."""
        cascade = self._readers.cascade
        if cascade is None:
            return list(range(len(texts)))
        stage, themes = cascade.ngrams, len(self._readers.decision.slopes)
        logits = plain[:, :themes]
        decided = _Decided.by(stage.decision, logits, logits, self._point)
        characters = np.array([len(text) for text in texts])
        sure = stage.answers(decided.scores, plain[:, -SIDES:], characters, self._effort)
        rows = np.flatnonzero(sure).tolist()
        readings = plain_readings(
            self._readers.ngrams,
            [texts[row] for row in rows],
            [questions[row] for row in rows],
            plain[rows],
            needed=[bool(decided.given[row]) for row in rows],
        )
        tells = plain.shape[1] > themes + SIDES
        for row, reading in zip(rows, readings, strict=True):
            sentiment = sentiment_of(plain[row, themes:-SIDES]) if tells else None
            self._answers[start + row] = decided.answer(row, sentiment, reading)
        return np.flatnonzero(~sure).tolist()

    def _left_by_quick(self, quick: NeuralReader, stage: Stage) -> list[int]:
        """Answer what the quick encoder is sure of; give the comments that are left."""
        readings = self._reader.readings()
        if not readings:
            return []
        decided = self._decided(stage.decision, readings)
        sides = np.stack([reading.polarity.max(axis=0) for reading in readings])
        characters = np.array([len(self._texts[comment]) for comment in self._read])
        sure = stage.answers(decided.scores, sides, characters, self._effort)
        for row in np.flatnonzero(sure).tolist():
            self._settle(row, readings, decided, quick)
        left = np.flatnonzero(~sure).tolist()
        self._by_quick = {self._read[row]: readings[row] for row in left}
        return list(self._by_quick)

    def _decided(self, decision: Decision, readings: Sequence[Reading]) -> _Decided:
        themes = len(decision.slopes)
        encoded = np.array([reading.logits for reading in readings]).reshape(-1, themes)
        plain = np.array([self._plain[comment] for comment in self._read]).reshape(-1, themes)
        return _Decided.by(decision, encoded, plain, self._point)

    def _settle(
        self, row: int, readings: Sequence[Reading], decided: _Decided, by: NeuralReader
    ) -> None:
        reading = readings[row]
        sentiment = by.sentiment_of(reading)
        self._answers[self._read[row]] = decided.answer(row, sentiment, reading)


def _quick_at(readers: Readers, effort: Effort) -> NeuralReader | None:
    """Give the quick encoder where it may answer, or has a say in what the last reader answers."""
    cascade = readers.cascade
    if cascade is None or not (cascade.mean or cascade.quick.sure_from[effort] < NOBODY):
        return None
    return readers.quick


@dataclass(frozen=True, slots=True)
class _Decided:
    """A reader's scores of n comments and what follows from them."""

    decision: Decision
    scores: Floats
    given: list[list[int]]
    unsure: list[bool]
    listed: list[list[float]]

    @classmethod
    def by(
        cls, decision: Decision, encoded: Floats, plain: Floats, point: OperatingPoint
    ) -> _Decided:
        scores = decision.scores(encoded, plain)
        given: list[list[int]] = [[] for _ in range(len(scores))]
        for row, place in np.argwhere(decision.given(scores, point)).tolist():
            given[row].append(place)
        unsure = decision.is_unsure(scores, point).tolist() if len(scores) else []
        return cls(decision, scores, given, unsure, scores.tolist())

    def answer(self, row: int, sentiment: int | None, reading: ThemeReading) -> Answer:
        return Answer(
            scores=self.listed[row],
            given=self.given[row],
            unsure=self.unsure[row],
            sentiment=sentiment,
            decision=self.decision,
            reading=reading,
        )
