"""What is hidden cannot be told from all that is published: solved for, survey by survey."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from service.counts.policy import shipped_policy
from service.counts.readings import Node
from service.counts.records import CountQuery, CountsTable
from tests.service.counts.attack.asked import Asked, tables
from tests.service.counts.attack.attacking import attack
from tests.service.counts.attack.derived import differences
from tests.service.counts.attack.joint import Shape
from tests.service.counts.attack.plans import (
    Plan,
    hard_plan,
    nodes,
    plans,
    random_plan,
    varied_plan,
)
from tests.service.counts.attack.publishing import Naive
from tests.service.counts.attack.report import failures
from tests.service.counts.attack.service import Service
from tests.service.counts.attack.surveys import make_sample
from tests.service.counts.attack.worlds import another, evenly_weighted, shown

if TYPE_CHECKING:
    from service.counts.readings import Readings
    from tests.service.counts.attack.surveys import Sample

NHS, EXACT = shipped_policy("nhs"), shipped_policy("exact")
ATTACKED, AT_ONCE = 320, 40
RARE = (346, 401, 427)
"""Surveys of three characteristics, that go together or with months, which are rare among them."""
RICH = Plan(
    shape=Shape(
        characteristics={"c0": nodes("c0", 3, 1), "c1": nodes("c1", 2, 0)},
        sites=2,
        months=3,
        questions=2,
        polarity=True,
    ),
    people=600,
    rates=(0.3,),
)
"""A survey with every dimension."""


AGREED = Plan(
    shape=random_plan(0).shape,
    people=773,
    rates=(0.97,),
    evenness=0.3,
    effect=1.0,
    both=0.0,
)
"""Nearly all raise the theme: months and their bases leave little for a small group's month."""
ONE_GROUP = Plan(
    shape=random_plan(15_901).shape,
    people=707,
    rates=(0.9,),
    evenness=0.3,
    correlation=1.0,
    effect=1.0,
    both=0.0,
    seed=823_344,
)
"""Most are of one group: what it raises in one question leaves little for the others."""
TOGETHER = Plan(
    shape=random_plan(58_042).shape,
    people=1555,
    rates=(0.03, 0.99),
    evenness=1.0,
    effect=1.0,
    both=0.1,
    seed=146_978,
)
"""Several months together, less what one of them could be, leave little for the other."""
NEVER_MEET = varied_plan(20_869)
"""Groups of two characteristics that hardly meet: a third group is what one of them leaves it."""
BY_MONTHS_TOGETHER = (9235, 9375, 9616)
"""Surveys of which a range of months tells too much: less another and what a theme's month says of
its base; of its own small rest; and of what is left of a group for the month beside it."""
VARIED, HARD = 60, 25


def hold(sample: Sample) -> None:
    outcome = attack(sample, Service(sample, NHS), NHS, NHS)
    if said := failures(sample, outcome, NHS):
        pytest.fail(said)


def with_readings(sample: Sample, readings: Readings) -> Service:
    return Service(replace(sample, readings=readings), NHS)


def small_surveys(many: int) -> list[Sample]:
    return [make_sample(random_plan(seed, largest=200)) for seed in range(many)]


