from dataclasses import replace
from functools import cache
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.counts.measures import base_subject
from service.counts.policy import shipped_policy
from service.counts.protection import Protection, Shown, _silence, protect
from service.counts.readings import Readings
from service.counts.tallies import Tallies, tallies
from tests.service.counts.attack.plans import varied_plan
from tests.service.counts.attack.surveys import make_sample
from tests.service.counts.generated import characteristic, generated_readings

NHS = shipped_policy("nhs")
SEEDS = st.integers(min_value=0, max_value=400)


@cache
def _survey(seed: int) -> Readings:
    chance = np.random.default_rng(seed)
    return generated_readings(
        seed,
        int(chance.choice([40, 150, 600, 2_500])),
        characteristics=(characteristic("ethnicity", 5), characteristic("sex", 2)),
        themes=4,
        questions=int(chance.integers(1, 3)),
        sites=int(chance.integers(0, 4)),
        days=int(chance.choice([0, 20, 150])),
        missing=float(chance.choice([0.0, 0.02, 0.15])),
    )


@cache
def _protected(seed: int) -> tuple[Tallies, Protection]:
    numbers = tallies(_survey(seed))
    protection = protect(numbers, NHS)
    assert protection is not None
    return numbers, protection


def test_a_policy_that_protects_nothing_hides_nothing() -> None:
    assert protect(tallies(_survey(1)), shipped_policy("exact")) is None


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_no_small_number_is_told(seed: int) -> None:
    numbers, protection = _protected(seed)
    for theme, shown in enumerate(protection.themes):
        for slices in _slices(numbers):
            if protection.base.tells(_of_base(numbers, slices)) and shown.tells(slices):
                of_base = _number(numbers, None, _of_base(numbers, slices))
                of_theme = _number(numbers, theme, slices)
                assert of_base == 0 or of_base >= NHS.smallest_base
                assert of_theme == 0 or of_theme >= NHS.smallest_shown
                without = of_base - of_theme
                assert without == 0 or without >= NHS.smallest_shown


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_a_number_that_is_hidden_in_a_dimension_is_never_alone_or_the_total_is_not_told_closely(
    seed: int,
) -> None:
    _, protection = _protected(seed)
    for shown in (protection.base, *protection.themes):
        margins = shown.margins
        if margins.total_step is None:
            continue
        for part in shown.subject.parts:
            hidden = margins.hidden[part.places]
            if hidden.sum() == 1 and part.partition:
                place = part.first + int(np.flatnonzero(hidden)[0])
                assert margins.shifted[place] or not _is_small(shown, place)


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_what_is_not_open_is_crossed_with_nothing(seed: int) -> None:
    numbers, protection = _protected(seed)
    for shown in protection.themes:
        for slices in _slices(numbers):
            if len(slices) == 2 and shown.tells(slices):
                values = shown.subject.told.values
                nobody = any(values[places[0]] == 0 for places in slices)
                assert nobody or all(shown.open[places[0]] for places in slices)


@given(SEEDS, st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None)
def test_people_who_change_places_where_nothing_is_told_change_nothing_that_is(
    seed: int, random: Random
) -> None:
    """Two who raise a theme change groups that may not be crossed: no shown number moves."""
    readings = _survey(seed)
    numbers, protection = _protected(seed)
    for theme, shown in enumerate(protection.themes):
        if shown.margins.total_step is None:
            continue
        raise_it = np.flatnonzero(_raise(readings, theme))
        for column in range(len(readings.characteristics)):
            first = numbers.dimensions[column].first
            shut = [
                row
                for row in raise_it.tolist()
                if not shown.open[first + readings.groups[row, column]]
            ]
            if len(shut) < 2:
                continue
            one, other = random.sample(shut, 2)
            groups = readings.groups.copy()
            groups[[one, other], column] = groups[[other, one], column]
            moved = tallies(replace(readings, groups=groups))
            for slices in _slices(numbers):
                if shown.tells(slices):
                    assert _number(moved, theme, slices) == _number(numbers, theme, slices)


def test_a_large_survey_without_small_groups_is_told_whole() -> None:
    readings = generated_readings(
        3, 60_000, characteristics=(characteristic("sex", 2),), missing=0.2, days=60
    )
    numbers = tallies(readings)
    protection = protect(numbers, NHS)
    assert protection is not None
    for shown in (protection.base, *protection.themes):
        crossed = shown.subject.may_cross()
        for slices in _slices(numbers):
            if len(slices) < 2 or crossed[slices[0][0], slices[1][0]]:
                assert shown.tells(slices)


