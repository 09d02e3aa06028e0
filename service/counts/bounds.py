"""What margins, crossings and months together that are shown give away of all that is not.

Numbers stand in tables of one shape: a row for each of K nodes, one for everyone and one for each
range of neighbouring months; a column for each node and one for everyone. So the column of everyone
holds the margins, and everyone of everyone is the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from service.counts.ranges import Ranges
from service.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.counts.margins import Margins
    from service.counts.measures import Flags, Ints, Measure, Part, Subject

ANY = 2**30 - 1
"""More people than there are, where nothing is known; twice as many are an int32 still."""
_MOST_ROUNDS = 50
"""Bounds are true after each; later ones tighten them by a person at a time."""


class Between(NamedTuple):
    """The least and the most that numbers could be, shape (K + 1 + ranges, K + 1) each.

    Of a node with another of its own dimension, or with itself, nothing is said.
    """

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
        known: Of each row and column.
        within: Of each row, whether none of its people are beside everyone of the number.
        crossed: Of each row and column, whether anything is known of it.
    """

    measure: Measure
    known: Between
    within: Flags
    crossed: Flags

    @property
    def everyone(self) -> int:
        """The row, and the column, of everyone."""
        return len(self.measure.values)

    def take_in(self, least: Ints, most: Ints) -> None:
        """Take in bounds, of what is crossed either way round."""
        square = slice(self.everyone + 1)
        least[square] = np.maximum(least[square], least[square].T)
        most[square] = np.minimum(most[square], most[square].T)
        tighter = self.known.and_(least, most)
        self.known = Between(
            np.where(self.crossed, tighter.least, self.known.least),
            np.where(self.crossed, tighter.most, self.known.most),
        )

    def nothing(self) -> Between:
        """Give bounds that say nothing."""
        return Between(np.zeros_like(self.known.least), np.full_like(self.known.most, ANY))


def bounds(subject: Subject, margins: Margins, free: Flags) -> list[Between]:
    """Bound each number by its base, by what is shown, and by the bounds of the others.

    A crossing is at least what its row holds less the most that the row's other crossings could
    hold, and at most what its row holds less the least that they could; months together are what
    they are one by one, and what two longer ranges differ by; two nodes share what they share in
    each node of a third dimension; and those of a base who are not among a number are its others.
    Each bound may tighten others, so this goes on until none does (the shuttle algorithm: Buzzigoli
    and Giusti 1999, An algorithm to calculate the lower and upper bounds of the elements of an
    array given its marginals; the bounds of the first round are those of Frechet 1940, Comptes
    Rendus 208). A number that is shown is any that is told alike.

    Args:
        subject: The numbers.
        margins: Which margins are shown, and how the total is.
        free: Shape (K,), nodes whose crossings with each other are shown.

    Returns:
        For each number of the subject.
    """
    ranges = Ranges.of(subject)
    readers = _readers(subject, margins, free, ranges)
    for _ in range(_MOST_ROUNDS):
        _settle(subject, readers, ranges)
        before = [each.known for each in readers]
        for reader in readers:
            for part in _adding(subject, reader):
                if part.partition:
                    _meet(reader, part)
        if _are(readers, before):
            break
    return [reader.known for reader in readers]


def _settle(subject: Subject, readers: list[_Reader], ranges: Ranges) -> None:
    """Go on until no bound of two tightens another."""
    for _ in range(_MOST_ROUNDS):
        before = [each.known for each in readers]
        for reader in readers:
            for part in _adding(subject, reader):
                _add_up(reader, part)
            _overlap(reader)
            if ranges.part is not None:
                _take_apart(reader, ranges)
        if subject.base_known is not None:
            _part_base(readers[0], readers[1], subject.base_known)
        if _are(readers, before):
            break


def _are(readers: list[_Reader], known: list[Between]) -> bool:
    """Tell whether readers know what is said."""
    return all(
        np.array_equal(now, then)
        for reader, before in zip(readers, known, strict=True)
        for now, then in zip(reader.known, before, strict=True)
    )


