"""Comments of which people said nothing, on which a student learns what its teachers would have.

The sentences of longer comments, each on its own, and comments from elsewhere that nobody labelled
with these codebooks. Several teachers' mean score is better than any one of them, and on these
comments one student can learn it (Hinton et al. 2015, arXiv 1503.02531).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import DistinctComments, Span, normalise, unlabelled
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
    """n comments that nobody labelled as such.

    Attributes:
        comments: The comments. A target is known where the labels of the comment that a sentence
            comes from settle it, see ``_settled``.
        origins: (n,) place of the labelled comment each one is a sentence of, or begins with one
            of, or ``ELSEWHERE``.
    """

    comments: DistinctComments
    origins: npt.NDArray[np.int64]

    def and_also(self, other: Transfer) -> Transfer:
        """Add others after these."""
        origins = np.concatenate([self.origins, other.origins])
        return Transfer(self.comments.and_also(other.comments), origins)

    def without(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Give the places of those that have nothing of the labelled comments in ``rows``."""
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
    known = {normalise(text) for text in data.texts}
    seen: dict[tuple[str | None, str], tuple[str, int, Span]] = {}
    for row, (text, question) in enumerate(zip(data.texts, data.questions, strict=True)):
        for span in sentences_of(text):
            seen.setdefault((question, normalise(span.of(text))), (span.of(text), row, span))
    for text in _english([text for file in files for text in _texts(file)]):
        if normalise(text) not in known:
            question = data.questions[rng.integers(len(data))]
            seen.setdefault((question, normalise(text)), (text, ELSEWHERE, Span(0, len(text))))
    questions, found = [question for question, _ in seen], list(seen.values())
    plain = unlabelled([text for text, _, _ in found], questions, data.targets.shape[1])
    origins = np.array([origin for _, origin, _ in found], dtype=np.int64)
    return Transfer(_settled(plain, data, origins, [span for _, _, span in found]), origins)


def _settled(
    comments: DistinctComments,
    data: DistinctComments,
    origins: npt.NDArray[np.int64],
    spans: Sequence[Span],
) -> DistinctComments:
    """Tell of sentences what the labels of the whole comment settle.

    A theme that the comment has not, no sentence has. A theme whose evidence people showed is in
    the sentences that they showed and in no other, and is spoken of there as in the whole, unless
    that is mixed. What else the sentences say stays unknown.
    """
    targets, polarity = comments.targets.copy(), comments.polarity.copy()
    for row in np.flatnonzero(origins != ELSEWHERE).tolist():
        origin = int(origins[row])
        targets[row, data.targets[origin] == 0] = 0
        for theme, places in data.evidence[origin].items():
            shown = any(p.start < spans[row].end and spans[row].start < p.end for p in places)
            targets[row, theme] = float(shown)
            if shown and data.polarity[origin, theme].sum() <= 1:
                polarity[row, theme] = data.polarity[origin, theme]
    return replace(comments, targets=targets, polarity=polarity)


def sentences_of(text: str) -> list[Span]:
    """Give the sentences of a comment that has several, but for the shortest."""
    spans = sentences(text)
    if len(spans) < 2:
        return []
    return [span for span in spans if len(span.of(text).split()) >= SHORTEST]


def _english(texts: list[str]) -> list[str]:
    """Leave out what the tagger would not read either."""
    return [texts[place] for place in np.flatnonzero(LanguageCheck().are_english(texts))]


def _texts(file: Path) -> Iterator[str]:
    table = open_table(file)
    column = table.require("text")
    for batch in table.batches():
        yield from (text for text in batch.frame[column].to_list() if text and normalise(text))
