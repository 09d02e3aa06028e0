"""Where the sentences of a comment begin and end, and how they are packed into windows.

Everything here works on offsets into the original text, so that a theme's evidence can be
shown where the person wrote it. The rules are for survey prose: missing capitals, dashes for
lists, "Dr. Smith", "approx. 4.5 hrs", no punctuation at all, any script.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from labelled_data import Span

# No pattern looks ahead over a run of marks, and every look back is bounded, so the time taken
# grows with the length of the text and no faster.
_BREAKS = r"\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_LINE = re.compile(rf"[^{_BREAKS}]+")
# Full stops, question and exclamation marks of: Latin (with the ellipsis), Chinese and Japanese,
# Arabic, Urdu, Devanagari and its neighbours, Ethiopic, Armenian, Burmese, Khmer; then closers.
_STOPS = r".!?\u2026\u3002\uff0e\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u1362\u0589\u104b\u17d4"
_BULLETS = "•●▪‣◦■"
_STOP = (
    rf"[{_STOPS}]++"
    r"""["')\]\u201d\u2019\u00bb\u300d\u300f]*+"""
)
_MARK = re.compile(rf"(?P<stop>{_STOP})|(?P<bullet>[{_BULLETS}])")
_ONE_SENTENCE = re.compile(rf"[^{_BREAKS}{_STOPS}{_BULLETS}]*+[.!?]*+\s*+")
"""No more than one; most that are one can be told so."""
_WORD = re.compile(r"\w")
_LIST_NUMBER = re.compile(r"\s{0,9}[(\[]?(?:\d{1,3}|[A-Za-z])")
_UNSPACED_STOP = re.compile(r"[^\W\d_]{2}\.[^\W\d_]{2}")

_WESTERN_STOPS = frozenset(".!?\u2026")
_ELLIPSES = ("..", "\u2026")
_LOOK = 12  # characters read on either side of a mark
_NEVER_LAST = re.compile(
    r"(?i:dr|mrs?|ms|mx|prof|st|sr|rev|e\.?g|i\.?e|approx|ca|cf|incl|esp|vs|viz)|[A-HJ-Z]"
)
_LAST_BEFORE_A_CAPITAL = re.compile(
    r"etc|[ap]\.?m|hrs?|mins?|secs?|wks?|yrs?|dept|ltd|jr|(?:[^\W\d_]\.)+[^\W\d_]", re.IGNORECASE
)
_NOT_LAST_BEFORE_A_NUMBER = re.compile(r"nos?|nr|tel|ext|ref|rm", re.IGNORECASE)


def sentences(text: str) -> tuple[Span, ...]:
    """Split a comment into sentences, in time linear in its length.

    A line break or a bullet always ends a sentence. `!`, `?` and the full stops of other
    scripts end one; `.` does unless it closes an abbreviation, an initial or a list number;
    an ellipsis does unless a small letter follows it. Marks and emoji on their own stay with
    the sentence before them on the line.

    Returns:
        Spans in order, not overlapping, without white space at either end, which together
        cover every character that is not white space. Empty for a blank text.
    """
    if _ONE_SENTENCE.fullmatch(text):
        content = text.strip()
        first = len(text) - len(text.lstrip())
        return (Span(first, first + len(content)),) if content else ()
    return tuple(span for line in _LINE.finditer(text) for span in _line_sentences(text, line))


def pack(lengths: Sequence[int], limit: int) -> list[range]:
    """Pack consecutive sentences into as few windows of at most `limit` tokens as greed allows.

    A sentence is cut only if it is longer than `limit` by itself, into pieces of nearly equal
    length, so that no window is left with a stray token or two.

    Args:
        lengths: tokens in each sentence, in order; a sentence may have none.
        limit: the most tokens a window may hold, at least 1.

    Returns:
        Ranges over the tokens of all sentences laid end to end: none is empty and together
        they are `range(sum(lengths))`, in order.

    Raises:
        ValueError: if `limit` is under 1 or a length is negative.
    """
    if limit < 1 or any(length < 0 for length in lengths):
        raise ValueError("a window holds at least one token and a sentence no fewer than none")
    windows: list[range] = []
    start = end = 0
    for piece in _pieces(lengths, limit):
        if end + piece - start > limit:
            windows.append(range(start, end))
            start = end
        end += piece
    return [*windows, range(start, end)] if end > start else windows


