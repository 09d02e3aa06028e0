"""Comments joined in pairs, so that a network learns to tell apart what stands side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labelled_data import DistinctComments, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Evidence = Mapping[int, tuple[Span, ...]]

LONGEST = 250
"""Characters; longer comments are varied enough as they are."""
CLEAR = 5
"""Words; what a shorter comment means hangs on the question."""
TRIES = 20
"""Comments looked at for one that can follow another."""
TURNS = (". ", ", but ", " but ", ", ", "... ")
"""How people go on from one thing to its opposite where they did not end the sentence."""


def joined(data: DistinctComments, share: float, seed: int) -> DistinctComments:
    """Join some short comments each to another one that answers the same question.

    A comment that alone answers its question is left out.

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
    chosen = [row for row in short if rng.random() < share and len(alike[data.questions[row]]) > 1]
    others = [_other(rng, row, alike[data.questions[row]]) for row in chosen]
    return _join(data, chosen, others, [" "] * len(chosen))


def contrasted(data: DistinctComments, share: float, seed: int) -> DistinctComments:
    """Join some short comments each to one that says the opposite of a theme: mixed polarity.

    People praise and blame the same thing in one breath too rarely to learn it from them alone. The
    second comment answers the same question, or is long enough to be understood without.

    Args:
        data: n comments.
        share: Share of the short comments that only praise or only blame a theme to join, 0 to 1.
        seed: Seed of the draw.
    """
    rng = np.random.default_rng(seed)
    sides = _one_sided(data)
    rows_of: dict[tuple[int, int], list[int]] = {}
    for row, told in sides.items():
        for theme, side in told:
            rows_of.setdefault((theme, side), []).append(row)
    firsts, seconds, turns = [], [], []
    for row, told in sides.items():
        theme, side = told[_draw(rng, range(len(told)))]
        if rng.random() >= share:
            continue
        second = _follower(rng, data, row, rows_of.get((theme, 1 - side), ()))
        if second is not None:
            firsts.append(row)
            seconds.append(second)
            turns.append(" " if data.texts[row][-1] in ".!?" else TURNS[_draw(rng, TURNS)])
    return _join(data, firsts, seconds, turns)


def _one_sided(data: DistinctComments) -> dict[int, list[tuple[int, int]]]:
    """Give for short comments the themes that they only praise or only blame, and which."""
    found: dict[int, list[tuple[int, int]]] = {}
    heard = data.labels[..., None] & (data.polarity >= 0.5)
    for row, theme in np.argwhere(heard.sum(axis=2) == 1).tolist():
        if len(data.texts[row]) <= LONGEST:
            found.setdefault(row, []).append((theme, int(heard[row, theme].argmax())))
    return found


def _follower(
    rng: np.random.Generator, data: DistinctComments, row: int, rows: Sequence[int]
) -> int | None:
    """Draw one of several rows that can follow another; None where none was met."""
    for _ in range(TRIES if rows else 0):
        other = rows[_draw(rng, rows)]
        if _can_follow(data, row, other):
            return other
    return None


def _can_follow(data: DistinctComments, row: int, other: int) -> bool:
    same_question = data.questions[row] == data.questions[other]
    return same_question or len(data.texts[other].split()) >= CLEAR


def _other(rng: np.random.Generator, row: int, rows: Sequence[int]) -> int:
    """Draw one of several rows but a certain one, all others alike likely."""
    drawn = rows[_draw(rng, range(len(rows) - 1))]
    return rows[-1] if drawn == row else drawn


def _draw(rng: np.random.Generator, choices: Sequence[object]) -> int:
    return int(rng.integers(len(choices)))


def _join(
    data: DistinctComments, firsts: Sequence[int], seconds: Sequence[int], between: Sequence[str]
) -> DistinctComments:
    left = data.take(np.array(firsts, dtype=np.int64))
    right = data.take(np.array(seconds, dtype=np.int64))
    begun = [a + turn for a, turn in zip(left.texts, between, strict=True)]
    shifts = [len(text) for text in begun]
    return DistinctComments(
        texts=tuple(a + b for a, b in zip(begun, right.texts, strict=True)),
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
