"""What surveys to attack are like: of every kind that is hard to protect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from service.counts.readings import Node
from tests.service.counts.attack.joint import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator

MOST_UNKNOWN = 400
"""Numbers that a reader does not know, above which a survey takes too long to attack."""
REASONS = ("not_stated", "not_known", "not_asked")
HARD_RATES = (0.02, 0.1, 0.3, 0.8, 0.97, 0.99)
HARD_DIMENSIONS = 3
RATES = (0.01, 0.03, 0.06, 0.12, 0.3, 0.5, 0.9, 0.97)


@dataclass(frozen=True)
class Plan:
    """What a survey is to be like.

    Attributes:
        shape: What its people may be told apart by.
        people: How many there are.
        rates: Of each theme, the share of answers that raise it.
        evenness: How alike in size groups are; near 0, one group is nearly everyone.
        correlation: How far the groups of characteristics go together, 0 to 1.
        effect: How far groups, months and questions differ in what they raise, 0 to 1.
        both: Share of people who answer a further question or in a further month.
        unread: Share of people without an answer that could be read.
        seed: Of everything that is drawn.
    """

    shape: Shape
    people: int
    rates: tuple[float, ...]
    evenness: float = 3.0
    correlation: float = 0.0
    effect: float = 0.5
    both: float = 0.5
    unread: float = 0.05
    seed: int = 0


def random_plan(seed: int, *, largest: int = MOST_UNKNOWN, nested: bool = False) -> Plan:
    """Draw what a survey is to be like, small enough to be attacked."""
    rng = np.random.default_rng(seed)
    while True:
        shape, themes = _random_shape(rng, nested=nested), int(rng.integers(1, 3))
        if shape.size * themes <= largest:
            return Plan(
                shape=shape,
                people=int(40 * 20 ** rng.random()),
                rates=tuple(rng.choice(RATES, themes).tolist()),
                evenness=float(rng.choice([0.3, 1.0, 3.0, 20.0])),
                correlation=float(rng.choice([0.0, 0.0, 0.5, 0.9])),
                effect=float(rng.random()),
                both=float(rng.choice([0.1, 0.5, 0.9])),
                unread=float(rng.choice([0.0, 0.1])),
                seed=seed,
            )


def _random_shape(rng: Generator, *, nested: bool) -> Shape:
    """Choose some of all dimensions, for a survey with all of them has too many kinds of people."""
    many = int(rng.choice([1, 1, 2, 2, 2, 3])) + nested
    sizes = sorted((int(rng.integers(2, 7)) for _ in range(many)), reverse=True)
    sites = int(rng.choice([0, 0, 1, 2, 3]))
    months = int(rng.choice([0, 0, 2, 3, 4, 6]))
    repeated = bool(months in (2, 3) and rng.random() < 0.3)
    return Shape(
        characteristics={
            f"c{n}": nodes(f"c{n}", size, 0 if nested else int(rng.choice([0, 0, 1, 2])))
            for n, size in enumerate(sizes)
        },
        sites=sites,
        some_site_unknown=bool(sites and rng.random() < 0.3),
        months=months,
        some_day_unknown=bool(months and rng.random() < 0.2),
        questions=int(rng.choice([1, 1, 2])),
        polarity=bool(rng.random() < 0.4),
        repeated=repeated,
        site_characteristic="c0" if sites == 0 and rng.random() < 0.2 else None,
        nested=nested,
    )


def nodes(name: str, groups: int, missing: int) -> tuple[Node, ...]:
    """Give a characteristic some groups and some reasons for having none."""
    known = [Node(f"{name}-{n}", f"Group {n} of {name}") for n in range(groups)]
    return (*known, *[Node(reason, reason, missing=True) for reason in REASONS[:missing]])


def varied_plan(number: int) -> Plan:
    """Draw a plan of more kinds and more people than `random_plan` does, always the same."""
    draw = Random(number)  # noqa: S311 - of test surveys
    return _varied(draw.randint, draw.choice)


def hard_plan(number: int) -> Plan:
    """Draw a plan of several dimensions that go together, always the same.

    Groups that never meet, and months that nearly all are of, leave least for a small number.
    """
    rng, seed = np.random.default_rng([number, 2]), number
    while True:
        plan = random_plan(seed, largest=700)
        seed += 100_003
        dimensions = len(plan.shape.characteristics) + (plan.shape.sites > 1)
        if dimensions + (plan.shape.months > 1) > HARD_DIMENSIONS - 1:
            break
    return replace(
        plan,
        people=int(100 * 30 ** rng.random()),
        rates=tuple(rng.choice(HARD_RATES, len(plan.rates)).tolist()),
        evenness=float(rng.choice([0.3, 1.0])),
        correlation=float(rng.choice([0.9, 1.0])),
        effect=1.0,
        both=float(rng.choice([0.0, 0.1])),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Such plans as hypothesis varies and makes simpler where one fails."""
    return _varied(
        lambda least, most: draw(st.integers(least, most)),
        lambda choices: draw(st.sampled_from(choices)),
    )


def _varied(number: Callable[[int, int], int], one_of: Callable[[Sequence[float]], float]) -> Plan:
    plan = random_plan(number(0, 10_000))
    return Plan(
        shape=plan.shape,
        people=number(10, 800),
        rates=tuple(one_of(RATES) for _ in plan.rates),
        evenness=one_of([0.3, 1.0, 20.0]),
        correlation=one_of([0.0, 0.5, 1.0]),
        effect=one_of([0.0, 0.5, 1.0]),
        both=one_of([0.0, 0.1, 0.9]),
        seed=number(0, 100),
    )
