"""What a reader knows who has every table: bounds on sums of the numbers nobody publishes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tests.service.counts.attack.joint import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from service.counts.policy import Policy
    from tests.service.counts.attack.joint import Joint
    from tests.service.counts.attack.publishing import Figure

EVERYONE = -1
"""In place of a theme: the people themselves."""


class Sum(NamedTuple):
    """A number of people, as the unknown numbers that it sums.

    Attributes:
        theme: Those who raise it; `EVERYONE` for all.
        groups: Which crossings of groups, shape (G,), as bytes.
        answers: Which tellings, shape (K,), or patterns, shape (P,), as bytes.
        without: Those of the base who do not raise it: the patterns of the base, or None.
    """

    theme: int
    groups: bytes
    answers: bytes
    without: bytes | None = None


class Bounds(NamedTuple):
    """The least and the most that a number can be."""

    low: float
    high: float

    def and_(self, other: Bounds) -> Bounds:
        """Give what satisfies both."""
        return Bounds(max(self.low, other.low), min(self.high, other.high))


ANY = Bounds(0, np.inf)


@dataclass
class Knowledge:
    """What follows from figures and from the rules of the policy, which are public.

    Attributes:
        joint: Kinds of people.
        policy: The rules.
        bounds: Of every sum that something is known of.
    """

    joint: Joint
    policy: Policy
    bounds: dict[Sum, Bounds] = field(default_factory=dict)

    def learn(self, figures: Iterable[Figure]) -> None:
        """Take in what figures say."""
        for figure in figures:
            base = self._base(figure.base)
            count = self._count(figure.count, figure.rounded_to)
            self._bound(people(self.joint, figure.part), base)
            self._bound(raising(self.joint, figure.part, figure.theme), count)
            if figure.count is not None:
                rest = self._rest(base, count)
                self._bound(not_raising(self.joint, figure.part, figure.theme), rest)

    def learn_everyone(self, bounds: Bounds) -> None:
        """Take in how many people there are."""
        self._bound(people(self.joint, Part()), bounds)

    def _bound(self, of: Sum, bounds: Bounds) -> None:
        if bounds != ANY:
            self.bounds[of] = self.bounds.get(of, ANY).and_(bounds)

    def _base(self, shown: int | None) -> Bounds:
        """Bound a base: one that is shown has as many people as the policy demands."""
        bounds = before_rounding(shown, self.policy.round_to)
        return bounds.and_(Bounds(self.policy.smallest_base, np.inf)) if shown else bounds

    def _count(self, shown: int | None, rounded_to: int) -> Bounds:
        """Bound a count: one that is shown is 0 or not small."""
        bounds = before_rounding(shown, rounded_to)
        return bounds.and_(Bounds(self.policy.smallest_shown, np.inf)) if shown else bounds

    def _rest(self, base: Bounds, count: Bounds) -> Bounds:
        """Bound those without the theme where the count is shown: they too are 0 or not small."""
        if base.high - count.low < self.policy.smallest_shown:
            return Bounds(0, 0)
        if base.low - count.high > 0:
            return Bounds(self.policy.smallest_shown, np.inf)
        return ANY


def before_rounding(shown: int | None, rounded_to: int) -> Bounds:
    """Bound a number that was rounded to the nearest multiple, halves up; 0 is always exact."""
    if shown is None:
        return ANY
    if shown == 0:
        return Bounds(0, 0)
    low = shown - rounded_to // 2
    return Bounds(max(low, 0), low + rounded_to - 1)


def people(joint: Joint, part: Part) -> Sum:
    """Sum the people with an answer that could be read."""
    groups, patterns, _ = joint.masks(part)
    return Sum(EVERYONE, groups.tobytes(), patterns.tobytes())


def raising(joint: Joint, part: Part, theme: int) -> Sum:
    """Sum the people who raise a theme."""
    groups, _, tellings = joint.masks(part)
    return Sum(theme, groups.tobytes(), tellings.tobytes())


def not_raising(joint: Joint, part: Part, theme: int) -> Sum:
    """Sum the people with an answer that could be read who do not raise a theme."""
    groups, patterns, tellings = joint.masks(part)
    return Sum(theme, groups.tobytes(), tellings.tobytes(), patterns.tobytes())


def unpacked(mask: bytes) -> NDArray[np.bool_]:
    """Give a mask from its bytes."""
    return np.frombuffer(mask, np.bool_)