def test_months_are_told_together_only_if_all_that_are_hidden_are_among_them_or_none() -> None:
    shown, part = _with_hidden_months()
    hidden = np.flatnonzero(shown.margins.hidden[part]) + part.start
    told = np.flatnonzero(~shown.margins.hidden[part]) + part.start
    assert len(hidden) >= 2
    assert shown.tells([tuple(told.tolist())])
    assert not shown.tells([(*told.tolist(), int(hidden[0]))])
    assert shown.tells([tuple(sorted([*told.tolist(), *hidden.tolist()]))])


def test_where_themes_give_a_base_away_one_more_is_hidden_and_not_all() -> None:
    numbers = tallies(make_sample(varied_plan(9235)).readings)
    protection = protect(numbers, NHS)
    alone = protect(replace(numbers, themes=(), total=numbers.total[:0]), NHS)
    assert protection is not None
    assert alone is not None
    assert 1 <= (protection.base.margins.hidden & ~alone.base.margins.hidden).sum() <= 2
    assert not any(each.margins.hidden.all() for each in (protection.base, *protection.themes))


def test_a_survey_of_which_nothing_may_be_told_tells_nothing() -> None:
    # no survey that was tried comes to that, so it is asked for
    numbers = tallies(_survey(0))
    silent = _silence(numbers, NHS, base_subject(numbers, NHS))
    assert len(silent.themes) == len(numbers.themes)
    for shown in (silent.base, *silent.themes):
        assert shown.margins.hidden.all()
        assert shown.margins.total_step is None
        assert not shown.open.any()


@pytest.mark.parametrize("seed", range(5))
def test_the_same_survey_is_protected_the_same_whatever_was_asked_before(seed: int) -> None:
    again = protect(tallies(_survey(seed)), NHS)
    _, before = _protected(seed)
    assert again is not None
    for one, other in zip(again.themes, before.themes, strict=True):
        np.testing.assert_array_equal(one.open, other.open)
        np.testing.assert_array_equal(one.margins.hidden, other.margins.hidden)


def _with_hidden_months() -> tuple[Shown, slice]:
    for seed in range(200):
        numbers, protection = _protected(seed)
        for dimension in numbers.dimensions:
            part = slice(dimension.first, dimension.first + len(dimension.nodes))
            for shown in protection.themes:
                hidden = shown.margins.hidden[part]
                some = 2 <= hidden.sum() < len(hidden) - 1 and not hidden[-1]
                if dimension.kind == "period" and some and not shown.margins.shifted[part].any():
                    return shown, part
    raise AssertionError("no survey has months that are hidden")


def _slices(numbers: Tallies) -> list[list[tuple[int, ...]]]:
    """Every node, and every two nodes of different dimensions."""
    nodes: list[list[tuple[int, ...]]] = [
        [(dimension.first + place,) for place in range(len(dimension.nodes))]
        for dimension in numbers.dimensions
    ]
    pairs = [[a, b] for one, other in combinations(nodes, 2) for a in one for b in other]
    return [[node] for of in nodes for node in of] + pairs


def _of_base(numbers: Tallies, slices: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Leave out the polarity, which parts themes and no people."""
    polarity = next(each.first for each in numbers.dimensions if each.kind == "polarity")
    return [places for places in slices if places[0] < polarity]


def _number(numbers: Tallies, theme: int | None, slices: list[tuple[int, ...]]) -> int:
    values = numbers.base if theme is None else numbers.count[theme]
    crossed = numbers.base_pairs if theme is None else numbers.count_pairs[theme]
    if not slices:
        return numbers.everyone
    if len(slices) == 1:
        return int(values[list(slices[0])].sum())
    return int(crossed[np.ix_(*(list(each) for each in slices))].sum())


def _is_small(shown: Shown, place: int) -> bool:
    return any(bool(each.small[place]) for each in shown.subject.measures())


def _raise(readings: Readings, theme: int) -> NDArray[np.bool_]:
    said = np.where(readings.status == 2, readings.tagged, np.uint64(0))
    bits = np.bitwise_or.reduce(said, axis=1)
    return np.asarray((bits >> np.uint64(theme)) & np.uint64(1) == 1)
