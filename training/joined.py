"""Comments joined in pairs, so that a network learns to tell apart what stands side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labelled_data import DistinctComments, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Evidence = Mapping[int, tuple[Span, ...]]

LONGEST = 250
"""Characters; longer comments are varied enough as they are."""


def joined(data: DistinctComments, share: float, seed: int) -> DistinctComments:
    """Join some short comments each to another one that answers the same question.

    A joined comment has the themes of both, and a theme unknown in one is unknown unless the other
    has it. Each half is the evidence of its own themes. What is said of a theme is praise if either
    half praises it.

    Args:
        data: n comments.
        share: Share of the short comments to join, 0 to 1.
        seed: Seed of the draw.
    """
    rng = np.random.default_rng(seed)
    short = [row for row, text in enumerate(data.texts) if len(text) <= LONGEST]
    alike: dict[str | None, list[int]] = {}
    for row in short:
        alike.setdefault(data.questions[row], []).append(row)
    chosen = [row for row in short if rng.random() < share]
    others = [alike[data.questions[row]][_draw(rng, alike[data.questions[row]])] for row in chosen]
    return _join(data, np.array(chosen, dtype=np.int64), np.array(others, dtype=np.int64))


def _draw(rng: np.random.Generator, rows: list[int]) -> int:
    return int(rng.integers(len(rows)))


def _join(
    data: DistinctComments, firsts: npt.NDArray[np.int64], seconds: npt.NDArray[np.int64]
) -> DistinctComments:
    left, right = data.take(firsts), data.take(seconds)
    shifts = [len(text) + 1 for text in left.texts]
    return DistinctComments(
        texts=tuple(f"{a} {b}" for a, b in zip(left.texts, right.texts, strict=True)),
        questions=left.questions,
        targets=_either(left.targets, right.targets),
        sentiments=np.full(len(left), np.nan),
        polarity=_polarity(left, right),
        evidence=tuple(_evidence(left, right, row, shift) for row, shift in enumerate(shifts)),
    )


def _either(
    left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The higher of two targets; unknown where one is and the other does not settle it."""
    highest = np.fmax(left, right)
    unknown = np.isnan(left) | np.isnan(right)
    return np.where(unknown & (highest < 1), np.nan, highest)


def _polarity(left: DistinctComments, right: DistinctComments) -> npt.NDArray[np.float64]:
    """Either half's, where all that is said of a theme is known."""
    known = np.ones_like(left.polarity, dtype=bool)
    for half in (left, right):
        said = np.nan_to_num(half.targets, nan=1.0)[..., None] > 0
        known &= ~said | ~np.isnan(half.polarity)
    return np.where(known, np.fmax(left.polarity, right.polarity), np.nan)


def _evidence(left: DistinctComments, right: DistinctComments, row: int, shift: int) -> Evidence:
    told: dict[int, tuple[Span, ...]] = {}
    for half, offset in ((left, 0), (right, shift)):
        whole = (Span(0, len(half.texts[row])),)
        for theme in np.flatnonzero(half.labels[row]).tolist():
            spans = half.evidence[row].get(theme, whole)
            moved = tuple(Span(span.start + offset, span.end + offset) for span in spans)
            told[theme] = told.get(theme, ()) + moved
    return told
