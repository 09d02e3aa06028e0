"""What margins that are shown give away of the crossings between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from service.counts.measures import Flags, Ints, Measure, Subject


def bounds(subject: Subject, hidden: Flags, measure: Measure) -> tuple[Ints, Ints]:
    """Bound each crossing by its base and by the margins that are shown.

    A crossing is at least what its row holds less the most that the row's other crossings could
    hold, or its base less all of its row or column who are not among the number; and at most what
    its row, its column or its base holds (Frechet 1940, Comptes Rendus 208).

    Args:
        subject: The numbers.
        hidden: Shape (K,), margins that are not shown.
        measure: Which of the numbers.

    Returns:
        The least and the most that each crossing could hold, shape (K, K) each.
    """
    room, rest = subject.room(measure), subject.others(measure)
    plenty = measure.total + measure.limit + (0 if rest is None else rest.total)
    base = np.full_like(measure.pairs, plenty) if room is None else measure.pairs + room.pairs
    by_column = _by_column(subject, hidden, measure, plenty)
    most = np.minimum(base, np.minimum(by_column, by_column.T))
    least = np.zeros_like(most)
    for part in subject.parts:
        if part.partition and (part.parts_people or measure is subject.told):
            capacity = np.minimum(base, by_column)[:, part.places]
            others = capacity.sum(axis=1, keepdims=True) - capacity
            of_row = np.where(hidden, 0, measure.values)[:, None] - others
            least[:, part.places] = np.maximum(least[:, part.places], of_row)
    if measure is subject.told:
        shown = np.where(hidden, 0, measure.values)
        least = np.maximum(least, shown[:, None] + shown[None, :] - measure.total)
    if rest is not None:
        least = np.maximum(least, _of_base(subject, hidden, measure, rest))
    return np.maximum(least, least.T), most


def _by_column(subject: Subject, hidden: Flags, measure: Measure, plenty: int) -> Ints:
    """Tell the most that each crossing could hold by the margin of its column."""
    shown = np.where(hidden, plenty, measure.values)[None, :]
    if measure is subject.told:
        return np.repeat(shown, len(hidden), axis=0)
    # whoever does not raise a theme in one answer, or so, may do so in another
    return np.where(subject.parts_people()[:, None], shown, plenty)


def _of_base(subject: Subject, hidden: Flags, measure: Measure, rest: Measure) -> Ints:
    """Tell the least that each crossing could hold by its base.

    A base that is not told may follow from others, unless it is one that must be hidden.
    """
    base = measure.pairs + rest.pairs
    others = np.where(hidden, rest.total, rest.values)[:, None]
    # in one answer no more raise a theme than in all; of those who do not, there may be more
    bounded = subject.parts_people()[None, :] | (rest is subject.told)
    of_row = np.where(bounded, others, base.max())
    of_base = base - np.minimum(of_row, of_row.T)
    return np.where(subject.small_base(base), 0, of_base)
