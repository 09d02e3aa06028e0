"""A comment that a person has labelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labelled_data.errors import LabelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelled_data.polarity import Polarity
    from labelled_data.spans import Span

SENTIMENTS = (1, 2, 3, 4, 5)
"""From 1, very positive, through 3, neutral or mixed, to 5, very negative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledComment:
    """One free-text answer with the themes a person gave it.

    Attributes:
        id: Names the comment in its source.
        text: What the person wrote; never blank.
        question: What they were asked, or None where it is not known.
        themes: Theme ids in codebook order; empty when none applies.
        sentiment: 1 (very positive) to 5 (very negative), or None where nobody said.
        source_row: Row of the file it came from, as a spreadsheet numbers them.
        polarity: How each theme is spoken of; a theme for which nobody said is left out.
        evidence: Places in the text that carry each theme; a theme for which nobody said is left
            out.
        language: ISO 639 code.

    Raises:
        LabelError: If the text is blank, a theme stands twice, the sentiment is out of range,
            polarity or evidence is told of a theme the comment does not have, or evidence is no
            place in the text.
    """

    id: str
    text: str
    question: str | None
    themes: tuple[str, ...]
    sentiment: int | None
    source_row: int
    polarity: Mapping[str, Polarity] = field(default_factory=dict)
    evidence: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    language: str = "en"

    def __post_init__(self) -> None:
        """Refuses what no labelled comment can be."""
        if not self.text.strip():
            raise LabelError(f"row {self.source_row} has no text")
        if len(set(self.themes)) != len(self.themes):
            raise LabelError(f"row {self.source_row} names a theme twice")
        if self.sentiment is not None and self.sentiment not in SENTIMENTS:
            raise LabelError(f"row {self.source_row} has a sentiment outside 1 to 5")
        for theme in (*self.polarity, *self.evidence):
            if theme not in self.themes:
                raise LabelError(
                    f"row {self.source_row} tells polarity or evidence of {theme!r}, which is not"
                    " among its themes"
                )
        for theme, spans in self.evidence.items():
            if not spans or not all(self._holds(span) for span in spans):
                raise LabelError(
                    f"row {self.source_row} has evidence of {theme!r} that is no place in its text"
                )

    def _holds(self, span: Span) -> bool:
        return 0 <= span.start <= span.end <= len(self.text) and bool(span.of(self.text).strip())


def sentiment_of(cell: str, place: str) -> int | None:
    """Reads a sentiment from a cell.

    Args:
        cell: A whole number from 1 to 5, or nothing.
        place: Where the cell stands, for the message.

    Returns:
        The sentiment, or None for an empty cell.

    Raises:
        LabelError: If the cell holds anything else.
    """
    known = {str(sentiment): sentiment for sentiment in SENTIMENTS}
    if not cell.strip():
        return None
    if cell.strip() not in known:
        raise LabelError(f"{place} is not a sentiment from 1 to 5")
    return known[cell.strip()]
