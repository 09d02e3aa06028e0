"""Comments put together anew from the sentences of others, for a student to learn its teachers on.

What the teachers say of many comments that are nearly like real ones teaches a small network most
of what they know, even where nobody wrote these comments (TinyBERT, Jiao et al. 2020, arXiv
1909.10351, replaces words; Tang et al. 2019, arXiv 1903.12136, leave some out). Here one to three
sentences of people who answered the same question are set in a row, and some words left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import unlabelled
from training.transfer import Transfer, sentences_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from labelled_data import DistinctComments

    Rows = npt.NDArray[np.int64]

SENTENCES = (0.4, 0.4, 0.2)
"""Chances of one, two and three sentences."""
CUT = 0.7
"""Chance that words are left out of several sentences; of one alone some always are."""
LEFT_OUT = (0.05, 0.3)
"""Share of words that are left out: least and most."""


def mixed(data: DistinctComments, parts: Rows, count: int, seed: int) -> Transfer:
    """Put comments together.

    Args:
        data: n comments.
        parts: (n,) the part each one stands in; sentences of two parts never come together, so
            that who must not see a part can be kept from all that holds anything of it.
        count: How many to make.
        seed: Seed of the draws.

    Returns:
        The comments, of which nothing is known, each with the place of a comment whose sentence it
        begins with. There are none where ``data`` is empty.
    """
    rng = np.random.default_rng(seed)
    pools = _pools(data, parts)
    texts, questions, origins = [], [], []
    if pools:
        chances = np.array([len(pool.sentences) for pool in pools], dtype=np.float64)
        for place in rng.choice(len(pools), count, p=chances / chances.sum()).tolist():
            text, origin = pools[place].draw(rng)
            texts.append(text)
            questions.append(pools[place].question)
            origins.append(origin)
    comments = unlabelled(texts, questions, data.targets.shape[1])
    return Transfer(comments, np.array(origins, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class _Pool:
    """Sentences that may come together, and which comment each is from."""

    question: str | None
    sentences: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def draw(self, rng: np.random.Generator) -> tuple[str, int]:
        """Put a comment together; give it and where its first sentence is from."""
        size = int(rng.choice(len(SENTENCES), p=SENTENCES)) + 1
        places = rng.integers(len(self.sentences), size=size).tolist()
        words = " ".join(self.sentences[place] for place in places).split()
        if size == 1 or rng.random() < CUT:
            words = _thinned(words, rng)
        return " ".join(words), self.rows[places[0]]


def _thinned(words: list[str], rng: np.random.Generator) -> list[str]:
    """Leave some words out, though never all."""
    share = rng.uniform(*LEFT_OUT)
    kept = [
        word for word, drawn in zip(words, rng.random(len(words)), strict=True) if drawn > share
    ]
    return kept or words


def _pools(data: DistinctComments, parts: Rows) -> Sequence[_Pool]:
    pools: dict[tuple[str | None, int], _Pool] = {}
    asked = zip(data.texts, data.questions, parts.tolist(), strict=True)
    for row, (text, question, part) in enumerate(asked):
        pool = pools.setdefault((question, part), _Pool(question))
        own = [span.of(text) for span in sentences_of(text)] or [text]
        pool.sentences.extend(own)
        pool.rows.extend([row] * len(own))
    return list(pools.values())
