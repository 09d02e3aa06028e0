"""How much a worker does at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.records import Work

PIECES = 4
"""Pieces of a batch: the more there were, the more would be done for nothing when it is killed."""

_GROWTH = 4
_QUESTION = 50


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How a worker goes about it.

    Attributes:
        batch: Most comments claimed and written at a time.
        piece: Comments tagged at a time while others wait, and shortly after.
        shortly: Seconds for which others who waited are likely to come again.
        span: Seconds that a piece may take, more or less, where it gives way to nobody.
        watchful_span: The same where it does, and nobody has waited lately.
        patience: Seconds it gives way at most before each piece, so that a survey is tagged in
            the end however much is asked meanwhile.
        niceness: How much less of a busy processor it takes than those it gives way to, as the
            command ``nice`` counts; on Linux alone.
        idle: Seconds until it looks again when nothing is left.
        longest_pause: Seconds until it tries again, at most, when the store fails time after time.
    """

    batch: int = 512
    piece: int = 8
    shortly: float = 2.0
    span: float = 0.25
    watchful_span: float = 0.1
    patience: float = 0.25
    niceness: int = 5
    idle: float = 1.0
    longest_pause: float = 30.0


class Pace:
    """Finds pieces that take as long as they may, since a tagger is quickest with many comments.

    It goes by what is written, not by how many have written it: a survey of long letters may come
    after one of single words.

    Args:
        settings: What it may do.
        span: Seconds that a piece may take, more or less.
    """

    def __init__(self, settings: WorkerSettings, span: float) -> None:
        self._settings = settings
        self._span = span
        self._length = 0.0
        self._comments = settings.piece
        self._gentle_until = 0.0

    def slow_down(self) -> None:
        """Go in small pieces for a while, since others wait."""
        self._gentle_until = time.monotonic() + self._settings.shortly

    def batch(self) -> int:
        """Give how many comments to claim."""
        return min(self._settings.batch, PIECES * self._most())

    def piece(self, work: Sequence[Work]) -> int:
        """Give how many of the first of some comments to tag before looking up."""
        if self._is_gentle:
            return min(self._settings.piece, len(work))
        lengths = accumulate(map(_length, work))
        fitting = sum(1 for _ in takewhile(lambda length: length <= self._length, lengths))
        return min(max(fitting, self._settings.piece), len(work))

    def took(self, work: Sequence[Work], seconds: float) -> None:
        """Learn how long a piece has taken."""
        length = sum(map(_length, work))
        if length < self._length / 2 and seconds < self._span:
            return  # a remainder, of which there is nothing to learn
        possible = length * self._span / seconds if seconds > 0 else float("inf")
        # not at once from a few blank ones to thousands
        self._length = min(possible, length * _GROWTH)
        self._comments = max(self._settings.piece, round(len(work) * self._length / length))

    @property
    def _is_gentle(self) -> bool:
        return time.monotonic() < self._gentle_until

    def _most(self) -> int:
        return self._settings.piece if self._is_gentle else self._comments


def _length(one: Work) -> int:
    """Give how much there is to read, in characters; of a blank comment the question is left."""
    return len(one.text) + _QUESTION