def _readers(subject: Subject, margins: Margins, free: Flags, ranges: Ranges) -> list[_Reader]:
    """Begin with what figures say themselves."""
    count, rest, base = subject.told, subject.rest, subject.base_known
    crossed = _crossed(subject, ranges)
    told, known = _told(subject, margins, free, ranges)
    every = np.ones(len(crossed), dtype=bool)
    if subject.themes_known is not None:
        known = known.and_(*subject.themes_known)
    if rest is None or base is None:
        return [_Reader(count, known, every, crossed)]
    known = known.and_(known.least, base.most)
    without = Between(np.maximum(base.least - known.most, 0), base.most - known.least)
    some, few = told & (without.least > 0), told & (without.most <= rest.limit)
    least = np.where(some, np.maximum(without.least, rest.limit + 1), without.least)
    most = np.where(few, 0, without.most)
    apart = subject.parts_people()
    # whoever does not raise a theme in one answer may do so in another
    within = np.concatenate([apart, [True], np.ones(len(crossed) - len(apart) - 1, dtype=bool)])
    return [
        _Reader(count, known, every, crossed),
        _Reader(rest, Between(least, most), within, crossed),
    ]


def _crossed(subject: Subject, ranges: Ranges) -> Flags:
    """Tell of which rows and columns tables may tell, taken together."""
    nodes = len(subject.told.values)
    crossed = np.ones((nodes + 1 + ranges.more, nodes + 1), dtype=bool)
    crossed[:nodes, :nodes] = subject.crossed()
    if ranges.part is not None:
        crossed[nodes + 1 :, :nodes] = crossed[ranges.part.first, :nodes]
    return crossed


def _told(subject: Subject, margins: Margins, free: Flags, ranges: Ranges) -> tuple[Flags, Between]:
    """Tell which figures are shown, and between what they are; a nought is exact.

    The total's rounding is its own.
    """
    count, everyone = subject.told, len(free)
    numbers = np.zeros((everyone + 1 + ranges.more, everyone + 1), dtype=np.int64)
    told = np.zeros_like(numbers, dtype=bool)
    numbers[:everyone, :everyone] = count.pairs
    told[:everyone, :everyone] = subject.crossed() & free[:, None] & free[None, :]
    numbers[:everyone, everyone] = numbers[everyone, :everyone] = count.values
    told[:everyone, everyone] = told[everyone, :everyone] = ~margins.hidden
    if ranges.part is not None:
        numbers[ranges.rows, everyone] = ranges.sums(count.values)
        told[ranges.rows, everyone] |= _told_together(subject, margins, ranges)
        told[everyone, everyone] = False
    shown = rounded(numbers, count.step) - count.step // 2
    nobody = told & (numbers == 0)
    least = np.where(told, np.maximum(shown, count.limit + 1), 0)
    most = np.where(told, shown + count.step - 1, ANY)
    least, most = np.where(nobody, 0, least), np.where(nobody, 0, most)
    total = total_bounds(count, margins.total_step)
    least[everyone, everyone], most[everyone, everyone] = total
    told[everyone, everyone] = margins.total_step is not None
    return told, Between(least, np.minimum(most, total[1]))


def _told_together(subject: Subject, margins: Margins, ranges: Ranges) -> Flags:
    """Tell which ranges tables tell: those of all months that are hidden, or of none."""
    hidden = margins.hidden.astype(np.int64)
    inside, untold = ranges.sums(hidden), hidden[ranges.places].sum()
    large = np.logical_and.reduce(
        [~each.is_small(ranges.sums(each.values)) for each in subject.measures()]
    )
    told: Flags = ranges.asked & ((inside == 0) | (large & (inside == untold)))
    return told


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
    known, places, everyone = reader.known, part.places, reader.everyone
    least, most = known.least[:, places], known.most[:, places]
    low, high = reader.nothing()
    low[:, places] = known.least[:, [everyone]] - _others(most)
    high[:, places] = known.most[:, [everyone]]
    crosses = reader.crossed[:, places].all(axis=1)
    high[:, everyone] = np.where(crosses, most.sum(axis=1), ANY)
    if part.partition:
        high[:, places] -= _others(least)
        low[:, everyone] = np.where(crosses, least.sum(axis=1), 0)
    reader.take_in(low, high)


