from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelled_data import Polarity
from service.counts.counting import exact_counts
from service.counts.readings import Characteristic, Node, Reading, Readings
from service.counts.records import CountQuery
from service.errors import FieldError, UnprocessableError
from tests.service.counts.asked import Asked, queries
from tests.service.counts.brute_force import records_of, recount, recount_coverage
from tests.service.counts.examples import example_readings, example_records
from tests.service.counts.generated import MISSING, generated_readings, readings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from service.counts.counting import ExactCounts
    from tests.service.counts.brute_force import Cell, Record, Recount
    from tests.service.counts.examples import SurveyId

SURVEYS: tuple[SurveyId, ...] = ("uec", "ics")


@given(st.data())
@settings(max_examples=120)
def test_counts_are_those_of_a_recount_in_plain_python(data: st.DataObject) -> None:
    survey = data.draw(readings())
    check_against_recount(survey, data.draw(queries(survey)), records_of(survey))


@pytest.mark.parametrize("survey_id", SURVEYS)
def test_counts_of_the_example_surveys_are_those_of_a_recount(survey_id: SurveyId) -> None:
    survey, records = example_readings(survey_id), example_records(survey_id)
    ids = [each.id for each in survey.characteristics]
    crossings = list(combinations(ids, 2))[:2]
    for by in ((), *((each,) for each in ids), *crossings):
        check_against_recount(survey, CountQuery(by=by), records)


@pytest.mark.parametrize("survey_id", SURVEYS)
def test_slices_of_the_example_surveys_are_those_of_a_recount(survey_id: SurveyId) -> None:
    survey, records = example_readings(survey_id), example_records(survey_id)
    site = {"uec": "brackwell", "ics": "london"}[survey_id]
    for narrowed in (
        CountQuery(by=("ethnicity",), question=survey.questions[-1].id),
        CountQuery(by=("sex",), since=date(2025, 9, 1), until=date(2025, 10, 31)),
        CountQuery(by=("sex",), site=site, polarity=Polarity.NEGATIVE),
        CountQuery(by=("ethnicity",), level="groups"),
    ):
        check_against_recount(survey, narrowed, records)


def test_the_example_survey_has_its_planted_change() -> None:
    survey = example_readings("uec")
    waiting = survey.themes.index("waiting")
    before = exact_counts(survey, CountQuery(site="brackwell", until=date(2025, 8, 31)))
    after = exact_counts(survey, CountQuery(site="brackwell", since=date(2025, 9, 1)))
    assert (before.base[0], after.base[0]) == (178, 110)
    assert before.count[0, waiting] / 178 == pytest.approx(0.1854, abs=1e-4)
    assert after.count[0, waiting] / 110 == pytest.approx(0.4727, abs=1e-4)


def test_who_was_never_asked_still_has_a_row() -> None:
    survey = generated_readings(1, 50, missing=0)
    cells = cells_of(exact_counts(survey, CountQuery(by=("sex",))))
    assert cells == [("sex_0",), ("sex_1",), *((node.id,) for node in MISSING)]


def test_a_person_is_in_the_group_they_told_of_last_even_if_they_kept_silent_since() -> None:
    survey = of_one_person(groups=["sex_0", "sex_1", "not_stated"], days=[2, 3, 4])
    assert people_in(survey, "sex") == {"sex_1": 1}


def test_the_latest_response_goes_by_its_day_and_then_by_its_place() -> None:
    assert people_in(of_one_person(["sex_1", "sex_0"], days=[3, 2]), "sex") == {"sex_1": 1}
    assert people_in(of_one_person(["sex_1", "sex_0"], days=[3, 3]), "sex") == {"sex_0": 1}
    assert people_in(of_one_person(["sex_1", "sex_0"], days=[3, 0]), "sex") == {"sex_1": 1}


def test_a_person_whose_group_is_never_known_stands_where_the_latest_response_says() -> None:
    survey = of_one_person(["not_stated", "not_asked"], days=[2, 3])
    assert people_in(survey, "sex") == {"not_asked": 1}


def test_praise_in_one_answer_and_blame_in_another_is_mixed_until_one_is_left_out() -> None:
    survey = of_one_person(["sex_0", "sex_0"], days=[2, 3], praised=[1, 0], blamed=[0, 1])
    told = {each: count_of(survey, CountQuery(polarity=each)) for each in Polarity}
    assert told == {**dict.fromkeys(Polarity, 0), Polarity.MIXED: 1}
    earlier = CountQuery(until=date.fromordinal(2), polarity=Polarity.POSITIVE)
    assert count_of(survey, earlier) == 1


def test_a_persons_weight_is_the_mean_of_their_responses_weights_even_outside_the_slice() -> None:
    survey = of_one_person(["sex_0", "sex_0"], days=[2, 3], weights=[1.0, 4.0])
    exact = exact_counts(survey, CountQuery(until=date.fromordinal(2)))
    assert exact.weighted_base == pytest.approx([2.5])
    assert exact.effective_base == pytest.approx([1.0])


@pytest.mark.parametrize("each", [1.0, 2.0])
def test_themes_left_over_on_an_answer_that_cannot_be_read_do_not_count(each: float) -> None:
    survey = generated_readings(3, 60, each=each, waiting=0.2)
    bits = np.where(survey.status == Reading.READABLE, survey.tagged, np.uint64(31))
    query = CountQuery(by=("sex",))
    wanted = exact_counts(survey, query).count
    assert (exact_counts(replace(survey, tagged=bits), query).count == wanted).all()