@pytest.mark.parametrize("first", range(0, ATTACKED, AT_ONCE))
def test_no_small_number_of_a_survey_can_be_narrowed(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        hold(make_sample(random_plan(seed, largest=300)))


@pytest.mark.parametrize("seed", RARE)
def test_no_small_number_of_a_rare_survey_can_be_narrowed(seed: int) -> None:
    hold(make_sample(random_plan(seed, largest=300)))


def test_no_small_number_of_more_varied_surveys_can_be_narrowed() -> None:
    for number in range(VARIED):
        hold(make_sample(varied_plan(number)))


def test_no_small_number_of_a_survey_whose_dimensions_go_together_can_be_narrowed() -> None:
    for number in range(HARD):
        hold(make_sample(hard_plan(number)))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(plans())
def test_no_small_number_of_any_survey_can_be_narrowed(plan: Plan) -> None:
    hold(make_sample(plan))


@pytest.mark.parametrize(
    "plan",
    [AGREED, varied_plan(383), ONE_GROUP, TOGETHER, random_plan(69, largest=700), NEVER_MEET],
)
def test_no_small_number_that_others_leave_little_for_can_be_narrowed(plan: Plan) -> None:
    hold(make_sample(plan))


@pytest.mark.parametrize("number", BY_MONTHS_TOGETHER)
def test_no_small_number_that_months_together_leave_little_for_can_be_narrowed(
    number: int,
) -> None:
    hold(make_sample(varied_plan(number)))


def test_a_reader_who_looks_for_whole_numbers_narrows_nothing_either() -> None:
    for seed in range(12):
        sample = make_sample(random_plan(seed, largest=100))
        outcome = attack(sample, Service(sample, NHS), NHS, NHS, whole=True)
        assert not outcome.narrowed


def test_a_reader_narrows_what_is_published_naively() -> None:
    surveys = small_surveys(20)
    outcomes = [attack(sample, Naive(sample, NHS), NHS, NHS) for sample in surveys]
    assert not any(outcome.false for outcome in outcomes)
    tried = sum(len(outcome.targets) for outcome in outcomes)
    assert sum(len(outcome.narrowed) for outcome in outcomes) > tried / 10
    assert sum(bool(outcome.narrowed) for outcome in outcomes) > len(surveys) / 2


def test_a_reader_of_exact_counts_knows_every_small_number() -> None:
    for sample in small_surveys(20):
        outcome = attack(sample, Service(sample, EXACT), EXACT, NHS)
        assert not outcome.false
        assert [each.target for each in outcome.narrowed] == outcome.targets
        for target, (low, high) in outcome.narrowed:
            assert (low, high) == (target.truth, target.truth)


def test_everything_else_in_a_table_follows_from_its_counts_and_bases() -> None:
    for sample in small_surveys(6):
        service = Service(sample, NHS)
        for asked in tables(sample.plan.shape):
            table = service.publish(asked)
            if isinstance(table, CountsTable):
                assert not differences(table)


def test_worlds_with_the_same_counts_and_bases_are_told_alike() -> None:
    alike = 0
    for seed, sample in enumerate(small_surveys(6)):
        one = Service(sample, NHS)
        other = with_readings(sample, another(sample.readings, np.random.default_rng(seed)))
        for asked in tables(sample.plan.shape):
            here, there = one.publish(asked), other.publish(asked)
            if here and there and shown(here) == shown(there):
                assert here == there
                alike += 1
    assert alike > 100


def test_weights_that_are_all_the_same_tell_nothing_more() -> None:
    for sample in small_surveys(4):
        plain, weighted = Service(sample, NHS), with_readings(sample, evenly_weighted(sample))
        for asked in tables(sample.plan.shape):
            here, there = plain.publish(asked), weighted.publish(asked)
            if isinstance(here, CountsTable):
                assert isinstance(there, CountsTable)
                assert here.rows == there.rows


def test_a_table_of_some_themes_is_a_part_of_that_of_all() -> None:
    sample = make_sample(replace(RICH, rates=(0.3, 0.05)))
    service = Service(sample, NHS)
    for by in ((), ("c0",), ("c0", "c1")):
        every = service.publish(Asked(CountQuery(by=by)))
        one = service.publish(Asked(CountQuery(by=by, themes=("theme-1",))))
        assert isinstance(every, CountsTable)
        assert isinstance(one, CountsTable)
        assert one.rows == tuple(row for row in every.rows if row.theme == "theme-1")


def test_tables_of_three_dimensions_are_refused() -> None:
    service = Service(make_sample(RICH), NHS)
    three = set(tables(RICH.shape, most_dimensions=3)) - set(tables(RICH.shape))
    assert len(three) > 100
    assert not any(service.publish(asked) for asked in three)


@pytest.mark.parametrize(
    "days",
    [
        {"since": date(2025, 1, 2)},
        {"until": date(2025, 2, 27)},
        {"since": date(2025, 2, 1), "until": date(2025, 2, 14)},
        {"since": date(2025, 2, 14), "until": date(2025, 2, 28)},
    ],
)
def test_tables_of_parts_of_months_are_refused(days: dict[str, date]) -> None:
    service = Service(make_sample(RICH), NHS)
    assert service.publish(Asked(CountQuery.model_validate(days))) is None


def test_only_the_level_that_a_survey_compares_is_told() -> None:
    sample = make_sample(RICH)
    broad = (Node("some", "Some"), Node("none", "None", missing=True))
    first, *others = sample.readings.characteristics
    levels = replace(first, broad=(0, 0, 0, 1), broad_nodes=broad)
    service = with_readings(sample, replace(sample.readings, characteristics=(levels, *others)))
    assert service.publish(Asked(CountQuery(by=("c0",), level="groups")))
    assert service.publish(Asked(CountQuery(by=("c0",), level="broad_groups"))) is None


def test_of_two_characteristics_from_one_column_one_is_told() -> None:
    sample = make_sample(RICH)
    first, second = sample.readings.characteristics
    characteristics = (first, replace(second, column=first.column))
    service = with_readings(sample, replace(sample.readings, characteristics=characteristics))
    assert service.publish(Asked(CountQuery(by=("c0",))))
    assert service.publish(Asked(CountQuery(by=("c1",)))) is None
    assert service.publish(Asked(CountQuery(by=("c0", "c1")))) is None
