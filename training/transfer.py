"""Comments without labels, on which a student learns what its teachers would have said.

The sentences of longer comments, each on its own, and comments from elsewhere that nobody labelled
with this codebook. Several teachers' mean score is better than any one of them, and on these
comments one student can learn it (Hinton et al. 2015, arXiv 1503.02531).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import DistinctComments, normalise
from labelled_data.tables import open_table
from models.language import LanguageCheck
from models.segmentation import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

ELSEWHERE = -1
SHORTEST = 2
"""Words; a shorter sentence says too little on its own."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """n comments without labels.

    Attributes:
        comments: The comments, their targets all zero.
        origins: (n,) place of the labelled comment each one is a sentence of, or ``ELSEWHERE``.
    """

    comments: DistinctComments
    origins: npt.NDArray[np.int64]

    def without(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Give the places of those that are no sentence of the labelled comments in ``rows``."""
        return np.flatnonzero(~np.isin(self.origins, rows))


def gather_transfer(data: DistinctComments, files: Sequence[Path], seed: int) -> Transfer:
    """Gather sentences of labelled comments and the comments of files, each distinct text once.

    Args:
        data: Labelled comments.
        files: Tables with a column ``text``; each comment gets the question of a labelled one
            drawn at random, since a question changes what an answer means.
        seed: Seed of that draw.

    Raises:
        DataError: A file cannot be read, or has no such column.
    """
    rng = np.random.default_rng(seed)
    seen: dict[tuple[str | None, str], tuple[str, int]] = {}
    for row, (text, question) in enumerate(zip(data.texts, data.questions, strict=True)):
        for sentence in _sentences(text):
            seen.setdefault((question, normalise(sentence)), (sentence, row))
    for text in _english([text for file in files for text in _texts(file)]):
        question = data.questions[rng.integers(len(data))]
        seen.setdefault((question, normalise(text)), (text, ELSEWHERE))
    return Transfer(
        comments=DistinctComments(
            texts=tuple(text for text, _ in seen.values()),
            questions=tuple(question for question, _ in seen),
            targets=np.zeros((len(seen), data.targets.shape[1])),
            sentiments=np.full(len(seen), np.nan),
        ),
        origins=np.array([origin for _, origin in seen.values()], dtype=np.int64),
    )


def _sentences(text: str) -> list[str]:
    spans = sentences(text)
    if len(spans) < 2:
        return []
    return [part for part in (span.of(text) for span in spans) if len(part.split()) >= SHORTEST]


def _english(texts: list[str]) -> list[str]:
    """Leave out what the tagger would not read either."""
    return [texts[place] for place in np.flatnonzero(LanguageCheck().are_english(texts))]


def _texts(file: Path) -> Iterator[str]:
    table = open_table(file)
    column = table.require("text")
    for batch in table.batches():
        yield from (text for text in batch.frame[column].to_list() if text and normalise(text))
