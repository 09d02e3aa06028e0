"""Labelled comments for tests of arithmetic, made by hand or drawn by hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from labelled_data import Codebook, DistinctComments, LabelledComment, Theme, numbered_sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelled_data import Polarity, Span

SHARES = (0.0, 0.25, 0.5, 1.0, float("nan"))
"""What several people may have said of a theme; NaN where nobody could say."""
UNTOLD = (float("nan"), float("nan"))
TONES = (UNTOLD, (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 0.5))
ORDINALS = ("first", "second", "third")


def comment(
    text: str,
    *themes: str,
    question: str | None = None,
    sentiment: int | None = None,
    polarity: Mapping[str, Polarity] | None = None,
    evidence: Mapping[str, tuple[Span, ...]] | None = None,
    language: str = "en",
) -> LabelledComment:
    return LabelledComment(
        id="1",
        text=text,
        question=question,
        themes=themes,
        sentiment=sentiment,
        source_row=2,
        polarity=polarity or {},
        evidence=evidence or {},
        language=language,
    )


def codebook(codebook_id: str, *themes: str) -> Codebook:
    return Codebook(
        id=codebook_id,
        name=codebook_id.title(),
        version="1.0",
        unit="one comment",
        themes=tuple(
            Theme(id=theme, name=theme.title(), definition=f"Says something of {theme}.")
            for theme in themes
        ),
    )


def text_of(row: int, sentences: int) -> str:
    """A text of some sentences, each of which stands nowhere else."""
    return " ".join(f"The {ordinal} of comment {row}." for ordinal in ORDINALS[:sentences])


@st.composite
def distinct_comments(draw: st.DrawFn, themes: int = 2, most: int = 6) -> DistinctComments:
    """Comments of one to three sentences, in answer to one of two questions or to none."""
    n = draw(st.integers(1, most))
    texts = tuple(text_of(row, draw(st.integers(1, 3))) for row in range(n))
    targets = np.array(
        [[draw(st.sampled_from(SHARES)) for _ in range(themes)] for _ in range(n)], dtype=float
    )
    return DistinctComments(
        texts=texts,
        questions=tuple(draw(st.sampled_from((None, "Why?", "How?"))) for _ in range(n)),
        targets=targets,
        sentiments=np.array(
            [draw(st.sampled_from([1, 2, 2.5, 3, 3.5, 4, 5, np.nan])) for _ in texts]
        ),
        polarity=np.array(
            [[draw(st.sampled_from(TONES)) if t > 0 else UNTOLD for t in row] for row in targets]
        ),
        evidence=tuple(
            {
                theme: _shown(draw, text)
                for theme in np.flatnonzero(row > 0).tolist()
                if draw(st.booleans())
            }
            for text, row in zip(texts, targets, strict=True)
        ),
    )


def _shown(draw: st.DrawFn, text: str) -> tuple[Span, ...]:
    spans = numbered_sentences(text)
    shown = draw(st.sets(st.sampled_from(range(len(spans))), min_size=1))
    return tuple(spans[place] for place in sorted(shown))
