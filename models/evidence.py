"""Places in a comment as it was given, where what was read is a mended copy of it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from labelled_data import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

# Some control characters count as white space, but mending removes them or makes letters of them:
# they part no words. A word does not begin with one that is removed.
_WORD = re.compile(r"(?:[^\s\x00-\x1f\x7f]|\x85)(?:\S|[\x0b\x0c\x1c-\x1f\x85])*")


def spans_in_original(spans: Sequence[Span], read: str, original: str) -> tuple[Span, ...]:
    """Find in the original text what was found in its mended copy.

    Mending changes the letters of words but neither their number nor their order, so that the
    n-th word of the one is the n-th of the other. Where it has changed their number after all, the
    whole comment is given rather than a wrong place.

    Args:
        spans: Places in the copy, in order and apart, each with a word in it.
        read: The mended copy.
        original: The text as it was given.

    Returns:
        Places in the original, in order and apart. Where the copy differs, they are whole words,
        and two that share one are joined.
    """
    if read == original:
        return tuple(spans)
    copied, given = _words(read), _words(original)
    if len(copied) != len(given):
        return (Span(0, len(original)),) if spans else ()
    starts, ends = [word.start for word in copied], [word.end for word in copied]
    found: list[Span] = []
    for span in spans:
        first = given[bisect_right(ends, span.start)]
        last = given[bisect_left(starts, span.end) - 1]
        shared = bool(found) and first.start < found[-1].end
        start = found.pop().start if shared else first.start
        found.append(Span(start, last.end))
    return tuple(found)


def _words(text: str) -> list[Span]:
    return [Span(word.start(), word.end()) for word in _WORD.finditer(text)]