def _overlap(reader: _Reader) -> None:
    """Tighten crossings of nodes that together hold more than everyone."""
    known, within, everyone = reader.known, reader.within, reader.everyone
    margin, total = known.least[:, everyone], known.most[everyone, everyone]
    more = margin[:, None] + margin[None, : everyone + 1] - total
    low, high = reader.nothing()
    both = within[:, None] & within[None, : everyone + 1]
    reader.take_in(np.where(both, more, low), high)


def _meet(reader: _Reader, part: Part) -> None:
    """Tighten crossings of two nodes by those of each with the nodes of a third dimension.

    In each node of a dimension that everyone stands in, two can share no more than the fewer of
    them there, and no less than what they hold there together beyond all that it holds: for one
    such node, the triangle inequalities of Deza and Laurent 1997, Geometry of Cuts and Metrics,
    section 5.1.
    """
    square = slice(reader.everyone + 1)
    across = reader.crossed[square, part.places].all(axis=1) & reader.within[square]
    both = reader.crossed[square] & across[:, None] & across[None, :]
    # only nodes beside the dimension meet in it: few of all, where it has hundreds
    rows = np.flatnonzero(both.any(axis=1))
    if len(rows) == 0:
        return
    meeting = np.ix_(rows, rows)
    both, least, most = both[meeting], reader.known.least[meeting], reader.known.most[meeting]
    margin, whole = reader.known.most[rows, reader.everyone], reader.known.most[:, reader.everyone]
    in_part = Between(reader.known.least[rows], reader.known.most[rows])
    at_least, at_most = np.zeros_like(least), np.zeros_like(most)
    for place in range(part.first, part.end):
        here = _shared(in_part.least[:, place], in_part.most[:, place], whole[place])
        at_least += here.least
        at_most += here.most
    low, high = reader.nothing()
    low[meeting], high[meeting] = np.where(both, at_least, 0), np.where(both, at_most, ANY)
    for place in range(part.first, part.end):
        inside = in_part.least[:, place]
        here = _shared(inside, in_part.most[:, place], whole[place])
        beside = margin - inside
        elsewhere = np.minimum(at_most - here.most, np.minimum(beside[:, None], beside[None, :]))
        low[rows, place] = np.where(both, least - elsewhere, 0).max(axis=1)
        further = most - (at_least - here.least) + whole[place] - inside[None, :]
        high[rows, place] = np.where(both, further, ANY).min(axis=1)
    reader.take_in(low, high)


def _shared(least: Ints, most: Ints, whole: np.int64) -> Between:
    """Bound how many of two nodes are both in a third, which holds at most so many."""
    together = least[:, None] + least[None, :] - whole
    return Between(np.maximum(together, 0), np.minimum(most[:, None], most[None, :]))


def _take_apart(reader: _Reader, ranges: Ranges) -> None:
    """Tighten what months, one by one and together, hold of each column.

    The numbers up to each month differ by no more than such a range holds, and no less: bounds of
    all differences are shortest paths (Floyd 1962, Algorithm 97).
    """
    known, rows = reader.known, ranges.rows
    later = ranges.later
    farthest = np.where(later[..., None], known.most[rows], -known.least[rows.T])
    farthest = np.clip(farthest, -ANY, ANY).astype(np.int32)
    farthest[np.arange(len(rows)), np.arange(len(rows))] = 0
    for place in range(len(rows)):
        by_here = farthest[:, [place]] + farthest[[place], :]
        np.minimum(farthest, by_here, out=farthest)
    low, high = reader.nothing()
    high[rows[later]] = farthest[later]
    low[rows[later]] = -farthest.swapaxes(0, 1)[later]
    reader.take_in(low, high)


def _others(numbers: Ints) -> Ints:
    """Sum each row without the number itself."""
    others: Ints = numbers.sum(axis=1, keepdims=True) - numbers
    return others


def _part_base(told: _Reader, rest: _Reader, base: Between) -> None:
    """Tighten two numbers that together are their base."""
    for one, other in ((told, rest), (rest, told)):
        one.take_in(base.least - other.known.most, base.most - other.known.least)
