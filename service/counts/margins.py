"""Which margins of a number are hidden, so that none of the hidden ones can be told apart.

A hidden number is safe if there is another world, in which it is any number that must be hidden,
and in which everything that is shown is the same. Two kinds of worlds are used:

* People change places between hidden nodes of the same dimension. It takes two hidden nodes, and
  enough people in them.
* There are a few people more, or fewer, of whom all that is shown says nothing: they stand in
  hidden nodes of every dimension, or are within what its rounding leaves open. It takes a total
  that is told more coarsely.

Where neither will do, a further node is hidden: the smallest of the same dimension. Before the
second, those are hidden that tell why people's group is missing, for nobody compares these, and
small ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from service.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.counts.measures import Flags, Ints, Measure, Part, Subject

_DEAR = 10
"""A node with less than one in so many of all people is hidden before the total is touched."""
_COARSEST = 40
"""How many times more coarsely than others a total may be told at most."""


@dataclass(slots=True, eq=False)
class Margins:
    """Which margins are shown.

    Attributes:
        hidden: Shape (K,), nodes whose number is not told.
        closed: Shape (K,), nodes that no crossing may tell more of.
        loose: Shape (K,), hidden nodes that have to be able to hold some more or fewer people,
            whatever they hold.
        shifted: Shape (K,), hidden nodes that are safe because the total may be another.
        total_step: What the total is rounded to; None where nothing at all is told.
    """

    hidden: Flags
    loose: Flags
    closed: Flags
    shifted: Flags
    total_step: int | None


@dataclass(slots=True)
class _Shift:
    """How far the total has to be able to move."""

    up: int = 0
    down: int = 0
    parts: list[Part] = field(default_factory=list)

    def covers(self, up: int, down: int) -> None:
        self.up, self.down = max(self.up, up), max(self.down, down)


def protect_margins(subject: Subject, hidden: Flags, loose: Flags) -> Margins:
    """Choose the margins that are hidden.

    Args:
        subject: The numbers.
        hidden: Shape (K,), nodes that are hidden whatever they hold.
        loose: Shape (K,), nodes that are hidden because a crossing would follow from them.
    """
    told = subject.told
    nothing = np.zeros(len(told.values), dtype=bool)
    if any(each.is_small(np.asarray(each.total)) for each in subject.measures()):
        return Margins(~nothing, loose, ~nothing, nothing, None)
    small = np.logical_or.reduce([each.small for each in subject.measures()])
    margins = Margins(hidden | loose | small, loose, nothing.copy(), nothing.copy(), told.step)
    while _hide_more(subject, margins):
        pass
    if margins.hidden.all():
        margins.total_step = None
    return margins


def _hide_more(subject: Subject, margins: Margins) -> bool:
    """Hide what is missing; tell whether anything was."""
    if _hide_overlapping(subject, margins):
        return True
    shift = _Shift()
    margins.closed[:], margins.shifted[:] = False, False
    for part in subject.parts:
        if part.partition and _is_unsafe(subject, margins, part, shift):
            return True
    step = _total_step(subject.told, shift)
    if step is None:
        return _hide_any(subject, margins, shift.parts)
    margins.total_step = step
    return False


def _hide_overlapping(subject: Subject, margins: Margins) -> bool:
    """Hide all nodes of dimensions that people stand in twice, where one is hidden."""
    changed = False
    for part in subject.parts:
        some = margins.hidden[part.places]
        if not part.partition and some.any() and not some.all():
            some[:] = True
            changed = True
    return changed


def _is_unsafe(subject: Subject, margins: Margins, part: Part, shift: _Shift) -> bool:
    """Make a dimension safe; tell whether that took hiding another node."""
    if not margins.hidden[part.places].any():
        return False
    told, rest = subject.told, subject.rest
    if rest is not None and _needed(subject, rest, margins, part) != (0, 0):
        return _hide_smallest(rest, margins, part) or _hide_everything(margins)
    up, down = _needed(subject, told, margins, part)
    if (up, down) == (0, 0):
        return False
    if _hide_smallest(told, margins, part, among=_cheap(subject)):
        return True
    if not _absorb(subject, margins, part, up, down):
        return _hide_smallest(subject.told, margins, part) or _hide_everything(margins)
    shift.covers(up, down)
    shift.parts.append(part)
    margins.shifted[part.places] |= margins.hidden[part.places]
    return False


def _cheap(subject: Subject) -> Flags:
    """Tell which nodes are hidden rather than that the total is told more coarsely."""
    return subject.missing | (subject.told.values * _DEAR <= subject.told.total)


def _needed(subject: Subject, measure: Measure, margins: Margins, part: Part) -> tuple[int, int]:
    """Tell how many people the hidden nodes of a dimension lack to stand in for each other.

    Args:
        subject: The number and its absence.
        measure: Which of the two.
        margins: What is hidden.
        part: The dimension.

    Returns:
        How many lack to make a number as great as hidden ones can be, and to take in all but one.
    """
    hidden = np.flatnonzero(margins.hidden[part.places]) + part.first
    values, loose = measure.values[hidden], margins.loose[hidden]
    small = measure.is_small(values)
    if not (small.any() or loose.any()):
        return 0, 0
    spare = np.maximum(values - 1, 0)
    more = np.where(loose, measure.limit - 1, np.where(small, measure.limit - values, 0))
    fewer = np.where(loose, measure.limit - 1, np.where(small, values - 1, 0))
    up = int((more - (spare.sum() - spare))[more > 0].max(initial=0))
    down = int((fewer - _space(subject, measure, part, hidden))[fewer > 0].max(initial=0))
    together = int(values.sum())
    if together <= measure.limit:  # several months may be asked for together
        up, down = max(up, measure.limit - together), max(down, together - 1)
    return max(up, 0), max(down, 0)


def _space(subject: Subject, measure: Measure, part: Part, hidden: Ints) -> Ints:
    """Tell how many people of each hidden node the other ones could take in.

    Where its base is told, or months are taken together, somebody has to come back for whoever
    goes; elsewhere the others' bases may be larger.
    """
    others, room = subject.others(measure), subject.room(measure)
    if others is None or room is None or subject.base_told is None:
        return np.full(len(hidden), measure.limit * (len(hidden) - 1))
    back, larger = others.values[hidden], room.values[hidden]
    told = np.diag(subject.base_told)[hidden] | part.joined
    space: Ints = np.where(told, back.sum() - back, larger.sum() - larger)
    return space


def _absorb(subject: Subject, margins: Margins, but: Part, up: int, down: int) -> bool:
    """Tell whether every other dimension leaves open whether there are some people more or fewer.

    Where the rounding of its shown nodes has to, these are closed: crossings would tell more.
    """
    for part in subject.parts:
        if part is but or subject.is_whole(part):
            continue
        more, fewer = _capacity(subject, margins, part)
        if more >= up and fewer >= down:
            continue
        more_closed, fewer_closed = _slack(subject.told, margins, part)
        if more + more_closed < up or fewer + fewer_closed < down:
            return False
        margins.closed[part.places] = True
    return True


def _capacity(subject: Subject, margins: Margins, part: Part) -> tuple[int, int]:
    """Tell how many people more and fewer the hidden nodes of a dimension may hold."""
    told, places = subject.told, part.places
    hidden = margins.hidden[places]
    if not hidden.any():
        return 0, 0
    fewer = int(np.maximum(told.values[places][hidden] - 1, 0).sum())
    if not part.partition:
        fewer = told.total
    if subject.rest is None:
        return told.limit, fewer
    return int(np.maximum(subject.rest.values[places][hidden] - 1, 0).sum()), fewer


def _slack(told: Measure, margins: Margins, part: Part) -> tuple[int, int]:
    """Tell how many people more and fewer the rounding of a dimension's shown nodes leaves open."""
    below, above = told.slack()
    shown = ~margins.hidden[part.places]
    if part.partition:
        return int(above[part.places][shown].sum()), int(below[part.places][shown].sum())
    values = told.values[part.places]
    overlapping = max(int(values.sum()) - told.total, 0)
    apart = int((told.total - values).min()) if len(values) == 2 else 0
    return overlapping, apart


