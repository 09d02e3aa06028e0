"""Which figures of a survey may be told, so that all of them together give no small number away.

The choice is made once for all tables of a survey: a figure is told in every table or in none, so
that the order in which tables are asked for does not matter and nobody has to remember them. What
makes it safe is told in `service.counts.margins` (figures by one dimension) and
`service.counts.open_nodes` (by two). Under a policy that hides, no table tells figures by three.

Months add up to ranges. A range is told if it takes in all of the months that are not told by
themselves, or none: then whoever changes places between these months stays in it or out of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from service.counts.bounds import ANY, Between, bounds
from service.counts.margins import Margins, protect_margins
from service.counts.measures import Subject, base_subject, theme_subject
from service.counts.open_nodes import TOTAL, given_away, open_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.counts.measures import Flags, Part
    from service.counts.policy import Policy
    from service.counts.tallies import Tallies

Places: TypeAlias = tuple[int, ...]
"""Nodes of one dimension that are taken together: a group, or the months of a range."""

_PAIR = 2


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What may be told of one number of people: a base, or a theme.

    Attributes:
        subject: The number.
        margins: Which nodes are hidden, and how the total is told.
        open: Shape (K,), nodes that may be crossed.
    """

    subject: Subject
    margins: Margins
    open: Flags

    def tells(self, slices: Sequence[Places]) -> bool:
        """Tell whether the number of people who are in all of up to two slices may be told."""
        if self.margins.total_step is None or not self._may_cross(slices):
            return False
        if any(self._holds_nobody(each) for each in slices):
            return True
        return all(self._is_told(each, slices) for each in slices)

    def _may_cross(self, slices: Sequence[Places]) -> bool:
        if len(slices) < _PAIR or not all(slices):
            return True
        (one, *_), (other, *_) = slices
        return bool(self.subject.may_cross()[one, other])

    def _holds_nobody(self, places: Places) -> bool:
        """Tell whether some nodes are known to hold nobody, and no crossing with them does.

        That is not so for polarity: who praises and blames a theme may only blame it in one answer.
        """
        nodes = list(places)
        if places and not self._part(places).parts_people:
            return False
        return not (self.subject.told.values[nodes].any() or self.margins.hidden[nodes].any())

    def _part(self, places: Places) -> Part:
        return next(part for part in self.subject.parts if part.first <= places[0] < part.end)

    def _is_told(self, places: Places, slices: Sequence[Places]) -> bool:
        told = self.open if len(slices) == _PAIR else ~self.margins.hidden
        nodes = list(places)
        if len(places) < _PAIR:
            return bool(told[nodes].all())
        if self._is_whole(places):
            return self._is_large(slices)
        if self.margins.shifted.any():
            # together, what each leaves open may be more than what rounding does
            return bool(told[nodes].all() and not self.margins.closed[nodes].any())
        if told[nodes].all():
            return True
        return self._takes_all(places, ~told) and self._is_large(slices)

    def _is_whole(self, places: Places) -> bool:
        """Tell whether some nodes of a dimension hold everyone."""
        part = self._part(places)
        values = self.subject.told.values
        return part.partition and bool(
            values[list(places)].sum() == values[part.places].sum() == self.subject.told.total
        )

    def step(self, slices: Sequence[Places]) -> int:
        """Tell what the number of people in all slices is rounded to."""
        if self.margins.total_step is not None and all(
            places and self._is_whole(places) for places in slices
        ):
            return self.margins.total_step
        return self.subject.told.step

    def _takes_all(self, places: Places, untold: Flags) -> bool:
        """Tell whether all nodes of a dimension that are not told are among some."""
        part = self._part(places)
        inside = np.zeros_like(untold)
        inside[list(places)] = True
        return part.partition and not (untold & ~inside)[part.places].any()

    def _is_large(self, slices: Sequence[Places]) -> bool:
        """Tell whether the people in all slices are too many, or none, to be hidden."""
        for measure in self.subject.measures():
            if len(slices) == _PAIR:
                number = measure.pairs[np.ix_(*(list(each) for each in slices))].sum()
            else:
                number = measure.values[list(slices[0])].sum()
            if measure.is_small(number):
                return False
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Protection:
    """What may be told of a survey.

    Attributes:
        base: Of its bases.
        themes: Of each theme, in codebook order.
    """

    base: Shown
    themes: tuple[Shown, ...]


def protect(tallies: Tallies, policy: Policy) -> Protection | None:
    """Choose what may be told of a survey; None where a policy protects nothing.

    Args:
        tallies: Its numbers by every margin and pair of margins.
        policy: The rules.
    """
    if not policy.protects:
        return None
    bases = base_subject(tallies, policy)
    nobody = np.zeros(len(tallies.base), dtype=bool)
    loose = nobody.copy()
    base, known = _shown(bases, nobody, nobody, loose)
    while True:
        themes, node = _protected_themes(tallies, policy, base, known[0])
        if node is None:
            return Protection(base, themes)
        if node == TOTAL:
            return _silence(tallies, policy, bases)
        loose[node] = True
        base, known = _shown(bases, nobody, nobody, loose)


