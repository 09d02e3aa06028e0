"""What a tagger says of one comment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from labelled_data import Polarity as Polarity  # noqa: TC001 - also imported from here

if TYPE_CHECKING:
    from labelled_data import Span


class Status(StrEnum):
    """How far a comment could be read."""

    TAGGED = "tagged"
    """At least one theme passed its threshold."""
    NO_THEME = "no_theme"
    """It was read, and nothing in it is on the codebook."""
    EMPTY = "empty"
    """There is nothing to read: no letter, digit or pictograph."""
    NOT_ENGLISH = "not_english"
    """It is in another language, and was not tagged as if it were English."""
    UNSURE = "unsure"
    """No theme passed its threshold, but one came close enough that a person should look."""


class OperatingPoint(StrEnum):
    """Which set of per-theme thresholds turns scores into themes."""

    BALANCED = "balanced"
    """Highest F1."""
    RECALL = "recall"
    """Finds most of what a person would find, at the price of more comments to read."""


class Effort(StrEnum):
    """How much work goes into each comment."""

    ACCURATE = "accurate"
    """Cheaper readers answer where that costs next to nothing; the encoder reads the rest."""
    FAST = "fast"
    """Cheaper readers answer as often as the stated loss allows; the encoder reads the rest."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A theme given to a comment.

    Attributes:
        theme: The theme's id in the codebook.
        score: Calibrated probability, 0 to 1, that a person would give this theme.
        polarity: How the theme is spoken of; ``None`` where the model does not tell.
        evidence: Spans of the comment, as it was given, that carry the theme; empty where the
            model does not tell.
    """

    theme: str
    score: float
    polarity: Polarity | None = None
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the tagger says of one comment.

    Attributes:
        status: How far the comment could be read.
        tags: The themes given, in codebook order.
        scores: A calibrated probability for each theme of the codebook, in its order; ``None``
            for a comment that was not read (``empty``, ``not_english``).
        sentiment: 1 (very positive) to 5 (very negative), of the comment as a whole; ``None`` for
            a comment that was not read, and where the model does not tell.
    """

    status: Status
    tags: tuple[Tag, ...] = ()
    scores: tuple[float, ...] | None = None
    sentiment: int | None = None

    @property
    def themes(self) -> tuple[str, ...]:
        """Ids of the themes given, in codebook order."""
        return tuple(tag.theme for tag in self.tags)
