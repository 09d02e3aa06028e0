"""A reader who has every table and solves for what is hidden.

What is assumed: the reader has every table that the service gives, knows the rules of the policy
(what is hidden for its own size, how numbers are rounded) and that every number is a number of
people. The reader does not know how further cells are chosen that are hidden for the sake of
others, so a hidden figure may be any number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from tests.service.counts.attack.asked import parts, tables
from tests.service.counts.attack.publishing import Truth
from tests.service.counts.attack.reader import (
    Bounds,
    Knowledge,
    Sum,
    not_raising,
    people,
    raising,
)
from tests.service.counts.attack.solving import NEAR, ContradictionError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.counts.policy import Policy
    from tests.service.counts.attack.asked import Asked
    from tests.service.counts.attack.joint import Part
    from tests.service.counts.attack.publishing import Figure, Publisher
    from tests.service.counts.attack.surveys import Sample

Kind = Literal["base", "count", "rest"]


class Target(NamedTuple):
    """A small number that a reader must not be able to narrow.

    Attributes:
        kind: Whether it is of people, of those who raise a theme, or of those who do not.
        theme: Place of the theme; 0 for people.
        part: The people it is of.
        truth: What it is.
        reach: It must be able to be 1 or less, and this or more.
        asked: A table that would tell it.
    """

    kind: Kind
    theme: int
    part: Part
    truth: int
    reach: int
    asked: Asked


class Narrowed(NamedTuple):
    """A small number that a reader did narrow, and to what."""

    target: Target
    bounds: Bounds


@dataclass(frozen=True)
class Outcome:
    """What came of an attack.

    Attributes:
        knowledge: What the reader makes of it.
        targets: Small numbers that the reader was after.
        narrowed: Those that were narrowed.
        false: Figures that say what is not so.
        figures: All that was published.
        refused: Tables that were not.
    """

    knowledge: Knowledge
    targets: list[Target]
    narrowed: list[Narrowed]
    false: list[Figure]
    figures: list[Figure]
    refused: list[Asked] = field(default_factory=list)


def attack(
    sample: Sample,
    publisher: Publisher,
    policy: Policy,
    protects: Policy,
    *,
    whole: bool = False,
) -> Outcome:
    """Take all that is published, and solve for every small number.

    Args:
        sample: The survey.
        publisher: Who publishes it.
        policy: The rules that figures follow.
        protects: The rules that say what is small.
        whole: Whether the reader looks for whole numbers, which takes far longer.
    """
    asked = list(tables(sample.plan.shape))
    answers = [(table, publisher.figures(table)) for table in asked]
    figures = [figure for _, told in answers if told for figure in told]
    knowledge = Knowledge(sample.joint, policy)
    knowledge.learn(figures)
    knowledge.learn_everyone(publisher.everyone())
    given = [table for table in asked if publisher.gives(table)]
    targets = list(small_numbers(sample, given, protects))
    return Outcome(
        knowledge=knowledge,
        targets=targets,
        narrowed=narrow(sample, knowledge, targets, whole=whole),
        false=untrue(sample, policy, figures),
        figures=figures,
        refused=[table for table, told in answers if told is None],
    )


def small_numbers(sample: Sample, asked: list[Asked], policy: Policy) -> Iterator[Target]:
    """Find every small number that some table would tell, once."""
    truth, seen = Truth(sample), set[Sum]()
    for table in asked:
        for part in parts(sample.plan.shape, table):
            for target, of in _small(sample, truth, part, table, policy):
                if of not in seen:
                    seen.add(of)
                    yield target


def _small(
    sample: Sample, truth: Truth, part: Part, asked: Asked, policy: Policy
) -> Iterator[tuple[Target, Sum]]:
    base, counts = truth.of(part)
    if 0 < base < policy.smallest_base:
        target = Target("base", 0, part, base, policy.smallest_base - 1, asked)
        yield target, people(sample.joint, part)
    reach = policy.smallest_shown - 1
    for theme, count in enumerate(counts):
        if 0 < count <= reach:
            target = Target("count", theme, part, count, reach, asked)
            yield target, raising(sample.joint, part, theme)
        if 0 < base - count <= reach:
            target = Target("rest", theme, part, base - count, reach, asked)
            yield target, not_raising(sample.joint, part, theme)


def sum_of(sample: Sample, target: Target) -> Sum:
    """Give a target as the unknown numbers that it sums."""
    if target.kind == "base":
        return people(sample.joint, target.part)
    kind = raising if target.kind == "count" else not_raising
    return kind(sample.joint, target.part, target.theme)


def narrow(
    sample: Sample, knowledge: Knowledge, targets: list[Target], *, whole: bool = False
) -> list[Narrowed]:
    """Solve for targets.

    One table that agrees with all that is known clears every target that is small enough in it, or
    large enough, so few problems have to be solved.
    """
    if not targets:
        return []
    sums, reach = [sum_of(sample, target) for target in targets], [t.reach for t in targets]
    try:
        problem = Problem(knowledge, len(sample.told), sums, reach, whole=whole)
        low, high = _lowest(problem, len(targets)), _highest(problem, reach)
    except ContradictionError:
        return [Narrowed(target, Bounds(np.nan, np.nan)) for target in targets]
    return [
        Narrowed(target, Bounds(float(np.ceil(least - NEAR)) + 0.0, float(np.floor(most + NEAR))))
        for target, least, most in zip(targets, low, high, strict=True)
        if least > 1 + NEAR or most < target.reach - NEAR
    ]


def _lowest(problem: Problem, targets: int) -> list[float]:
    """Find the least that each target can be, or something that is low enough."""
    found = np.full(targets, np.inf)
    left = list(range(targets))
    while left:
        found = np.minimum(found, problem.least(left))
        still = [place for place in left if found[place] > 1 + NEAR]
        if len(still) == len(left):
            for place in still:
                if found[place] > 1 + NEAR:
                    found = np.minimum(found, problem.least([place]))
            break
        left = still
    return [float(value) for value in found]


def _highest(problem: Problem, reach: list[int]) -> list[float]:
    """Find the most that each target can be, or something that is high enough."""
    found, enough = np.full(len(reach), -np.inf), np.array(reach) - NEAR
    left = list(range(len(reach)))
    while left:
        found = np.maximum(found, problem.most(left, cut_off=True))
        still = [place for place in left if found[place] < enough[place]]
        if len(still) == len(left):
            for place in still:
                if found[place] < enough[place]:
                    found = np.maximum(found, problem.most([place], cut_off=False))
            break
        left = still
    return [float(value) for value in found]


def untrue(sample: Sample, policy: Policy, figures: list[Figure]) -> list[Figure]:
    """Find figures from which even the truth does not follow."""
    truth, false = Truth(sample), []
    for figure in figures:
        knowledge = Knowledge(sample.joint, policy)
        knowledge.learn([figure])
        base, counts = truth.of(figure.part)
        count = counts[figure.theme]
        for of, bounds in knowledge.bounds.items():
            number = base if of.theme < 0 else count if of.without is None else base - count
            if not bounds.low <= number <= bounds.high:
                false.append(figure)
    return false