def _silence(tallies: Tallies, policy: Policy, bases: Subject) -> Protection:
    """Tell nothing of a survey."""
    base, (known,) = _nothing(bases)
    told = np.zeros(bases.told.pairs.shape, dtype=bool)
    themes = range(len(tallies.themes))
    subjects = (theme_subject(tallies, place, policy, told, known) for place in themes)
    return Protection(base, tuple(_nothing(subject)[0] for subject in subjects))


def _protected_themes(
    tallies: Tallies, policy: Policy, base: Shown, known: Between
) -> tuple[tuple[Shown, ...], int | None]:
    """Choose what may be told of themes, beside what is told of their bases.

    What is told of one theme tells of its bases, and so of other themes: the choice is made anew
    with what a reader then knows of bases, until that is no more than was known.

    Args:
        tallies: The survey's numbers.
        policy: The rules.
        base: What is told of bases.
        known: What a reader makes of them.

    Returns:
        Of each theme; and a node whose base must not be told, since themes narrow a small one,
        `TOTAL` where none may be.
    """
    bases = base.subject
    # polarity parts no base: what a theme's polarity shows is the theme's own matter
    free = bases.told.values == 0
    told = _base_told(base, free)
    while True:
        further, themes = known, []
        anyhow = _of_any_polarity(known, tallies)
        for place in range(len(tallies.themes)):
            subject = theme_subject(tallies, place, policy, told, anyhow)
            shown, (count, rest) = _shown(subject, base.margins.hidden & ~free, ~base.open & ~free)
            further = further.and_(*_by_theme(count, rest, bases))
            themes.append(shown)
        if all(np.array_equal(*both) for both in zip(further, known, strict=True)):
            return tuple(themes), None
        bases = replace(bases, themes_known=further)
        (known,) = bounds(bases, base.margins, base.open)
        if (node := given_away(bases, base.margins, base.open, [known])) is not None:
            return (), node


def _by_theme(count: Between, rest: Between, bases: Subject) -> Between:
    """Tell what a reader makes of bases by a theme, which all raise or do not raise."""
    of_nobody = np.zeros(count.least.shape, dtype=bool)
    for part in bases.parts:
        if not bases.told.values[part.places].any():
            of_nobody[part.places], of_nobody[:, part.places] = True, True
    return Between(
        np.where(of_nobody, 0, count.least + rest.least),
        np.where(of_nobody, ANY, count.most + rest.most),
    )


def _base_told(base: Shown, free: Flags) -> Flags:
    """Tell which crossings' bases are told, and on the diagonal which nodes' are."""
    margin = ~base.margins.hidden | free
    crossed = base.open | free
    told: Flags = crossed[:, None] & crossed[None, :]
    told |= free[:, None] & margin[None, :] | free[None, :] & margin[:, None]
    np.fill_diagonal(told, margin)
    return told


def _of_any_polarity(known: Between, tallies: Tallies) -> Between:
    """Tell what a reader makes of bases, where anybody may speak of a theme in any way."""
    polarity = next(each for each in tallies.dimensions if each.kind == "polarity")
    places = slice(polarity.first, polarity.first + len(polarity.nodes))
    everyone = len(tallies.base)
    least, most = known.least.copy(), known.most.copy()
    for numbers in (least, most):
        numbers[places] = numbers[everyone]
        numbers[:, places] = numbers[:, [everyone]]
    return Between(least, most)


def _shown(
    subject: Subject, hidden: Flags, closed: Flags, loose: Flags | None = None
) -> tuple[Shown, list[Between]]:
    """Choose what may be told of a number, and say what a reader makes of it.

    Args:
        subject: The number.
        hidden: Shape (K,), nodes whose margins are hidden whatever they hold.
        closed: Shape (K,), nodes that are not crossed.
        loose: Shape (K,), as of `Margins`, to begin with.
    """
    loose = np.zeros_like(hidden) if loose is None else loose.copy()
    while True:
        margins = protect_margins(subject, hidden, loose)
        opened = open_nodes(subject, margins, closed)
        if opened.given_away is None:
            return Shown(subject, margins, opened.open), opened.known
        if opened.given_away == TOTAL:
            return _nothing(subject)
        loose[opened.given_away] = True


def _nothing(subject: Subject) -> tuple[Shown, list[Between]]:
    """Tell nothing of a theme."""
    no = np.zeros(len(subject.told.values), dtype=bool)
    margins = Margins(~no, no, ~no, no, None)
    return Shown(subject, margins, no), bounds(subject, margins, no)
