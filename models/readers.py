"""The readers of an artefact at work: comments in, decided themes with their reading out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
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

    from models.cascade import Cascade
    from models.decision import Decision
    from models.encoder import Encoder, Reader
    from models.encoding import CommentEncoder, Window
    from models.ngrams import NgramModel
    from models.predictions import Effort, OperatingPoint
    from models.reading import Reading, Said
    from models.sentiment import SentimentHead

    Floats = npt.NDArray[np.floating]
    Flags = npt.NDArray[np.bool_]
    Windows = list[Window]


TOGETHER = 64
"""Comments that are waited for, to be decided on at once; each lot takes a while to begin."""


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

    The encoders run in threads. A comment that the quick encoder leaves goes to the encoder as soon
    as that is known, and an answer can be taken as soon as it stands.

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
        self._point = point
        self._effort = effort
        self._comments: list[_Comment] = []
        self._answered: list[tuple[int, Answer]] = []
        quick = _quick_at(readers, effort)
        self._quick = _Pass(quick, quick.encoder.reader(pool)) if quick else None
        self._last = _Pass(readers.encoder, readers.encoder.encoder.reader(pool))

    def add(self, texts: Sequence[str], questions: Sequence[str | None]) -> None:
        """Take on comments that can be read."""
        if not texts:
            return
        start = len(self._comments)
        plain = self._readers.ngrams.logits(texts, questions)
        themes = len(self._readers.decision.slopes)
        for text, row in zip(texts, plain, strict=True):
            self._comments.append(_Comment(text, row[:themes]))
        left = self._left_by_ngrams(start, texts, questions, plain)
        windows = self._readers.comments.windows_of(
            [texts[row] for row in left], [questions[row] for row in left]
        )
        first = self._quick or self._last
        for row, parts in zip(left, windows, strict=True):
            self._comments[start + row].windows = parts
            first.add(start + row, texts[row], parts)
        if self._quick:
            self._pass_on(self._quick.take())

    def answers(self) -> Iterator[tuple[int, Answer]]:
        """Give each comment's number and its answer, as they come; numbers go from 0."""
        if self._quick:
            self._quick.reader.send()
            while self._quick.reader.reads:
                self._pass_on(self._quick.take(TOGETHER))
        self._last.reader.send()
        yield from self._answered
        while self._last.reader.reads:
            yield from self._settled(self._last.take(TOGETHER))

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
            self._answered.append((start + row, decided.answer(row, sentiment, reading)))
        return np.flatnonzero(~sure).tolist()

    def _pass_on(self, read: list[tuple[int, Reading]]) -> None:
        """Answer what the quick encoder is sure of; hand the rest to the encoder."""
        cascade = self._readers.cascade
        if not read or self._quick is None or cascade is None:
            return
        stage = cascade.quick
        decided = self._decided(stage.decision, read)
        sides = np.stack([reading.polarity for _, reading in read]).max(axis=1)
        characters = np.array([len(self._comments[comment].text) for comment, _ in read])
        sure = stage.answers(decided.scores, sides, characters, self._effort).tolist()
        for row, (number, reading) in enumerate(read):
            if sure[row]:
                sentiment = self._quick.by.sentiment_of(reading)
                self._answered.append((number, decided.answer(row, sentiment, reading)))
            else:
                comment = self._comments[number]
                comment.by_quick = reading
                self._last.add(number, comment.text, comment.windows)

    def _settled(self, read: list[tuple[int, Reading]]) -> Iterator[tuple[int, Answer]]:
        """Answer what the encoder has read."""
        if self._readers.cascade and self._readers.cascade.mean:
            read = [(number, self._mean(number, reading)) for number, reading in read]
        if not read:
            return
        decided = self._decided(self._readers.decision, read)
        for row, (number, reading) in enumerate(read):
            sentiment = self._readers.encoder.sentiment_of(reading)
            yield number, decided.answer(row, sentiment, reading)

    def _mean(self, number: int, reading: Reading) -> Reading:
        by_quick = self._comments[number].by_quick
        return mean_reading(reading, by_quick) if by_quick else reading

    def _decided(self, decision: Decision, read: list[tuple[int, Reading]]) -> _Decided:
        encoded = np.array([reading.logits for _, reading in read])
        plain = np.array([self._comments[number].plain for number, _ in read])
        return _Decided.by(decision, encoded, plain, self._point)


@dataclass(slots=True)
class _Comment:
    """A comment that is being read.

    Attributes:
        text: The comment.
        plain: (themes,) log-odds by the n-grams.
        windows: What the encoders read of it, once it has come to them.
        by_quick: What the quick encoder made of it, where it has left it.
    """

    text: str
    plain: Floats
    windows: Windows = field(default_factory=list)
    by_quick: Reading | None = None


@dataclass(slots=True)
class _Pass:
    """Comments that go through one encoder.

    Attributes:
        by: The encoder and its sentiment.
        reader: Reads them.
        numbers: Which comment each of the reader's is.
    """

    by: NeuralReader
    reader: Reader
    numbers: list[int] = field(default_factory=list)

    def add(self, number: int, text: str, windows: Windows) -> None:
        self.reader.add(text, windows)
        self.numbers.append(number)

    def take(self, at_least: int = 0) -> list[tuple[int, Reading]]:
        return [(self.numbers[place], reading) for place, reading in self.reader.take(at_least)]


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
