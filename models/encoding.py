"""Comments as token ids: the one place that decides what the encoder sees, in training and after.

A comment longer than the window is cut at sentence ends into several windows; each carries the
survey question in front, since the question changes what an answer means.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, overload

import numpy as np
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from labelled_data import Span
from models.segmentation import pack, sentences

if TYPE_CHECKING:
    import numpy.typing as npt
    from tokenizers import Tokenizer

Ids = list[int]
MOST_WORDS = 100_000
"""Words that are remembered; forgotten all at once beyond."""
# No "[SEP]", which is a token of its own, and no other control than white space; of letters that
# ASCII lacks, the marks that word processors put in the place of its own.
_PLAIN = re.compile(
    r"(?:[\t\n\r !-Z\\-~\u2013\u2014\u2018\u2019\u201c\u201d\u2026]|\[(?![A-Z]+\]))*+"
)
_WORD = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")


@dataclass(frozen=True, slots=True)
class EncodingLimits:
    """How much of a question and of a comment goes into one window, in tokens."""

    question: int
    window: int


class TokenPlaces(Sequence[Span]):
    """Where some tokens of a text stand in it, found out when it is first asked.

    Most windows are read without anyone asking.

    Args:
        tokenizer: Makes the tokens.
        words: Those of its words that are remembered.
        text: The text.
        which: Which of its tokens.
    """

    def __init__(
        self, tokenizer: Tokenizer, words: RememberedWords, text: str, which: range
    ) -> None:
        self._tokenizer, self._words, self._text, self._which = tokenizer, words, text, which

    @cached_property
    def _offsets(self) -> list[tuple[int, int]]:
        offsets = self._tokenizer.encode(self._text, add_special_tokens=False).offsets
        return offsets[self._which.start : self._which.stop]

    @cached_property
    def _spans(self) -> tuple[Span, ...]:
        return tuple(Span(*place) for place in self._offsets)

    @overload
    def __getitem__(self, index: int) -> Span: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Span]: ...

    def __getitem__(self, index: int | slice) -> Span | Sequence[Span]:
        """Give one place, or some."""
        return self._spans[index]

    def __len__(self) -> int:
        """Give the number of tokens."""
        return len(self._which)

    def before(self, ends: Sequence[int]) -> list[int]:
        """Give how many tokens stand before each of some places between words, in order."""
        counts = self._words.counts(self._text, ends)
        if counts is None:
            return _before([start for start, _ in self._offsets], ends)
        return [min(max(count - self._which.start, 0), len(self)) for count in counts]


@dataclass(frozen=True, slots=True)
class Window:
    """What the encoder reads at once: the question's tokens, then some of the comment's.

    Attributes:
        ids: Token ids, special ones included.
        head: Tokens before the comment's own; one special token follows these.
        spans: Where each of the comment's tokens stands in its text.
    """

    ids: Ids
    head: int
    spans: Sequence[Span]

    def comment(self) -> Window:
        """Give the window without what stands before the comment."""
        return Window(self.ids[self.head :], 0, self.spans)

    def before(self, ends: Sequence[int]) -> list[int]:
        """Give how many of the comment's tokens stand before each of some places, in order.

        Args:
            ends: Places in its text that are between words.
        """
        if isinstance(self.spans, TokenPlaces):
            return self.spans.before(ends)
        return _before([span.start for span in self.spans], ends)


def _before(starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """Give how many tokens, which start at places in order, start before each of others."""
    return [bisect_left(starts, end) for end in ends]


class RememberedWords:
    """Token ids of words that were read before: people use few words again and again.

    A tokenizer looks every word up piece by piece. Of plain text, which is letters, digits and
    punctuation of ASCII, each word's tokens are its own whatever stands beside it.

    Args:
        tokenizer: The tokenizer. Of another than a BERT's that makes letters small, which parts
            words in its own way, nothing is remembered.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        makes_small = isinstance(tokenizer.normalizer, BertNormalizer)
        self._knows_words = (
            makes_small
            and tokenizer.normalizer.lowercase
            and isinstance(tokenizer.pre_tokenizer, BertPreTokenizer)
        )
        self._known: dict[str, Ids] = {}

    def ids(self, text: str) -> Ids | None:
        """Give the token ids of a text, None where it is not plain."""
        if not self._is_plain(text):
            return None
        ids: Ids = []
        known = self._known
        for word in _WORD.findall(text.lower()):
            found = known.get(word)
            ids += self._read(word) if found is None else found
        return ids

    def counts(self, text: str, ends: Sequence[int]) -> list[int] | None:
        """Give how many tokens stand before each of some places between words, in order.

        Returns:
            None where the text is not plain.
        """
        if not self._is_plain(text):
            return None
        small, counts, start, count = text.lower(), [], 0, 0
        for end in ends:
            for word in _WORD.findall(small, start, end):
                found = self._known.get(word)
                count += len(self._read(word) if found is None else found)
            counts.append(count)
            start = end
        return counts

    def _is_plain(self, text: str) -> bool:
        return self._knows_words and _PLAIN.fullmatch(text) is not None

    def _read(self, word: str) -> Ids:
        ids: Ids = self._tokenizer.encode(word, add_special_tokens=False).ids
        if len(self._known) >= MOST_WORDS:
            self._known.clear()
        self._known[word] = ids
        return ids


