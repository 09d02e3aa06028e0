"""What the correction needs to know of a slice, summed by cell and theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ReadPeople:
    """People all of whose readable answers in a slice somebody read, from random samples only.

    Attributes:
        row: Shape (m,); place of the person among the people of the slice.
        probability: Shape (m,); chance that all of that person's answers were drawn, above 0. Only
            how the chances compare within a cell matters.
        truth: Shape (m, T); the themes they raise as people read them.
    """

    row: NDArray[np.int64]
    probability: NDArray[np.float64]
    truth: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Those of a cell whom the model gives the theme, or those whom it does not.

    Attributes:
        people: Shape (M, T).
        read: Shape (M, T); those of them who were read.
        weight: Shape (M, T); weights of those read, summed. A weight is the survey's, divided by
            the chance of having been drawn.
        raising: Shape (M, T); weights of those read who raise the theme.
        uncertainty: Shape (M, T); one over the effective number of people read: the sum of
            w^2 (1 - chance) over the square of the sum of w; infinite where nobody was read. For
            equal weights it is (1 - n / N) / n.
    """

    people: Floats
    read: Floats
    weight: Floats
    raising: Floats
    uncertainty: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ReadSums:
    """Sums over the people of M cells, by theme where it says T.

    Attributes:
        base: Shape (M,), people.
        read: Shape (M,), people who were read.
        raised: Shape (M, T), those of them who raise the theme.
        unread: Shape (M,), share of the survey's weights that those who were not read hold.
        predicted: Shape (M, T), share of people whom the model gives the theme, weighted.
        with_theme: Those people.
        without: Everyone else.
    """

    base: Ints
    read: Ints
    raised: Floats
    unread: Floats
    predicted: Floats
    with_theme: Part
    without: Part


def read_sums(
    predicted: Flags, cell: Ints, cells: int, read: ReadPeople, weight: Floats | None
) -> ReadSums:
    """Sum over the people of each cell.

    Args:
        predicted: Shape (N, T), themes as the model gives them.
        cell: Shape (N,), place of each person's cell among `cells`, or -1.
        cells: M of them.
        read: m people who were read.
        weight: Shape (N,), the survey's weights; None where it has none.
    """
    inside = cell >= 0
    base = np.bincount(cell[inside], minlength=cells)
    total = base if weight is None else np.bincount(cell[inside], weight[inside], cells)
    count, weighted = _by_theme(predicted, cell, cells, weight)
    sample = _sample(predicted, cell, cells, read, weight)
    return ReadSums(
        base=base,
        read=sample.of_cell.sum(axis=1).astype(np.int64),
        raised=sample.of_cell @ sample.truth,
        unread=1 - _ratio(sample.of_cell @ sample.own, total),
        predicted=_ratio(weighted, total[:, None]),
        with_theme=_part(sample, sample.predicted, count),
        without=_part(sample, ~sample.predicted, base[:, None] - count),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    of_cell: Floats  # (M, m), 1 where the person is in the cell
    predicted: Flags  # (m, T)
    truth: Flags  # (m, T)
    chance: Floats  # (m,)
    own: Floats  # (m,), the survey's weight


def _sample(
    predicted: Flags, cell: Ints, cells: int, read: ReadPeople, weight: Floats | None
) -> _Sample:
    place = cell[read.row]
    kept = np.flatnonzero(place >= 0)
    row = read.row[kept]
    return _Sample(
        of_cell=(np.arange(cells)[:, None] == place[kept]).astype(float),
        predicted=predicted[row],
        truth=read.truth[kept],
        chance=read.probability[kept],
        own=np.ones(len(row)) if weight is None else weight[row],
    )


def _part(sample: _Sample, belongs: Flags, people: Floats) -> Part:
    w = sample.own / sample.chance

    def summed(values: Floats) -> Floats:
        return sample.of_cell @ (values[:, None] * belongs)

    weight = summed(w)
    # chances as they would have to be for those read to stand for everyone of the part
    scale = _ratio(summed(1 / sample.chance), people)
    squares = np.maximum(summed(w**2) - scale * summed(w**2 * sample.chance), 0)
    return Part(
        people=people,
        read=summed(np.ones(len(w))),
        weight=weight,
        raising=sample.of_cell @ (w[:, None] * (belongs & sample.truth)),
        uncertainty=np.where(weight > 0, _ratio(squares, weight**2), np.inf),
    )


def _by_theme(
    predicted: Flags, cell: Ints, cells: int, weight: Floats | None
) -> tuple[Floats, Floats]:
    """Count the people whom the model gives each theme, and sum their weights; shape (M, T)."""
    themes = predicted.shape[1]
    row, theme = np.nonzero(predicted)
    inside = cell[row] >= 0
    row, theme = row[inside], theme[inside]
    place, size = cell[row] * themes + theme, cells * themes
    count = np.bincount(place, minlength=size).astype(float).reshape(cells, themes)
    if weight is None:
        return count, count
    return count, np.bincount(place, weight[row], size).astype(float).reshape(cells, themes)


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """Divide; 0 where there is nothing to divide by."""
    nothing = np.zeros(np.broadcast_shapes(part.shape, whole.shape))
    divided: Floats = np.divide(part, whole, out=nothing, where=whole > 0)
    return divided
