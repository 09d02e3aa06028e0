from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelled_data import Polarity
from service.counts.counting import exact_counts
from service.counts.crossing import packs
from service.counts.records import CountQuery
from service.counts.tallies import tallies
from tests.service.counts.asked import broad_groups
from tests.service.counts.brute_force import records_of, recount_tallies
from tests.service.counts.examples import example_readings, example_records
from tests.service.counts.generated import characteristic, generated_readings, readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from service.counts.readings import Readings
    from service.counts.tallies import Tallies
    from tests.service.counts.brute_force import Place, Record
    from tests.service.counts.examples import SurveyId

EVERYONE: Place = ("everyone", "")


@given(readings())
@settings(max_examples=30)
def test_tallies_are_those_of_a_recount_in_plain_python(survey: Readings) -> None:
    check_against_recount(survey, records_of(survey))


@pytest.mark.parametrize("survey_id", ["uec", "ics"])
def test_tallies_of_the_example_surveys_are_those_of_a_recount(survey_id: SurveyId) -> None:
    check_against_recount(example_readings(survey_id), example_records(survey_id))


@given(st.integers(0, 99), st.sampled_from((1.0, 2.0)))
@settings(max_examples=10)
def test_tallies_agree_with_the_tables_that_are_made_of_exact_counts(
    seed: int, each: float
) -> None:
    survey = generated_readings(seed, 80, each=each)
    told = tallies(survey)
    for dimension in told.dimensions:
        nodes = slice(dimension.first, dimension.first + len(dimension.nodes))
        if dimension.kind in ("characteristic", "site"):
            exact = exact_counts(survey, CountQuery(by=(dimension.id,)))
            assert [cell[0] for cell in exact.cells] == list(dimension.nodes)
            assert told.base[nodes].tolist() == exact.base.tolist()
            assert told.count[:, nodes].T.tolist() == exact.count.tolist()


def test_months_run_from_the_first_to_the_last_without_a_gap() -> None:
    survey = replace(generated_readings(4, 3), day=days("2025-02-28", "2024-11-01", None))
    months = ["2024-11", "2024-12", "2025-01", "2025-02", "not_known"]
    assert nodes_of(tallies(survey), "period") == months


def test_a_survey_without_days_has_no_months() -> None:
    survey = generated_readings(1, 30, days=0)
    assert "period" not in [dimension.kind for dimension in tallies(survey).dimensions]


def test_a_site_that_is_a_characteristic_is_no_dimension_of_its_own() -> None:
    survey = generated_readings(1, 30, site_characteristic=True)
    assert "site" not in [dimension.kind for dimension in tallies(survey).dimensions]


def test_characteristics_of_one_column_are_one_dimension() -> None:
    sex, gender = characteristic("sex", 2), characteristic("gender", 2, column="sex")
    told = tallies(generated_readings(1, 30, characteristics=(sex, gender)))
    assert [each.id for each in told.dimensions if each.kind == "characteristic"] == ["sex"]


def test_who_answers_two_questions_keeps_these_from_parting_people() -> None:
    one, two = (tallies(generated_readings(1, 30, questions=count)) for count in (1, 2))
    assert parts_people(one)["question"]
    assert not parts_people(two)["question"]


def test_who_comes_twice_keeps_months_and_sites_from_parting_people() -> None:
    once, twice = (tallies(generated_readings(2, 60, each=each)) for each in (1.0, 4.0))
    assert parts_people(once) == {
        "characteristic": True,
        "site": True,
        "question": False,
        "period": True,
        "polarity": True,
    }
    assert not parts_people(twice)["site"]
    assert not parts_people(twice)["period"]
    assert parts_people(twice)["characteristic"]


def test_a_survey_without_readable_answers_has_tallies_of_nobody() -> None:
    told = tallies(generated_readings(1, 10, unreadable=0.5))
    assert told.everyone == 0
    assert not told.base.any()
    assert not told.count_pairs.any()


@given(st.lists(st.integers(1, 20), min_size=2, max_size=7), st.integers(1, 5_000))
def test_packs_have_every_crossing_once_and_stay_small(sizes: list[int], most: int) -> None:
    crossings = [(one, two) for one, two in product(range(len(sizes)), repeat=2) if one < two]
    found = packs(sizes, crossings, most)
    assert sorted(each for pack in found for each in pack.crossings) == crossings
    for pack in found:
        assert len(pack.axes) == 2 or np.prod([sizes[axis] for axis in pack.axes]) <= most


def check_against_recount(survey: Readings, records: Sequence[Record]) -> None:
    told = tallies(survey)
    broad = {
        each.id: broad_groups(each)
        for each in survey.characteristics
        if each.compared == "broad_groups"
    }
    counted = recount_tallies(records, broad)
    places = places_of(told)
    spoken = {("polarity", polarity.value) for polarity in Polarity}

    def base(one: Place, other: Place) -> int:
        one, other = (EVERYONE if place in spoken else place for place in (one, other))
        return counted["base"].get((one, other), 0)

    def count(theme: str, one: Place, other: Place) -> int:
        return counted["count"].get((one, other, theme), 0)

    assert told.everyone == base(EVERYONE, EVERYONE)
    assert told.total.tolist() == [count(theme, EVERYONE, EVERYONE) for theme in told.themes]
    assert told.base.tolist() == [base(place, place) for place in places]
    assert told.count.tolist() == [
        [count(t, place, place) for place in places] for t in told.themes
    ]
    assert told.base_pairs.tolist() == [[base(a, b) for b in places] for a in places]
    assert told.count_pairs.tolist() == [
        [[count(theme, a, b) for b in places] for a in places] for theme in told.themes
    ]


def places_of(told: Tallies) -> list[Place]:
    return [(dimension.id, node.id) for dimension in told.dimensions for node in dimension.nodes]


def nodes_of(told: Tallies, kind: str) -> list[str]:
    return [node.id for each in told.dimensions if each.kind == kind for node in each.nodes]


def parts_people(told: Tallies) -> dict[str, bool]:
    kinds = (dimension.kind for dimension in told.dimensions)
    return dict(zip(kinds, told.partition, strict=True))


def days(*written: str | None) -> NDArray[np.int32]:
    return np.array([date.fromisoformat(day).toordinal() if day else 0 for day in written], "i4")
