"""Places in a text, and the numbered sentences by which labelled data names them."""

from __future__ import annotations

import re
from typing import NamedTuple

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")


class Span(NamedTuple):
    """Half-open range of characters, `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters of `text` the span covers."""
        return text[self.start : self.end]


def numbered_sentences(text: str) -> tuple[Span, ...]:
    """Parts a text into the sentences that labelled data counts from 1.

    The rule is one a person can follow with a pencil, unlike the tagger's own: a sentence ends at
    a full stop, question or exclamation mark before white space, and at a line break.

    Args:
        text: A comment.

    Returns:
        Spans in order; none is blank.
    """
    ends = [(match.start(), match.end()) for match in _SENTENCE_END.finditer(text)]
    starts = [0, *(after for _, after in ends)]
    stops = [*(before for before, _ in ends), len(text)]
    spans = (Span(start, stop) for start, stop in zip(starts, stops, strict=True))
    return tuple(span for span in spans if span.of(text).strip())
