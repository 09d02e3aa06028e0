"""Comments as token ids: the one place that decides what the encoder sees, in training and after.

A comment longer than the window is cut at sentence ends into several windows; each carries the
survey question in front, since the question changes what an answer means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.segmentation import pack, sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from tokenizers import Tokenizer

Ids = list[int]


@dataclass(frozen=True, slots=True)
class EncodingLimits:
    """How much of a question and of a comment goes into one window, in tokens."""

    question: int
    window: int


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

    def windows(self, text: str, question: str | None) -> list[tuple[Ids, Ids]]:
        """Give the windows of one comment as (token ids, segment ids) pairs, at least one."""
        head = [self._first, *self._question(question), self._between]
        return [
            (head + body + [self._between], [0] * len(head) + [1] * (len(body) + 1))
            for body in self._bodies(text)
        ]

    def _question(self, question: str | None) -> Ids:
        key = question or ""
        if key not in self._questions:
            if len(self._questions) >= 1_000:
                self._questions.clear()
            ids: Ids = self._tokenizer.encode(key, add_special_tokens=False).ids
            self._questions[key] = ids[: self._limits.question]
        return self._questions[key]

    def _bodies(self, text: str) -> list[Ids]:
        ids: Ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        if len(ids) <= self._limits.window:
            return [ids]
        parts = [span.of(text) for span in sentences(text)]
        pieces = self._tokenizer.encode_batch(parts, add_special_tokens=False)
        lengths = [len(piece.ids) for piece in pieces]
        flat = [token for piece in pieces for token in piece.ids]
        return [flat[window.start : window.stop] for window in pack(lengths, self._limits.window)]


def pad(windows: Sequence[tuple[Ids, Ids]]) -> dict[str, npt.NDArray[np.int64]]:
    """Stack windows into the encoder's inputs, each of shape (windows, longest window)."""
    longest = max(len(ids) for ids, _ in windows)
    inputs = {
        name: np.zeros((len(windows), longest), dtype=np.int64)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    }
    for row, (ids, segments) in enumerate(windows):
        inputs["input_ids"][row, : len(ids)] = ids
        inputs["attention_mask"][row, : len(ids)] = 1
        inputs["token_type_ids"][row, : len(ids)] = segments
    return inputs


def _token_id(tokenizer: Tokenizer, token: str) -> int:
    found = tokenizer.token_to_id(token)
    if found is None:
        raise ValueError(f"the tokenizer has no {token} token, which the encoder needs")
    return int(found)