def _hide_smallest(told: Measure, margins: Margins, part: Part, among: Flags | None = None) -> bool:
    """Hide the smallest shown node that holds anybody; tell whether there was one."""
    places = np.arange(part.first, part.end)
    shown = places[~margins.hidden[places] & (told.values[places] > 0)]
    if among is not None:
        shown = shown[among[shown]]
    if not len(shown):
        return False
    margins.hidden[shown[np.argmin(told.values[shown])]] = True
    return True


def _hide_everything(margins: Margins) -> bool:
    """Hide all that is left; tell whether there was anything."""
    left = not margins.hidden.all()
    margins.hidden[:] = True
    return left


def _hide_any(subject: Subject, margins: Margins, parts: Iterable[Part]) -> bool:
    for part in parts:
        if _hide_smallest(subject.told, margins, part):
            return True
    return _hide_everything(margins)


def _total_step(told: Measure, shift: _Shift) -> int | None:
    """Give the finest rounding of the total that leaves it open; None where there is none."""
    for step in range(told.step, told.step * _COARSEST + 1, told.step):
        shown = rounded(told.total, step)
        lowest = max(shown - step // 2, told.limit + 1)
        highest = shown - step // 2 + step - 1
        is_open = lowest <= told.total - shift.down and told.total + shift.up <= highest
        if is_open and shown > 0:
            return step
    return None
