from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

import numpy as np
import ppi_py
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.counts.correction import correct, corrected_share
from service.counts.policy import Policy, shipped_policy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service.counts.records import Corrected, Ranged

EXACT, NHS = shipped_policy("exact"), shipped_policy("nhs")
seeds = st.integers(0, 2**32 - 1)


class Survey:
    """A survey of one theme with a simple random sample of its people read."""

    def __init__(
        self, seed: int, people: int, read: int, share: float = 0.3, errors: float = 0.15
    ) -> None:
        generator = np.random.default_rng(seed)
        self.truth = generator.random(people) < share
        self.predicted = self.truth ^ (generator.random(people) < errors)
        self.order = generator.permutation(people)
        self.read_row = self.order[:read]

    def corrected(
        self,
        policy: Policy = EXACT,
        read_row: NDArray[np.int64] | None = None,
        probability: NDArray[np.float64] | None = None,
        weight: NDArray[np.float64] | None = None,
    ) -> Corrected:
        row = self.read_row if read_row is None else read_row
        chance = np.full(len(row), 0.1) if probability is None else probability
        return corrected_share(self.predicted, row, self.truth[row], chance, weight, policy)


def share_of(corrected: Corrected) -> Ranged:
    assert corrected.share is not None, corrected.why_not
    return corrected.share


@pytest.mark.parametrize("seed", range(20))
def test_the_share_is_the_packages_with_the_people_read_taken_from_the_unlabelled(
    seed: int,
) -> None:
    survey = Survey(seed, people=600, read=80)
    unread = survey.order[80:]
    expected = ppi_py.ppi_mean_pointestimate(
        survey.truth[survey.read_row].astype(float),
        survey.predicted[survey.read_row].astype(float),
        survey.predicted[unread].astype(float),
    )
    assert share_of(survey.corrected()).value == pytest.approx(expected.item(), abs=1e-12)


@settings(deadline=None)
@given(
    seed=seeds,
    people=st.integers(40, 400),
    part=st.floats(0.1, 1),
    share=st.floats(0, 1),
    errors=st.floats(0, 1),
    weighted=st.booleans(),
)
def test_a_share_lies_in_its_interval_and_that_between_0_and_1(
    seed: int, people: int, part: float, share: float, errors: float, weighted: bool
) -> None:
    survey = Survey(seed, people, int(part * people), share, errors)
    weight = np.random.default_rng(seed).lognormal(0, 0.5, people) if weighted else None
    for policy in (EXACT, NHS):
        found = survey.corrected(policy=policy, weight=weight).share
        if found is not None:
            assert 0 <= found.low <= found.value <= found.high <= 1


@given(seed=seeds, weighted=st.booleans())
def test_where_everybody_was_read_the_share_is_what_they_say(seed: int, weighted: bool) -> None:
    survey = Survey(seed, people=60, read=60, share=0.1)
    weight = np.random.default_rng(seed).lognormal(0, 0.5, 60) if weighted else None
    found = share_of(survey.corrected(weight=weight))
    expected = np.average(survey.truth, weights=weight)
    assert (found.value, found.low, found.high) == pytest.approx((expected,) * 3)


def test_an_interval_has_some_width_where_no_error_was_seen() -> None:
    found = share_of(Survey(1, people=5000, read=60, errors=0).corrected())
    assert found.high - found.low > 0.05


def test_a_table_holds_what_its_cells_would_have_each_by_itself() -> None:
    generator = np.random.default_rng(5)
    predicted = generator.random((900, 3)) < [0.1, 0.3, 0.5]
    truth = predicted ^ (generator.random((900, 3)) < 0.1)
    cell, row = generator.integers(-1, 3, 900), generator.permutation(900)[:300]
    weight, probability = generator.lognormal(0, 0.3, 900), generator.uniform(0.1, 0.9, 300)
    table = correct(predicted, cell, 3, row, truth[row], probability, weight, EXACT)
    for place in range(3):
        members = np.flatnonzero(cell == place)
        of_place = np.flatnonzero(cell[row] == place)
        for theme in range(3):
            alone = corrected_share(
                predicted[members, theme],
                np.searchsorted(members, row[of_place]),
                truth[row[of_place], theme],
                probability[of_place],
                weight[members],
                EXACT,
            )
            both = [
                (x.read, *share_of(x).model_dump().values()) for x in (table[place][theme], alone)
            ]
            assert both[0] == pytest.approx(both[1])


def test_people_of_no_cell_do_not_count() -> None:
    survey = Survey(2, people=500, read=100)
    cell = np.where(survey.truth, 0, -1)
    row = survey.read_row
    table = correct(
        survey.predicted[:, None],
        cell,
        1,
        row,
        survey.truth[row][:, None],
        np.ones(100),
        None,
        EXACT,
    )
    assert share_of(table[0][0]).value == pytest.approx(1)
    assert table[0][0].read == survey.truth[row].sum()


