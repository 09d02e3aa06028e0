"""What margins and crossings that are shown give away of the crossings that are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from service.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.counts.margins import Margins
    from service.counts.measures import Flags, Ints, Measure, Part, Subject

ANY = int(np.iinfo(np.int32).max)
"""More people than there are, where nothing is known."""
_MOST_ROUNDS = 50
"""Bounds are true after each; later ones tighten them by a person at a time."""


class Between(NamedTuple):
    """The least and the most that numbers could be, shape (K, K) each; margins on the diagonal."""

    least: Ints
    most: Ints

    def and_(self, least: Ints, most: Ints) -> Between:
        """Give what keeps to other bounds as well."""
        return Between(np.maximum(self.least, least), np.minimum(self.most, most))


@dataclass(slots=True, eq=False)
class _Reader:
    """What a reader makes of one number.

    Attributes:
        measure: The number.
        known: Of each margin and crossing.
        total: Of everyone.
        within: Shape (K,), nodes none of whose people are beside that total.
        crossed: Shape (K, K), crossings that tables may tell of.
    """

    measure: Measure
    known: Between
    total: tuple[int, int]
    within: Flags
    crossed: Flags

    def of_crossings(self, least: Ints, most: Ints) -> None:
        """Take in bounds of crossings, either way round."""
        self._take_in(np.maximum(least, least.T), np.minimum(most, most.T), self.crossed)

    def of_margins(self, places: slice, least: Ints, most: Ints) -> None:
        """Take in bounds of the margins of some nodes, one each."""
        on = np.zeros_like(self.crossed)
        on[np.arange(len(on))[places], np.arange(len(on))[places]] = True
        low, high = np.zeros(len(on), np.int64), np.full(len(on), ANY)
        low[places], high[places] = least, most
        self._take_in(np.diag(low), np.diag(high), on)

    def _take_in(self, least: Ints, most: Ints, where: Flags) -> None:
        tighter = self.known.and_(least, most)
        self.known = Between(
            np.where(where, tighter.least, self.known.least),
            np.where(where, tighter.most, self.known.most),
        )


def bounds(subject: Subject, margins: Margins, free: Flags) -> list[Between]:
    """Bound each crossing by its base, by what is shown, and by the bounds of the others.

    A crossing is at least what its row holds less the most that the row's other crossings could
    hold, and at most what its row holds less the least that they could; and those of a base who are
    not among a number are its others. Each bound may tighten others, so this goes on until none
    does (the shuttle algorithm: Buzzigoli and Giusti 1999, An algorithm to calculate the lower and
    upper bounds of the elements of an array given its marginals; the bounds of the first round are
    those of Frechet 1940, Comptes Rendus 208). A number that is shown is any that is told alike.

    Args:
        subject: The numbers.
        margins: Which margins are shown, and how the total is.
        free: Shape (K,), nodes whose crossings with each other are shown.

    Returns:
        For each number of the subject.
    """
    crossed = subject.crossed()
    told = crossed & free[:, None] & free[None, :]
    np.fill_diagonal(told, ~margins.hidden)
    readers = _readers(subject, margins, crossed, told)
    for _ in range(_MOST_ROUNDS):
        before = [each.known for each in readers]
        for reader in readers:
            for part in _adding(subject, reader):
                _add_up(reader, part)
            _overlap(reader)
        if subject.base_known is not None:
            _part_base(readers[0], readers[1], subject.base_known)
        if all(
            np.array_equal(now, then)
            for reader, known in zip(readers, before, strict=True)
            for now, then in zip(reader.known, known, strict=True)
        ):
            break
    return [reader.known for reader in readers]


def _readers(subject: Subject, margins: Margins, crossed: Flags, told: Flags) -> list[_Reader]:
    """Begin with what figures say themselves."""
    count, rest, base = subject.told, subject.rest, subject.base_known
    known = _before_rounding(_with_margins(count), told, count.step, count.limit)
    total, every = total_bounds(count, margins.total_step), np.ones(len(told), dtype=bool)
    for part in subject.parts:
        if part.joined and part.partition:
            known = _taken_apart(subject, margins, part, known)
    if rest is None or base is None:
        known = known.and_(known.least, np.full_like(known.most, total[1]))
        return [_Reader(count, known, total, every, crossed)]
    known = known.and_(known.least, base.most)
    without = Between(np.maximum(base.least - known.most, 0), base.most - known.least)
    some, few = told & (without.least > 0), told & (without.most <= rest.limit)
    least = np.where(some, np.maximum(without.least, rest.limit + 1), without.least)
    most = np.where(few, 0, without.most)
    return [
        _Reader(count, known, total, every, crossed),
        # whoever does not raise a theme in one answer may do so in another
        _Reader(rest, Between(least, most), (0, ANY), subject.parts_people(), crossed),
    ]


def _with_margins(measure: Measure) -> Ints:
    numbers = measure.pairs.copy()
    np.fill_diagonal(numbers, measure.values)
    return numbers


def _before_rounding(numbers: Ints, told: Flags, step: int, limit: int) -> Between:
    """Bound numbers that are told by all that are told alike; nought is exact."""
    shown = rounded(numbers, step) - step // 2
    nobody = told & (numbers == 0)
    least = np.where(told, np.maximum(shown, limit + 1), 0)
    most = np.where(told, shown + step - 1, ANY)
    return Between(np.where(nobody, 0, least), np.where(nobody, 0, most))


def _taken_apart(subject: Subject, margins: Margins, part: Part, known: Between) -> Between:
    """Tighten margins by what is told of several together, one after the other.

    The numbers up to each node differ by no more than such a range holds, and no less: bounds of
    all differences are shortest paths (Floyd 1962, Algorithm 97).

    Args:
        subject: The numbers.
        margins: Which margins are hidden.
        part: A dimension whose nodes are in order; the last may be of no place in it.
        known: What is known of the number that is told.
    """
    of = np.arange(part.first, part.end)[~subject.missing[part.places]]
    untold = margins.hidden[part.places]
    inside = _ranges(margins.hidden[of].astype(np.int64))
    large = np.logical_and.reduce(
        [~each.is_small(_ranges(each.values[of])) for each in subject.measures()]
    )
    told = np.triu((inside == 0) | (large & (inside == untold.sum())), 1)
    count = subject.told
    together = _before_rounding(_ranges(count.values[of]), told, count.step, count.limit)
    farthest = np.where(told, together.most, ANY)
    farthest = np.where(np.tri(len(of) + 1, dtype=bool), -together.least.T, farthest)
    for node in range(len(farthest)):
        farthest = np.minimum(farthest, farthest[:, node, None] + farthest[None, node, :])
    low, high = np.zeros_like(known.least), np.full_like(known.most, ANY)
    low[of, of], high[of, of] = -farthest.diagonal(-1), farthest.diagonal(1)
    return known.and_(low, high)


def _ranges(numbers: Ints) -> Ints:
    """Sum n numbers from each place to each, shape (n + 1, n + 1)."""
    until = np.concatenate([[0], np.cumsum(numbers)])
    sums: Ints = until[None, :] - until[:, None]
    return sums


def total_bounds(measure: Measure, step: int | None) -> tuple[int, int]:
    """Give the least and the most that a total could be.

    Args:
        measure: Whose total.
        step: What it is rounded to; None where it is not told.
    """
    if step is None:
        return 0, ANY
    shown = rounded(measure.total, step) - step // 2
    return max(shown, measure.limit + 1), shown + step - 1


def _adding(subject: Subject, reader: _Reader) -> Iterator[Part]:
    """Give the dimensions whose nodes hold everyone of a number together.

    Polarity has nobody of a base, and whoever does not raise a theme in one answer, or so, may do
    so in another.
    """
    for part in subject.parts:
        if reader.measure is not subject.told:
            if part.parts_people:
                yield part
        elif subject.told.values[part.places].any():
            yield part


def _add_up(reader: _Reader, part: Part) -> None:
    """Tighten what the nodes of a dimension, which hold everyone of a row together, tell."""
    known, places = reader.known, part.places
    margin = Between(known.least.diagonal().copy(), known.most.diagonal().copy())
    _tighten_total(reader, part, margin)
    least, most = known.least[:, places], known.most[:, places]
    low, high = np.zeros_like(known.least), np.full_like(known.most, ANY)
    low[:, places] = margin.least[:, None] - _others(most)
    high[:, places] = margin.most[:, None]
    if part.partition:
        high[:, places] -= _others(least)
        crosses = reader.crossed[:, places].all(axis=1)
        least_together = np.where(crosses, least.sum(axis=1), 0)
        most_together = np.where(crosses, most.sum(axis=1), ANY)
        lowest, highest = reader.total
        reader.of_margins(slice(None), least_together, most_together)
        reader.of_margins(
            places,
            lowest - _others(margin.most[None, places])[0],
            highest - _others(margin.least[None, places])[0],
        )
    reader.of_crossings(low, high)


def _tighten_total(reader: _Reader, part: Part, margin: Between) -> None:
    """Tighten the total by what the nodes of a dimension hold together."""
    lowest, highest = reader.total
    together = int(margin.least[part.places].sum()) if part.partition else 0
    reader.total = max(lowest, together), min(highest, int(margin.most[part.places].sum()))


def _overlap(reader: _Reader) -> None:
    """Tighten crossings of nodes that together hold more than everyone."""
    margin, within = reader.known.least.diagonal(), reader.within
    more = margin[:, None] + margin[None, :] - reader.total[1]
    low = np.where(within[:, None] & within[None, :], more, 0)
    reader.of_crossings(low, np.full_like(reader.known.most, ANY))


def _others(numbers: Ints) -> Ints:
    """Sum each row without the number itself."""
    others: Ints = numbers.sum(axis=1, keepdims=True) - numbers
    return others


def _part_base(told: _Reader, rest: _Reader, base: Between) -> None:
    """Tighten two numbers that together are their base."""
    for one, other in ((told, rest), (rest, told)):
        low, high = base.least - other.known.most, base.most - other.known.least
        one.of_crossings(low, high)
        one.of_margins(slice(None), low.diagonal(), high.diagonal())
