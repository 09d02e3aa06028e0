"""Whether differences that are there are found, and no others."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelled_data.example_surveys import example_survey
from service.counts.counting import exact_counts
from service.counts.records import CountQuery
from service.counts.statistics import adjusted, two_proportion_p
from tests.service.counts.examples import example_readings
from tests.service.counts.generated import Difference, characteristic, generated_readings

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from service.counts.readings import Characteristic, Readings
    from tests.service.counts.examples import SurveyId

Found = tuple[str, str, str]
"""Theme and group that differ, and which way: "more" or "less"."""

SEEDS = range(100)
CHARACTERISTICS = (
    characteristic("ethnicity", 6),
    characteristic("age", 5),
    characteristic("sex", 2),
    characteristic("carer", 3),
)
PLANTED = (
    Difference(3, 0, 2, 0.25),
    Difference(11, 0, 0, 0.01),
    Difference(7, 1, 1, 0.2),
    Difference(15, 2, 1, 0.16),
)


@pytest.mark.parametrize("survey_id", ["uec", "ics"])
def test_every_planted_difference_of_an_example_survey_is_found_and_no_other(
    survey_id: SurveyId,
) -> None:
    survey = example_readings(survey_id)
    for each in survey.characteristics:
        planted = {
            (difference.theme, difference.group, difference.direction)
            for difference in example_survey(survey_id).planted
            if difference.characteristic == each.id
        }
        assert found_by(survey, each) == planted | other_halves(planted, each)


@pytest.mark.parametrize("planted", [(), PLANTED], ids=["none", "some"])
def test_of_the_differences_found_in_generated_surveys_one_in_twenty_is_false_at_most(
    planted: Sequence[Difference],
) -> None:
    """A theme that is planted in one group sets all groups apart from everyone else."""
    false = []
    for seed in SEEDS:
        survey = generated_survey(seed, tuple(planted))
        for place, each in enumerate(CHARACTERISTICS):
            themes = [theme for theme, _, _ in found_by(survey, each)]
            true = {survey.themes[p.theme] for p in planted if p.characteristic == place}
            false.append(share([theme not in true for theme in themes]))
    simulation_error = np.std(false) / np.sqrt(len(false))
    assert np.mean(false) <= 0.05 + 2 * simulation_error


def test_differences_planted_in_generated_surveys_are_found() -> None:
    found = []
    for seed in SEEDS:
        survey = generated_survey(seed, PLANTED)
        for difference in PLANTED:
            each = CHARACTERISTICS[difference.characteristic]
            direction = "more" if difference.share > 0.1 else "less"
            wanted = survey.themes[difference.theme], each.nodes[difference.group].id, direction
            found.append(wanted in found_by(survey, each))
    assert np.mean(found) > 0.95


@cache
def generated_survey(seed: int, planted: tuple[Difference, ...]) -> Readings:
    """Two thousand people, twenty themes that 2% to 10% of answers raise."""
    return generated_readings(
        seed,
        2_000,
        characteristics=CHARACTERISTICS,
        themes=20,
        shares=[*np.linspace(0.02, 0.1, 20)],
        differences=planted,
    )


def found_by(survey: Readings, each: Characteristic) -> set[Found]:
    """Give what differs at an adjusted p under 0.05 in the table of a characteristic."""
    exact = exact_counts(survey, CountQuery(by=(each.id,)))
    known = [place for place, (group,) in enumerate(exact.cells) if not group.missing]
    base, count = exact.base[known, None], exact.count[known]
    elsewhere, count_elsewhere = base.sum(axis=0) - base, count.sum(axis=0) - count
    p = adjusted(two_proportion_p(count, base, count_elsewhere, elsewhere))
    more = count * elsewhere > count_elsewhere * base
    return {
        (survey.themes[theme], exact.cells[known[group]][0].id, way(bool(more[group, theme])))
        for group, theme in np.argwhere(p < 0.05)
    }


def other_halves(planted: Collection[Found], each: Characteristic) -> set[Found]:
    """Of two groups, the one raises less what the other raises more."""
    groups = {node.id for node in each.nodes if not node.missing}
    if len(groups) != 2:
        return set()
    return {
        (theme, other, way(direction == "less"))
        for theme, group, direction in planted
        for other in groups - {group}
    }


def way(more: bool) -> str:
    return "more" if more else "less"


def share(truths: Collection[bool]) -> float:
    return sum(truths) / max(len(truths), 1)
