"""Which nodes may be crossed with others, so that no hidden number in a crossing can be told.

A crossing of two nodes of different dimensions is told only if both are open. All crossings of open
nodes are large enough to be shown; those of other nodes are hidden, all of them. Then people may
change places between nodes of one dimension that are not open, whatever else is true of them, and
nothing that is shown changes. That is so for any number of dimensions and tables at once.

What is left to see to is that enough people can: that the nodes which are not open hold, together,
more in each crossing than what is hidden. That counts people of several crossings as one, so in the
end it is asked what a reader can make of all that is shown, see `service.counts.bounds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service.counts.bounds import bounds
from service.counts.ranges import Ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from service.counts.bounds import Between
    from service.counts.margins import Margins
    from service.counts.measures import Flags, Ints, Measure, Part, Subject

    Floats = NDArray[np.float64]


TOTAL = -1
"""Stands for the total where it gives a crossing away, however many margins are hidden."""


@dataclass(slots=True, eq=False)
class _Work:
    """What is known while nodes are closed, one by one.

    Attributes:
        subject: The numbers.
        margins: Which margins are hidden.
        open: Shape (K,), nodes that may be crossed; those that hold nobody are among them.
        of: Shape (K,), the place of each node's dimension.
        crossed: Shape (K, K), whether two nodes are of different dimensions that tables cross.
        measures: The numbers that must not be given away, each with those who could be among it
            as well; None for anybody.
    """

    subject: Subject
    margins: Margins
    open: Flags
    of: Ints
    crossed: Flags
    measures: tuple[tuple[Measure, Measure | None], ...]

    @classmethod
    def of_open(cls, subject: Subject, margins: Margins, free: Flags) -> _Work:
        """Begin with some nodes that may be crossed."""
        of = np.zeros(len(free), dtype=np.int64)
        for place, part in enumerate(subject.parts):
            of[part.places] = place
        return cls(
            subject=subject,
            margins=margins,
            open=free,
            of=of,
            crossed=subject.crossed(),
            measures=tuple((each, subject.room(each)) for each in subject.measures()),
        )

    def costs(self) -> Floats:
        """Tell what it costs to close each node: the people who then are not crossed."""
        worth = np.array([part.worth for part in self.subject.parts])[self.of]
        costs: Floats = np.maximum(self.subject.told.values, 1) * worth
        return costs


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """What may be crossed, and what a reader makes of that and of margins.

    Attributes:
        open: Shape (K,), nodes that may be crossed.
        given_away: A node whose margin has to be hidden as well, since a small number follows from
            what is shown; None where there is none, `TOTAL` where hiding no margin would help.
        known: For each number of the subject.
    """

    open: Flags
    given_away: int | None
    known: list[Between]


def open_nodes(subject: Subject, margins: Margins, closed: Flags) -> Opened:
    """Choose the nodes that may be crossed.

    Args:
        subject: The numbers.
        margins: Which margins are hidden, and which nodes are closed by that.
        closed: Shape (K,), nodes that are closed whatever they hold.
    """
    work = _Work.of_open(subject, margins, ~(margins.hidden | margins.closed | closed))
    _close_overlapping(work)
    _close_conflicting(work)
    while (further := _further(work)) is not None:
        _close(work, further)
    known = bounds(subject, margins, work.open)
    return Opened(work.open, given_away(subject, margins, work.open, known), known)


def _close(work: _Work, node: int) -> None:
    work.open[node] = False
    _close_overlapping(work)


def _close_overlapping(work: _Work) -> None:
    """Close all nodes of dimensions that people stand in twice, where one is closed."""
    for part in work.subject.parts:
        if not part.partition and not work.open[part.places].all():
            work.open[part.places] = False


def _close_conflicting(work: _Work) -> None:
    """Close nodes until no two open ones have a crossing that must be hidden.

    The next is the one with the most of these for its size: a small node is worth less.
    """
    conflicts = work.crossed & np.logical_or.reduce(
        [each.is_small(each.pairs) for each in work.subject.measures()]
    )
    while True:
        left = (conflicts & work.open[:, None] & work.open[None, :]).sum(axis=1)
        if not left.any():
            return
        _close(work, int(np.argmax(left / work.costs())))


def _further(work: _Work) -> int | None:
    """Give the open node whose closing does most for its size; None where nothing is left to do."""
    credit = np.zeros(len(work.open))
    for measure, room in work.measures:
        credit += _credit(work, measure, room)
    credit = np.where(work.open, credit / work.costs(), 0.0)
    return int(np.argmax(credit)) if (credit > 0).any() else None


def given_away(subject: Subject, margins: Margins, free: Flags, known: list[Between]) -> int | None:
    """Give the smallest node of a small number that all that is shown narrows; None for none.

    Args:
        subject: The numbers.
        margins: Which margins are hidden.
        free: Shape (K,), nodes that are crossed.
        known: What a reader makes of each number.

    Returns:
        `TOTAL` where hiding no further margin would help.
    """
    work = _Work.of_open(subject, margins, free)
    values, hidden = work.subject.told.values, work.margins.hidden
    nodes: set[int] = set()
    for (measure, _), each in zip(work.measures, known, strict=True):
        nodes.update(_narrowed(work, measure, (each.least > 1) | (each.most < measure.limit)))
    left = [node for node in nodes if values[node] > 0 and not hidden[node]]
    if nodes and not left:
        return TOTAL
    return min(left, key=lambda node: (values[node], node), default=None)


def _narrowed(work: _Work, measure: Measure, narrowed: Flags) -> Iterator[int]:
    """Give the nodes that small numbers, where these are narrowed, may have to do with.

    Args:
        work: What is open.
        measure: The numbers.
        narrowed: Of each, as `service.counts.bounds` lays them out.
    """
    everyone, ranges = len(work.open), Ranges.of(work.subject)
    small = work.crossed & measure.is_small(measure.pairs)
    yield from np.argwhere(small & narrowed[:everyone, :everyone]).ravel().tolist()
    alone = measure.small & work.margins.hidden & narrowed[:everyone, everyone]
    for node in np.flatnonzero(alone).tolist():
        part = work.subject.parts[work.of[node]]
        yield from range(part.first, part.end)
    if ranges.part is not None:
        together = measure.is_small(ranges.sums(measure.values)) & ranges.asked
        if (together & narrowed[ranges.rows, everyone]).any():
            yield from range(ranges.part.first, ranges.part.end)


def _credit(work: _Work, measure: Measure, room: Measure | None) -> Floats:
    """Tell how many crossings that could be narrowed the closing of each node helps."""
    credit = np.zeros(len(work.open))
    rows, columns = np.nonzero(_short(work, measure, room))
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        lacking = measure.limit
        if work.open[row]:
            credit[row] += 1.0
        else:
            places = work.subject.parts[work.of[row]].places
            inside = measure.pairs[places, column]
            beside = np.maximum(measure.values[places] - inside, 0)
            credit[places] += np.minimum(inside / lacking, 1.0)
            credit[places] += np.minimum(beside / lacking, 1.0) / 10
    for part in work.subject.parts:
        if part.partition:
            _add_rests(work, measure, part, credit)
    return credit


def _add_rests(work: _Work, measure: Measure, part: Part, credit: Floats) -> None:
    """Credit what helps open nodes whose crossings with all that is not open are few.

    These would be told together: by what is shown of the node less what is shown of its crossings.
    """
    shut = np.arange(part.first, part.end)[~work.open[part.places]]
    rest = measure.is_small(measure.pairs[:, shut].sum(axis=1)) & work.open
    rest[part.places] = False
    for node in np.flatnonzero(rest).tolist():
        credit[node] += 1.0
        credit[part.places] += np.minimum(measure.pairs[part.places, node] / measure.limit, 1.0)


def _short(work: _Work, measure: Measure, room: Measure | None) -> Flags:
    """Tell which hidden crossings too few people could come to, or go from, shape (K, K)."""
    safe = np.zeros_like(work.crossed)
    for part in work.subject.parts:
        if part.partition:  # whoever stands in two nodes already has nowhere to go
            safe[part.places] = _can_move(work, measure, room, part)
    shown = work.open[:, None] & work.open[None, :]
    return measure.is_small(measure.pairs) & work.crossed & ~shown & ~(safe | safe.T)


def _can_move(work: _Work, measure: Measure, whole: Measure | None, part: Part) -> Flags:
    """Tell which crossings can change people with others of the same column.

    Whoever comes to a crossing leaves another of its column, and whoever takes their place there
    leaves another crossing of its row: so everything else stays as it is. People can only come to
    where there is somebody of the base who is not among the number yet.

    Args:
        work: What is open.
        measure: The numbers.
        whole: Those who could be among them as well; None for anybody.
        part: The dimension whose nodes are the rows.

    Returns:
        One row for each node of the dimension, K columns; false for rows that are open.
    """
    places = part.places
    shut = ~work.open[places][:, None]
    hidden = work.margins.hidden[places][:, None]
    shifted = work.margins.shifted[places][:, None] * measure.limit
    crossing = measure.pairs[places]
    elsewhere = measure.values[places][:, None] - crossing
    room, room_elsewhere = _room(work, measure, whole, part)

    among_hidden = _of_others(crossing, hidden)
    in_place = elsewhere + np.where(hidden, _of_others(elsewhere, hidden) + shifted, 0)
    changing = np.minimum(in_place, _of_others(room_elsewhere, shut) + shifted)
    among_closed = _of_others(crossing, shut) - np.where(hidden, among_hidden, 0)
    coming = np.where(hidden, among_hidden, 0) + np.minimum(among_closed, changing)

    freely = np.where(hidden, _taken_in(work, measure, room, part, hidden), 0) + shifted
    back = np.minimum(_of_others(elsewhere, shut), room_elsewhere)
    going = freely + np.minimum(_taken_in(work, measure, room, part, shut), back)

    up, down = measure.limit - crossing, crossing - 1
    can: Flags = (np.minimum(coming, room + shifted) >= up) & (going >= down) & shut
    return can


def _room(work: _Work, measure: Measure, room: Measure | None, part: Part) -> tuple[Ints, Ints]:
    """Tell how many could come to each crossing of a dimension, and to others of its row."""
    if room is None:
        plenty = np.full_like(measure.pairs[part.places], measure.limit)
        return plenty, plenty
    crossing, whole = room.pairs[part.places], room.values[part.places][:, None]
    apart = (
        work.subject.parts_people()
    )  # whoever raises a theme in one answer may not do so in another
    return crossing, np.where(apart, whole - crossing, whole)


def _taken_in(work: _Work, measure: Measure, room: Ints, part: Part, some: Flags) -> Ints:
    """Tell how many people of each crossing some others of its column could take in.

    Where the base of the crossing is told, somebody has to come back for whoever goes.
    """
    others, told = work.subject.others(measure), work.subject.base_told
    if others is None or told is None:
        return _of_others(room, some)
    coming_back = _of_others(others.pairs[part.places], some)
    return np.where(told[part.places], coming_back, _of_others(room, some))


def _of_others(numbers: Ints, some: Flags) -> Ints:
    """Sum each column over some rows, but for the row itself where it is one of them."""
    taken: Ints = np.where(some, numbers, 0)
    others: Ints = taken.sum(axis=0) - taken
    return others