def test_shares_are_right_on_average_where_groups_are_drawn_with_unlike_chances() -> None:
    generator = np.random.default_rng(8)
    group = np.repeat([0, 1], [900, 100])
    truth = generator.random(1000) < np.where(group, 0.7, 0.2)
    predicted = truth & (generator.random(1000) < np.where(group, 0.5, 0.9))
    values = []
    for _ in range(300):
        row = np.concatenate(
            [generator.choice(np.flatnonzero(group == each), 50, replace=False) for each in (0, 1)]
        )
        chance = np.where(group[row], 50 / 100, 50 / 900)
        found = corrected_share(predicted, row, truth[row], chance, None, EXACT)
        values.append(share_of(found).value)
    assert np.mean(values) == pytest.approx(truth.mean(), abs=0.01)
    assert truth[row].mean() > truth.mean() + 0.1  # as it would be without regard to chances


def test_only_how_chances_compare_matters() -> None:
    survey = Survey(3, people=500, read=80)
    found = survey.corrected(probability=np.full(80, 0.9))
    assert share_of(found).model_dump() == pytest.approx(share_of(survey.corrected()).model_dump())


def test_survey_weights_multiply_with_chances() -> None:
    survey = Survey(4, people=500, read=80)
    weight = np.ones(500)
    weight[survey.read_row[:40]] = 3.0
    halved = np.where(np.arange(80) < 40, 0.3, 0.1)
    together = share_of(survey.corrected(weight=weight, probability=halved))
    apart = share_of(survey.corrected(weight=weight))
    assert together.value != pytest.approx(apart.value)


@given(seed=seeds, read=st.integers(0, 29))
def test_fewer_people_than_the_policy_asks_for_do_not_correct(seed: int, read: int) -> None:
    found = Survey(seed, people=500, read=read, share=0.5).corrected()
    assert found.share is None
    assert found.why_not == "fewer than 30 people's answers were read"
    assert found.further == 30 - read


def test_a_group_of_fewer_people_than_have_to_be_read_cannot_be_corrected() -> None:
    found = Survey(1, people=29, read=29).corrected()
    assert (found.share, found.further) == (None, None)
    assert found.why_not == "there are fewer than 30 people"


def test_a_theme_that_is_too_rare_among_those_read_is_not_corrected() -> None:
    survey = Survey(6, people=2000, read=60, share=0.02, errors=0)
    found = survey.corrected()
    assert found.why_not == "the theme is too rare among the people whose answers were read"
    assert found.further == np.ceil(5 / survey.predicted.mean()) - 60


def test_a_theme_that_the_model_never_finds_is_corrected_once_enough_people_did() -> None:
    survey = Survey(7, people=1000, read=60, share=0.6)
    survey.predicted[:] = False
    assert share_of(survey.corrected()).value == survey.truth[survey.read_row].mean()


@settings(deadline=None)
@given(seed=seeds, people=st.integers(30, 2000), read=st.integers(0, 300), share=st.floats(0, 0.3))
@pytest.mark.parametrize("policy", [EXACT, NHS])
def test_as_many_further_people_as_it_says_would_do(
    policy: Policy, seed: int, people: int, read: int, share: float
) -> None:
    survey = Survey(seed, people, min(read, people), share, errors=0.05)
    first = survey.corrected(policy=policy)
    if first.further is None:
        return
    more = survey.corrected(
        policy=policy, read_row=survey.order[: min(read, people) + first.further]
    )
    assert more.further is None


@given(seed=seeds)
def test_a_protected_share_is_that_of_a_number_and_a_base_as_they_are_rounded(seed: int) -> None:
    found = share_of(Survey(seed, people=103, read=60).corrected(policy=NHS))
    assert found.value in [round(number / 105, 2) for number in range(0, 106, 5)]
    # 5 of 105 people are more than 0.04
    for limit in (found.low, found.high):
        assert limit in (0, 1, found.value) or limit * 100 % 5 == pytest.approx(0)


@given(seed=seeds, read=st.integers(30, 200))
def test_protected_numbers_are_coarse(seed: int, read: int) -> None:
    found = Survey(seed, people=5000, read=read).corrected(policy=NHS)
    share = share_of(found)
    assert found.read == read // 5 * 5
    for number in (share.value, share.low, share.high):
        assert number == round(number, 2)


def test_a_protected_interval_holds_the_exact_one() -> None:
    survey = Survey(9, people=400, read=70)
    exact, protected = share_of(survey.corrected()), share_of(survey.corrected(policy=NHS))
    assert protected.low <= exact.low
    assert protected.high >= exact.high


def test_a_corrected_number_too_small_to_show_is_not_given() -> None:
    survey = Survey(10, people=100, read=100, share=0.05, errors=0.2)
    survey.truth[:] = False
    survey.truth[:4] = True
    found = survey.corrected(policy=NHS)
    assert found.share is None
    assert found.why_not == "the corrected number of people is too small to show"


def test_a_million_people_are_corrected_in_about_a_second() -> None:
    generator = np.random.default_rng(12)
    predicted: NDArray[np.bool_] = generator.integers(0, 10, (1_000_000, 22), np.uint8) == 0
    cell = generator.integers(-1, 20, 1_000_000)
    row = generator.choice(1_000_000, 2_000, replace=False)
    begun = process_time()
    table = correct(predicted, cell, 20, row, predicted[row], np.full(2_000, 0.002), None, EXACT)
    assert process_time() - begun < 2
    assert [len(themes) for themes in table] == [22] * 20
