"""Comments in which some words are replaced by others that are used alike.

A small network knows of a word what the comments it learnt from show, and few people wrote them.
A large one knows far more words from before; so it is asked of comments with such words too
(TinyBERT, Jiao et al. 2020, arXiv 1909.10351, section 4). Whether a comment still means the same
does not matter, since what it says is told anew.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import unlabelled
from training.transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt
    from tokenizers import Tokenizer

    Floats = npt.NDArray[np.float32]

OTHERS = 0.25
"""Chance that one of other comments takes the place of one."""
MOST = 12
"""Near words of a word."""
LEAST_COSINE = 0.28
"""Of a near word's embedding with the word's, both less the mean of all."""
REPLACED = (0.1, 0.5)
"""Share of the words that have near ones which are replaced: least and most."""
AT_ONCE = 1_000
_WORD = re.compile("[a-z]+")
_AROUND = ".,!?;:()\"'"


def with_near_words(made: Transfer, others: Transfer, near: NearWords, seed: int) -> Transfer:
    """Replace words of comments; nothing is known of what comes of it.

    Args:
        made: n comments.
        others: Comments that take the places of some of these, each with its own question.
        near: What words are replaced by.
        seed: Seed of the draws.

    Returns:
        n comments.
    """
    rng = np.random.default_rng(seed)
    texts, questions, origins = [], [], []
    for row in range(len(made.comments)):
        taken, place = made, row
        if len(others.comments) and rng.random() < OTHERS:
            taken, place = others, int(rng.integers(len(others.comments)))
        texts.append(near.replaced(taken.comments.texts[place], rng))
        questions.append(taken.comments.questions[place])
        origins.append(int(taken.origins[place]))
    comments = unlabelled(texts, questions, made.comments.targets.shape[1])
    return Transfer(comments, np.array(origins, dtype=np.int64))


class NearWords:
    """The words near to those of some texts, by a base model's embeddings.

    Args:
        tokenizer: The base model's.
        embeddings: (vocabulary, h).
        texts: Where the words stand that may be replaced.
    """

    def __init__(self, tokenizer: Tokenizer, embeddings: Floats, texts: Iterable[str]) -> None:
        whole = {
            word: number
            for word, number in sorted(tokenizer.get_vocab().items())
            if len(word) > 1 and _WORD.fullmatch(word)
        }
        used = {word for text in texts for word in _WORD.findall(text.lower())}
        self._near = _near(list(whole), embeddings[list(whole.values())], used & whole.keys())

    def of(self, word: str) -> tuple[str, ...]:
        """Give the words near to one, none where it has none or is not known."""
        return self._near.get(word, ())

    def replaced(self, text: str, rng: np.random.Generator) -> str:
        """Replace some words of a text, each by one of those near to it."""
        share = rng.uniform(*REPLACED)
        return " ".join(self._one(word, share, rng) for word in text.split())

    def _one(self, word: str, share: float, rng: np.random.Generator) -> str:
        core = word.strip(_AROUND).lower()
        near = self.of(core)
        if not near or rng.random() >= share:
            return word
        return word.lower().replace(core, near[int(rng.integers(len(near)))])


def _near(words: list[str], embeddings: Floats, wanted: set[str]) -> Mapping[str, tuple[str, ...]]:
    apart = embeddings - embeddings.mean(axis=0)
    apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-9)
    rows = [row for row, word in enumerate(words) if word in wanted]
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        cosines = apart[some] @ apart.T
        cosines[np.arange(len(some)), some] = -1  # a word is not near to itself
        nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :MOST]
        for row, places, alike in zip(some, nearest, cosines, strict=True):
            close = [words[place] for place in places if alike[place] >= LEAST_COSINE]
            if close:
                found[words[row]] = tuple(close)
    return found
