"""One number of people by every margin and every pair of margins: what the protection works on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from service.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from service.counts.bounds import Between
    from service.counts.policy import Policy
    from service.counts.tallies import Dimension, Tallies

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


WORTH = {"question": 4.0, "polarity": 2.0, "characteristic": 1.0, "site": 0.7, "period": 0.2}
"""What crossings by a kind of dimension are worth: where something has to be hidden, figures of a
group in one month are the first to go."""


@dataclass(frozen=True, slots=True)
class Part:
    """A dimension as a range of nodes.

    Attributes:
        first: Place of its first node.
        end: Place after its last.
        partition: Whether nobody is in two of its nodes.
        worth: What a crossing of its nodes is worth beside those of others.
        joined: Whether tables may take nodes of it together, where they tell of nothing else.
        crosses: Whether tables may cross it.
        parts_people: Whether it parts those who do not raise a theme as well.
    """

    first: int
    end: int
    partition: bool
    worth: float = 1.0
    joined: bool = False
    crosses: bool = True
    parts_people: bool = True

    @property
    def places(self) -> slice:
        """Its nodes among all."""
        return slice(self.first, self.end)


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """How many people there are, of K nodes: those of a theme, or those without it, or a base.

    Attributes:
        total: Of everyone.
        values: Shape (K,).
        pairs: Shape (K, K), of both nodes.
        limit: Numbers from 1 to this are hidden, and nobody may tell more of them than that.
        step: What shown numbers are rounded to.
    """

    total: int
    values: Ints
    pairs: Ints
    limit: int
    step: int

    @property
    def small(self) -> Flags:
        """Which nodes hold a number that must be hidden, shape (K,)."""
        return self.is_small(self.values)

    def is_small(self, numbers: Ints) -> Flags:
        """Tell which numbers must be hidden."""
        return (numbers > 0) & (numbers <= self.limit)

    def slack(self) -> tuple[Ints, Ints]:
        """How much smaller and greater each node could be, told alike; 0 where nobody is in it."""
        lowest = rounded(self.values, self.step) - self.step // 2
        below = self.values - np.maximum(lowest, self.limit + 1)
        above = lowest + self.step - 1 - self.values
        return np.where(self.values > 0, below, 0), np.where(self.values > 0, above, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is protected together: a theme and its absence, or a base alone.

    Attributes:
        parts: The dimensions.
        told: The number that tables tell.
        rest: The people of the base who are not among them; None for a base.
        missing: Shape (K,), nodes that tell why there is no group.
        base_told: Shape (K, K), whether the base of a crossing is told, and on the diagonal that of
            a node: where it is not, it may be larger. None for a base.
        base_known: What a reader makes of the base of each number; None for a base.
        themes_known: What a reader makes of a base by all that is told of themes; None for a theme,
            and where nothing is told of these yet.
    """

    parts: tuple[Part, ...]
    told: Measure
    rest: Measure | None
    missing: Flags
    base_told: Flags | None = None
    base_known: Between | None = None
    themes_known: Between | None = None

    def measures(self) -> Iterator[Measure]:
        """Each number that must not be given away."""
        yield self.told
        if self.rest is not None:
            yield self.rest

    def others(self, measure: Measure) -> Measure | None:
        """Give the people of the base who are not among a number; None for a base."""
        return self.rest if measure is self.told else self.told

    def parts_people(self) -> Flags:
        """Tell of each node whether its dimension parts those who do not raise a theme as well."""
        lengths = [part.end - part.first for part in self.parts]
        return np.repeat([part.parts_people for part in self.parts], lengths)

    def may_cross(self) -> Flags:
        """Tell which nodes tables may cross, shape (K, K).

        Not polarity with what people stand in twice: who praises and blames a theme may only blame
        it in one answer, so that such crossings follow from no margins. Nor months where people
        answered in several.
        """
        apart = self.parts_people()
        lengths = [part.end - part.first for part in self.parts]
        crosses = np.repeat([part.crosses for part in self.parts], lengths)
        may: Flags = (apart[:, None] | apart[None, :]) & crosses[:, None] & crosses[None, :]
        return may

    def crossed(self) -> Flags:
        """Tell which crossings tables may tell of, shape (K, K): not of a dimension with itself."""
        lengths = [part.end - part.first for part in self.parts]
        of = np.repeat(np.arange(len(self.parts)), lengths)
        crossings: Flags = (of[:, None] != of[None, :]) & self.may_cross()
        return crossings

    def is_whole(self, part: Part) -> bool:
        """Tell whether one node of a dimension holds everyone, so that it tells the total."""
        return part.partition and int((self.told.values[part.places] > 0).sum()) == 1

    def room(self, measure: Measure) -> Measure | None:
        """Give those who, as far as a reader knows, could be among a number as well.

        Returns:
            None where it is a base, which anybody could be of.
        """
        others = self.others(measure)
        if others is None or self.base_told is None:
            return None
        untold = np.where(self.base_told, 0, measure.limit)
        return replace(others, values=others.values + np.diag(untold), pairs=others.pairs + untold)


def base_subject(tallies: Tallies, policy: Policy) -> Subject:
    """Give the bases of a survey; polarity parts no base, so its nodes hold nobody."""
    values, pairs = tallies.base.copy(), tallies.base_pairs.copy()
    for dimension in tallies.dimensions:
        if dimension.kind == "polarity":
            places = slice(dimension.first, dimension.first + len(dimension.nodes))
            values[places] = 0
            pairs[places], pairs[:, places] = 0, 0
    limit = policy.smallest_base - 1
    told = Measure(tallies.everyone, values, pairs, limit, policy.round_to)
    return Subject(_parts(tallies), told, None, _missing(tallies))


def theme_subject(
    tallies: Tallies, theme: int, policy: Policy, base_told: Flags, base_known: Between
) -> Subject:
    """Give the people who raise a theme, and those who do not.

    Args:
        tallies: The survey's numbers.
        theme: The theme's place.
        policy: The rules.
        base_told: As of `Subject`.
        base_known: As of `Subject`.
    """
    limit = policy.smallest_shown - 1
    told = Measure(
        int(tallies.total[theme]),
        tallies.count[theme],
        tallies.count_pairs[theme],
        limit,
        policy.round_to,
    )
    rest = replace(
        told,
        total=tallies.everyone - told.total,
        values=tallies.base - told.values,
        pairs=tallies.base_pairs - told.pairs,
    )
    return Subject(_parts(tallies), told, rest, _missing(tallies), base_told, base_known)


def _parts(tallies: Tallies) -> tuple[Part, ...]:
    return tuple(
        Part(
            first=each.first,
            end=each.first + len(each.nodes),
            partition=whole,
            worth=WORTH[each.kind],
            joined=each.kind == "period",
            crosses=whole or each.kind != "period",
            parts_people=whole and each.kind != "polarity",
        )
        for each, whole in zip(tallies.dimensions, tallies.partition, strict=True)
    )


def _missing(tallies: Tallies) -> Flags:
    return np.array([node.missing for each in tallies.dimensions for node in each.nodes])


def dimension_of(tallies: Tallies, dimension_id: str) -> Dimension:
    """Give a dimension by its id; KeyError where there is none."""
    for dimension in tallies.dimensions:
        if dimension.id == dimension_id:
            return dimension
    raise KeyError(dimension_id)
