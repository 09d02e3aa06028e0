"""The attacker's bounds are those that trying every table gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.counts.policy import shipped_policy
from service.counts.records import CountQuery
from tests.service.counts.attack.asked import Asked
from tests.service.counts.attack.joint import Joint, Part, Shape
from tests.service.counts.attack.plans import nodes
from tests.service.counts.attack.publishing import Figure
from tests.service.counts.attack.reader import (
    ANY,
    Bounds,
    Knowledge,
    before_rounding,
    not_raising,
    people,
    raising,
)
from tests.service.counts.attack.solving import ContradictionError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

NHS = shipped_policy("nhs")
JOINT = Joint(Shape({"c0": nodes("c0", 2, 0)}))
EVERYONE = Part()
FIRST, SECOND = (Part(groups=frozenset({("c0", place)})) for place in (0, 1))
TABLE = Asked(CountQuery(by=("c0",)))
shown = st.sampled_from([None, 0, 10, 15])


def known(
    everyone: int | None, first: int | None, base: int | None, count: int | None
) -> Knowledge:
    """What follows from how many people there are, of the first group too, and who raise a theme.

    Args:
        everyone: All people.
        first: Those of the first group who raise it.
        base: Those of the first group.
        count: All who raise it.
    """
    knowledge = Knowledge(JOINT, NHS)
    figures = [
        Figure(TABLE, 0, EVERYONE, everyone, count, 5),
        Figure(TABLE, 0, FIRST, base, first if base is not None else None, 5),
    ]
    knowledge.learn(figures)
    return knowledge


def seconds_who_raise_it(knowledge: Knowledge) -> NDArray[np.int64]:
    """Try all tables of up to 17 people in each group; give those who raise it in the second."""
    groups = np.mgrid[:18, :18, :18, :18].reshape(4, -1)
    of_first, of_second, first, second = groups[:, (groups[2:] <= groups[:2]).all(axis=0)]
    fits = np.ones(len(first), np.bool_)
    for part, base, count in (
        (EVERYONE, of_first + of_second, first + second),
        (FIRST, of_first, first),
    ):
        for of, number in (
            (people(JOINT, part), base),
            (raising(JOINT, part, 0), count),
            (not_raising(JOINT, part, 0), base - count),
        ):
            low, high = knowledge.bounds.get(of, ANY)
            fits &= (low <= number) & (number <= high)
    fitting: NDArray[np.int64] = second[fits]
    return fitting


@settings(max_examples=30, deadline=None, derandomize=True)
@given(everyone=st.sampled_from([10, 15]), first=shown, base=shown, count=shown)
def test_the_bounds_are_those_of_all_tables_that_agree(
    everyone: int, first: int | None, base: int | None, count: int | None
) -> None:
    knowledge = known(everyone, first, base, count)
    found = seconds_who_raise_it(knowledge)
    target = raising(JOINT, SECOND, 0)
    problem = Problem(knowledge, 1, [target], [7])
    if not len(found):
        with pytest.raises(ContradictionError):
            problem.least([0])
        return
    assert problem.least([0])[0] == pytest.approx(found.min())
    assert problem.most([0], cut_off=False)[0] == pytest.approx(found.max())


@pytest.mark.parametrize("rounded_to", [1, 2, 5, 10, 20])
def test_a_rounded_number_is_bounded_by_all_that_round_to_it(rounded_to: int) -> None:
    policy = NHS.model_copy(update={"round_to": rounded_to})
    for number in range(1, 100):
        if told := policy.rounded(number):
            alike = [other for other in range(200) if policy.rounded(other) == told]
            assert before_rounding(told, rounded_to) == Bounds(min(alike), max(alike))


def test_nought_is_exact() -> None:
    assert before_rounding(0, 5) == Bounds(0, 0)