class CommentEncoder:
    """Turns a comment and its question into one or more windows of token ids.

    Args:
        tokenizer: A WordPiece tokenizer with ``[CLS]`` and ``[SEP]``; its own truncation and
            padding are switched off, since windows replace them.
        limits: Token limits of question and window.
    """

    def __init__(self, tokenizer: Tokenizer, limits: EncodingLimits) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self._limits = limits
        self._first = _token_id(tokenizer, "[CLS]")
        self._between = _token_id(tokenizer, "[SEP]")
        self._questions: dict[str, Ids] = {}
        self._words = RememberedWords(tokenizer)

    def windows(self, text: str, question: str | None) -> list[Window]:
        """Give the windows of one comment, at least one."""
        return self.windows_of([text], [question])[0]

    def windows_of(
        self, texts: Sequence[str], questions: Sequence[str | None]
    ) -> list[list[Window]]:
        """Give the windows of comments, at least one for each."""
        ids = [self._words.ids(text) for text in texts]
        rest = [text for text, found in zip(texts, ids, strict=True) if found is None]
        encodings = iter(self._tokenizer.encode_batch_fast(rest, add_special_tokens=False))
        return [
            self._windows(text, question, next(encodings).ids if found is None else found)
            for text, question, found in zip(texts, questions, ids, strict=True)
        ]

    def _windows(self, text: str, question: str | None, whole: Ids) -> list[Window]:
        head = [self._first, *self._question(question), self._between]
        return [
            Window([*head, *ids, self._between], len(head), spans)
            for ids, spans in self._bodies(text, whole)
        ]

    def _question(self, question: str | None) -> Ids:
        key = question or ""
        known = self._questions.get(key)  # another thread may clear them at any moment
        if known is not None:
            return known
        ids: Ids = self._tokenizer.encode(key, add_special_tokens=False).ids[
            : self._limits.question
        ]
        if len(self._questions) >= 1_000:
            self._questions.clear()
        self._questions[key] = ids
        return ids

    def _bodies(self, text: str, whole: Ids) -> list[tuple[Ids, Sequence[Span]]]:
        if len(whole) <= self._limits.window:
            return [(whole, TokenPlaces(self._tokenizer, self._words, text, range(len(whole))))]
        parts = sentences(text)
        counts = self._words.counts(text, [part.end for part in parts])
        if counts is not None:
            lengths = [count - before for before, count in pairwise([0, *counts])]
            return [
                (whole[cut.start : cut.stop], TokenPlaces(self._tokenizer, self._words, text, cut))
                for cut in pack(lengths, self._limits.window)
            ]
        pieces = self._tokenizer.encode_batch(
            [part.of(text) for part in parts], add_special_tokens=False
        )
        ids = [token for piece in pieces for token in piece.ids]
        spans = [
            Span(part.start + start, part.start + end)
            for part, piece in zip(parts, pieces, strict=True)
            for start, end in piece.offsets
        ]
        cuts = pack([len(piece.ids) for piece in pieces], self._limits.window)
        return [(ids[cut.start : cut.stop], tuple(spans[cut.start : cut.stop])) for cut in cuts]


def pad(windows: Sequence[Window]) -> dict[str, npt.NDArray[np.int64]]:
    """Stack windows into the encoder's inputs, each of shape (windows, longest window)."""
    longest = max(len(window.ids) for window in windows)
    inputs = {
        name: np.zeros((len(windows), longest), dtype=np.int64)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    }
    for row, window in enumerate(windows):
        length = len(window.ids)
        inputs["input_ids"][row, :length] = window.ids
        inputs["attention_mask"][row, :length] = 1
        inputs["token_type_ids"][row, window.head : length] = 1
    return inputs


def _token_id(tokenizer: Tokenizer, token: str) -> int:
    found = tokenizer.token_to_id(token)
    if found is None:
        raise ValueError(f"the tokenizer has no {token} token, which the encoder needs")
    return int(found)