def _pieces(lengths: Iterable[int], limit: int) -> Iterator[int]:
    """Yield each length, or where it is over `limit` the lengths of its nearly equal parts."""
    for length in lengths:
        parts = max(1, -(-length // limit))
        short, longer = divmod(length, parts)
        yield from (short + (part < longer) for part in range(parts))


def _line_sentences(text: str, line: re.Match[str]) -> Iterator[Span]:
    """Yield the sentences of one line: what follows the last word stays with it."""
    cuts = [line.start(), *_cuts(text, line)]
    if len(cuts) > 1 and not _WORD.search(text, cuts[-1], line.end()):
        cuts.pop()
    for start, end in pairwise([*cuts, line.end()]):
        content = text[start:end]
        if stripped := content.strip():
            first = start + len(content) - len(content.lstrip())
            yield Span(first, first + len(stripped))


def _cuts(text: str, line: re.Match[str]) -> Iterator[int]:
    """Yield where a line is cut: after a sentence end or before a bullet, once past a word."""
    seen_to, has_word = line.start(), False
    for mark in _MARK.finditer(text, *line.span()):
        has_word = has_word or _WORD.search(text, seen_to, mark.start()) is not None
        seen_to = mark.end()
        if has_word and (mark["bullet"] or _ends_sentence(text, mark, line)):
            yield mark.start() if mark["bullet"] else mark.end()
            has_word = False


def _ends_sentence(text: str, stop: re.Match[str], line: re.Match[str]) -> bool:
    marks = stop["stop"]
    after = text[stop.end() : min(stop.end() + _LOOK, line.end())]
    if marks[0] not in _WESTERN_STOPS:
        return True
    if after and not after[0].isspace():
        return _ends_unspaced(text, stop)
    following = after.lstrip()[:1]
    if "!" in marks or "?" in marks:
        return True
    if marks.startswith(_ELLIPSES):
        return not following.islower()
    return not _is_abbreviated(text, stop, line, following)


def _ends_unspaced(text: str, stop: re.Match[str]) -> bool:
    """Tell "was rude.Nobody came" and "great!thanks" from "9.30am", "nhs.uk" and "a.m."."""
    marks, after = stop["stop"], text[stop.end() : stop.end() + 2]
    if marks != ".":
        return after[0].isalpha() and not marks.startswith(_ELLIPSES)
    before = text[max(0, stop.start() - 2) : stop.start()]
    return (
        _UNSPACED_STOP.fullmatch(f"{before}.{after}") is not None
        and before[1].islower()
        and after.istitle()
    )


def _is_abbreviated(text: str, stop: re.Match[str], line: re.Match[str], following: str) -> bool:
    """Tell whether a full stop belongs to the abbreviation, initial or list number before it."""
    word = _word_before(text, stop, line)
    return following != "" and (
        _LIST_NUMBER.fullmatch(text, line.start(), stop.start()) is not None
        or _NEVER_LAST.fullmatch(word) is not None
        or (_NOT_LAST_BEFORE_A_NUMBER.fullmatch(word) is not None and following.isdigit())
        or (_LAST_BEFORE_A_CAPITAL.fullmatch(word) is not None and not following.isupper())
    )


def _word_before(text: str, stop: re.Match[str], line: re.Match[str]) -> str:
    nearby = text[max(line.start(), stop.start() - _LOOK) : stop.start()]
    return nearby.split()[-1].lstrip("([\"'\u201c\u2018") if nearby.strip() else ""
