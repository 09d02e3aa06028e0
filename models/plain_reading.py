"""What the n-grams alone make of a comment that is left to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.log_odds import probabilities
from models.reading import Said, carrying
from models.segmentation import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from labelled_data import Span
    from models.ngrams import NgramModel

    Floats = npt.NDArray[np.float32]

SIDES = 2
"""Columns of the n-gram model after its themes: praise and blame, of the comment as a whole."""


@dataclass(frozen=True, slots=True)
class PlainReading:
    """What a comment says, by its n-grams.

    Attributes:
        sentences: Where its sentences stand.
        logits: (sentences, themes + 2 or more) log-odds of each sentence.
    """

    sentences: tuple[Span, ...]
    logits: Floats

    def said(self, theme: int, share: float) -> Said:
        """Give what is said of a theme: its sentences, and praise and blame in them.

        Args:
            theme: Its place in the codebook.
            share: Sentences of at least this share of the highest chance are given, 0 to 1.
        """
        if len(self.sentences) == 1:
            praise, blame = self.logits[0, -SIDES:].tolist()
            return Said(praise, blame, self.sentences)
        rows = carrying(probabilities(self.logits[:, theme]).tolist(), share)
        praise, blame = self.logits[rows, -SIDES:].max(axis=0).tolist()
        return Said(praise, blame, tuple(self.sentences[row] for row in rows))


def plain_readings(
    ngrams: NgramModel,
    texts: Sequence[str],
    questions: Sequence[str | None],
    whole: Floats,
    needed: Sequence[bool],
) -> list[PlainReading]:
    """Read comments sentence by sentence.

    Args:
        ngrams: The model, whose last two columns are praise and blame.
        texts: The comments.
        questions: What each one answers.
        whole: (comments, themes + 2 or more) log-odds of each comment as a whole, which are those
            of its only sentence where it has one.
        needed: Whether anyone will ask what it says; of the others nothing is found out.
    """
    spans = [sentences(text) if ask else () for text, ask in zip(texts, needed, strict=True)]
    several = [row for row, found in enumerate(spans) if len(found) > 1]
    parts = [span.of(texts[row]) for row in several for span in spans[row]]
    asked = [questions[row] for row in several for _ in spans[row]]
    apart = np.cumsum([len(spans[row]) for row in several[:-1]], dtype=np.int64)
    logits = np.split(ngrams.logits(parts, asked), apart) if several else []
    of_several = dict(zip(several, logits, strict=True))
    return [
        PlainReading(found, of_several.get(row, whole[row : row + 1]))
        for row, found in enumerate(spans)
    ]
