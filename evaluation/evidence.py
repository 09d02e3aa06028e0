"""Whether the places a tagger shows are those that carry the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluation.bootstrap import share_estimates
from evaluation.estimates import Estimate, EvaluationSettings, Result
from labelled_data import numbered_sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from evaluation.predictions import Flags
    from labelled_data import DistinctComments, Span
    from models import Prediction

    Counts = NDArray[np.int64]
    Spans = Sequence[Span]


class EvidenceFigures(Result):
    """Evidence of the tags that person and tagger both gave, where both showed it.

    Only comments of two or more sentences count: in one there is no other place to point at.
    Evidence is right where it shares a character with a place the person showed. Intervals are
    bootstrap intervals over comments.

    Args:
        tags: Their number, a comment counting once for each theme.
        spans: Places the tagger showed.
        sentences: Places the person showed: right sentences.
        overlap: Share of the tags whose evidence overlaps a right sentence.
        precision: Share of the tagger's places that overlap a right sentence.
        recall: Share of the right sentences that are overlapped.
        right_share: Share of all sentences that are right: the precision of showing every one.
    """

    tags: int
    spans: int
    sentences: int
    overlap: Estimate
    precision: Estimate
    recall: Estimate
    right_share: Estimate


def measure_evidence(
    data: DistinctComments,
    answers: Sequence[Prediction],
    themes: Sequence[str],
    settings: EvaluationSettings,
) -> EvidenceFigures | None:
    """Measure evidence where both showed it.

    Args:
        data: Comments whose targets have a column for each of the themes.
        answers: What the tagger said of each.
        themes: Theme ids.
        settings: How many resamples, and the seed.

    Returns:
        None where there is no comment of several sentences with such a tag.
    """
    counts = np.array(
        [
            _of_comment(text, _shown(answer, labelled, right, themes))
            for text, labelled, right, answer in zip(
                data.texts, data.labels, data.evidence, answers, strict=True
            )
        ]
    )
    tags, spans, sentences, _ = counts[:, 1].sum(axis=0).tolist()
    if not tags:
        return None
    shares = share_estimates(counts[:, 0], counts[:, 1], settings)
    named = zip(("overlap", "precision", "recall", "right_share"), shares, strict=True)
    return EvidenceFigures(tags=tags, spans=spans, sentences=sentences, **dict(named))


def _shown(
    answer: Prediction, labelled: Flags, right: Mapping[int, Spans], themes: Sequence[str]
) -> list[tuple[Spans, Spans]]:
    """What the tagger and the person showed for each theme that both gave."""
    tags = {tag.theme: tag.evidence for tag in answer.tags if tag.evidence}
    return [
        (tags[theme], right[column])
        for column, theme in enumerate(themes)
        if labelled[column] and theme in tags and right.get(column)
    ]


def _of_comment(text: str, shown: Sequence[tuple[Spans, Spans]]) -> Counts:
    """Right and all of: tags, places shown, right sentences, sentences; shape (2, 4)."""
    counts = np.zeros((2, 4), dtype=np.int64)
    sentences = numbered_sentences(text)
    if len(sentences) > 1:
        for said, right in shown:
            hits = _overlapping(said, right)
            counts[0] += hits > 0, hits, _overlapping(right, said), _overlapping(sentences, right)
            counts[1] += 1, len(said), len(right), len(sentences)
    return counts


def _overlapping(spans: Spans, others: Spans) -> int:
    """How many of the spans share a character with any of the others."""
    return sum(any(max(a, c) < min(b, d) for c, d in others) for a, b in spans)
