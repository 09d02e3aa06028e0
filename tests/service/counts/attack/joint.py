"""The unknown table that a reader would like to know: how many people are of each kind.

A kind of person is a group of each characteristic, the answers given, and for each theme how each
of those answers speaks of it. Every figure that is published sums some kinds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from service.counts.readings import Node

    Mask = NDArray[np.bool_]

UNKNOWN = -1
FIRST_YEAR = 2025


class Slot(NamedTuple):
    """Where an answer stands: numbers of its question, its site and its month, or `UNKNOWN`."""

    question: int
    site: int
    month: int


class Speech(NamedTuple):
    """How an answer speaks of a theme."""

    raised: bool
    praised: bool = False
    blamed: bool = False


SILENT = Speech(raised=False)
PLAIN = Speech(raised=True)
WITH_POLARITY = (
    PLAIN,
    Speech(True, praised=True),
    Speech(True, blamed=True),
    Speech(True, True, True),
)
POLARITIES = ("positive", "negative", "mixed", "neutral")


@dataclass(frozen=True)
class Shape:
    """What people of a survey may be told apart by.

    Attributes:
        characteristics: Nodes of each, by its id.
        sites: How many there are; 0 for a survey without.
        some_site_unknown: Whether some responses have no site.
        months: How many there are from January 2025; 0 for a survey without dates.
        some_day_unknown: Whether some responses have no day.
        questions: How many there are.
        polarity: Whether answers praise and blame, or only raise a theme.
        repeated: Whether a person answers in several months, always about one site.
        site_characteristic: Id of the characteristic whose groups are the sites.
        nested: Whether a group of the first characteristic has one group of the second; everyone
            knows which (a trust has one region).
    """

    characteristics: Mapping[str, tuple[Node, ...]]
    sites: int = 0
    some_site_unknown: bool = False
    months: int = 0
    some_day_unknown: bool = False
    questions: int = 1
    polarity: bool = False
    repeated: bool = False
    site_characteristic: str | None = None
    nested: bool = False

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """Place of the node in each characteristic, by crossing of all; shape (G, C)."""
        sizes = [range(len(nodes)) for nodes in self.characteristics.values()]
        crossings = [crossing for crossing in product(*sizes) if self._can_be(crossing)]
        return np.array(crossings, np.int64).reshape(len(crossings), len(sizes))

    def _can_be(self, crossing: tuple[int, ...]) -> bool:
        return not self.nested or self.nest(crossing[0]) == crossing[1]

    def nest(self, group: int) -> int:
        """Say which node of the second characteristic holds a node of the first, if nested."""
        first, second = list(self.characteristics.values())[:2]
        return group * len(second) // len(first)

    @cached_property
    def slots(self) -> list[Slot]:
        """Where answers may stand."""
        return [slot for slots in self._places for slot in slots]

    @cached_property
    def _places(self) -> list[list[Slot]]:
        sites = [*range(self.sites), *[UNKNOWN] * (self.some_site_unknown or not self.sites)]
        months = [*range(self.months), *[UNKNOWN] * (self.some_day_unknown or not self.months)]
        slots = [[[Slot(q, s, m) for q in range(self.questions)] for m in months] for s in sites]
        if self.repeated:
            return [list(chain(*of_site)) for of_site in slots]
        return [place for of_site in slots for place in of_site]

    @cached_property
    def patterns(self) -> list[tuple[int, ...]]:
        """Sets of slots that one person may have answered, as places in `slots`."""
        place = {slot: number for number, slot in enumerate(self.slots)}
        return [tuple(place[s] for s in some) for slots in self._places for some in subsets(slots)]

    @cached_property
    def speeches(self) -> tuple[Speech, ...]:
        """How an answer may speak of a theme."""
        return (SILENT, *WITH_POLARITY) if self.polarity else (SILENT, PLAIN)

    @cached_property
    def tellings(self) -> list[tuple[int, tuple[Speech, ...]]]:
        """Places of patterns, and how each of their answers may speak of a theme, if one does."""
        return [
            (place, speeches)
            for place, pattern in enumerate(self.patterns)
            for speeches in product(self.speeches, repeat=len(pattern))
            if any(speech.raised for speech in speeches)
        ]

    @property
    def size(self) -> int:
        """Numbers unknown, with one theme, without writing them all down."""
        # a slot has no answer, or one that speaks of the theme somehow; less one without any
        spoken: list[int] = [pow(1 + len(self.speeches), len(slots)) - 1 for slots in self._places]
        return len(self.groups) * sum(spoken)


def subsets(slots: list[Slot]) -> Iterable[tuple[Slot, ...]]:
    """Give all but the empty one."""
    return chain.from_iterable(combinations(slots, n) for n in range(1, len(slots) + 1))


class Part(NamedTuple):
    """The people that a figure is of.

    Attributes:
        groups: Node by characteristic, as places; those that are left out may be any.
        question: Only answers to it.
        site: Only answers about it; `UNKNOWN` for those about nobody knows which.
        months: Only answers from the first to the last of these two months.
        polarity: Only themes that are spoken of so.
    """

    groups: frozenset[tuple[str, int]] = frozenset()
    question: int | None = None
    site: int | None = None
    months: tuple[int, int] | None = None
    polarity: str | None = None


class Joint:
    """Which kinds of people each figure sums.

    Args:
        shape: What they may be told apart by.
    """

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._known: dict[Part, tuple[Mask, Mask, Mask]] = {}
        answered = np.zeros((len(shape.patterns), len(shape.slots)), np.bool_)
        for row, pattern in enumerate(shape.patterns):
            answered[row, list(pattern)] = True
        self._answered = answered
        self._speech = np.zeros((len(shape.tellings), len(shape.slots), 3), np.bool_)
        for row, (place, speeches) in enumerate(shape.tellings):
            self._speech[row, list(shape.patterns[place])] = speeches

    def masks(self, part: Part) -> tuple[Mask, Mask, Mask]:
        """Say which crossings of groups, which patterns and which tellings count.

        Returns:
            Shapes (G,), (P,) and (K,).
        """
        if part not in self._known:
            slots = np.array([_in_part(slot, part) for slot in self.shape.slots], np.bool_)
            answered: Mask = np.logical_or.reduce(self._answered[:, slots], axis=1)
            told: Mask = np.logical_or.reduce(self._speech[:, slots], axis=1)
            raised = told[:, 0] & _of_polarity(told[:, 1], told[:, 2], part.polarity)
            self._known[part] = self._in_groups(part), answered, raised
        return self._known[part]

    def _in_groups(self, part: Part) -> Mask:
        names = list(self.shape.characteristics)
        mask = np.ones(len(self.shape.groups), np.bool_)
        for name, node in part.groups:
            mask &= self.shape.groups[:, names.index(name)] == node
        return mask


def _in_part(slot: Slot, part: Part) -> bool:
    return (
        part.question in (None, slot.question)
        and part.site in (None, slot.site)
        and (part.months is None or part.months[0] <= slot.month <= part.months[1])
    )


def _of_polarity(praised: Mask, blamed: Mask, polarity: str | None) -> Mask:
    return {
        None: np.ones_like(praised),
        "positive": praised & ~blamed,
        "negative": blamed & ~praised,
        "mixed": praised & blamed,
        "neutral": ~praised & ~blamed,
    }[polarity]
