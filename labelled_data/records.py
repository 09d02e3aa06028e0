"""A comment that a person has labelled."""

from __future__ import annotations

from dataclasses import dataclass

from labelled_data.errors import LabelError

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

    Raises:
        LabelError: If the text is blank, a theme stands twice or the sentiment is out of range.
    """

    id: str
    text: str
    question: str | None
    themes: tuple[str, ...]
    sentiment: int | None
    source_row: int

    def __post_init__(self) -> None:
        """Refuses what no labelled comment can be."""
        if not self.text.strip():
            raise LabelError(f"row {self.source_row} has no text")
        if len(set(self.themes)) != len(self.themes):
            raise LabelError(f"row {self.source_row} names a theme twice")
        if self.sentiment is not None and self.sentiment not in SENTIMENTS:
            raise LabelError(f"row {self.source_row} has a sentiment outside 1 to 5")


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