def test_an_empty_survey_has_rows_of_nobody() -> None:
    exact = exact_counts(generated_readings(1, 0, weighted=True), CountQuery(by=("sex", "age")))
    assert (exact.base == 0).all()
    assert exact.effective_base is not None
    assert (exact.effective_base == 0).all()
    assert exact.coverage == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("asked", "member"),
    [
        ({"by": ("height",)}, "by"),
        ({"themes": ("theme_0", "weather")}, "themes"),
        ({"question": "Why?"}, "question"),
        ({"site": "Atlantis"}, "site"),
        ({"by": ("sex",), "level": "broad_groups"}, "level"),
    ],
)
def test_what_a_survey_lacks_is_refused_with_where_it_was_asked_for(
    asked: Mapping[str, Any], member: str
) -> None:
    assert refused(generated_readings(1, 20), CountQuery(**asked)).column == member


def test_dates_are_refused_where_no_response_has_one() -> None:
    survey = generated_readings(1, 20, days=0)
    assert refused(survey, CountQuery(since=date(2025, 1, 1))).column == "since"
    assert refused(survey, CountQuery(until=date(2025, 1, 1))).column == "until"


def test_a_site_is_refused_where_the_survey_has_none() -> None:
    assert refused(generated_readings(1, 20, sites=0), CountQuery(by=("site",))).column == "by"


def test_a_site_cannot_be_crossed_with_the_characteristic_that_it_is() -> None:
    survey = generated_readings(1, 20, site_characteristic=True)
    assert refused(survey, CountQuery(by=("age", "site"))).column == "by"


def check_against_recount(survey: Readings, query: CountQuery, records: Sequence[Record]) -> None:
    exact, asked = exact_counts(survey, query), Asked(survey, query)
    told = recount(
        records, asked.cell, question=query.question, picked=asked.picks, polarity=query.polarity
    )
    assert set(told["base"]) <= set(cells_of(exact))
    assert exact.base.tolist() == in_order(exact, told["base"])
    assert exact.count.tolist() == by_theme(survey, exact, told["count"])
    assert exact.coverage == recount_coverage(records, question=query.question, picked=asked.picks)
    if survey.weight is None:
        assert exact.weighted_base is exact.weighted_count is exact.effective_base is None
    else:
        check_weights(survey, exact, told)


def check_weights(survey: Readings, exact: ExactCounts, told: Recount) -> None:
    assert exact.weighted_base == pytest.approx(in_order(exact, told["weighted_base"]))
    assert exact.effective_base == pytest.approx(in_order(exact, told["effective_base"]))
    weighted = np.array(by_theme(survey, exact, told["weighted_count"]))
    assert exact.weighted_count == pytest.approx(weighted)


def cells_of(exact: ExactCounts) -> list[Cell]:
    return [tuple(node.id for node in cell) for cell in exact.cells]


def in_order(exact: ExactCounts, told: Mapping[Cell, float]) -> list[float]:
    return [told.get(cell, 0) for cell in cells_of(exact)]


def by_theme(
    survey: Readings, exact: ExactCounts, told: Mapping[tuple[Cell, str], float]
) -> list[list[float]]:
    return [[told.get((cell, theme), 0) for theme in survey.themes] for cell in cells_of(exact)]


def refused(survey: Readings, query: CountQuery) -> FieldError:
    with pytest.raises(UnprocessableError) as caught:
        exact_counts(survey, query)
    assert str(caught.value) == caught.value.errors[0].message
    return caught.value.errors[0]


def people_in(survey: Readings, characteristic: str) -> dict[str, int]:
    exact = exact_counts(survey, CountQuery(by=(characteristic,)))
    bases = zip(cells_of(exact), exact.base.tolist(), strict=True)
    return {cell[0]: base for cell, base in bases if base}


def count_of(survey: Readings, query: CountQuery) -> int:
    return int(exact_counts(survey, query).count[0, 0])


def of_one_person(
    groups: Sequence[str],
    days: Sequence[int],
    praised: Sequence[int] | None = None,
    blamed: Sequence[int] | None = None,
    weights: Sequence[float] | None = None,
) -> Readings:
    nodes = (Node("sex_0", "Women"), Node("sex_1", "Men"), *MISSING)
    places = range(len(nodes))
    ids, responses = [node.id for node in nodes], len(days)
    return Readings(
        themes=("food",),
        theme_names=("Food",),
        characteristics=(
            Characteristic("sex", "Sex", nodes, tuple(places), nodes, "groups", "sex"),
        ),
        questions=(Node("q", "What was good?"),),
        sites=(),
        site_characteristic=None,
        number=np.arange(responses),
        person=np.zeros(responses, np.int64),
        groups=np.array([[ids.index(group)] for group in groups], np.int16),
        day=np.array(days, np.int32),
        site=np.full(responses, -1, np.int32),
        weight=None if weights is None else np.array(weights),
        status=np.full((responses, 1), 2, np.uint8),
        tagged=np.ones((responses, 1), np.uint64),
        praised=column_of(praised or [0] * responses),
        blamed=column_of(blamed or [0] * responses),
    )


def column_of(bits: Sequence[int]) -> NDArray[np.uint64]:
    return np.array(bits, np.uint64)[:, None]
