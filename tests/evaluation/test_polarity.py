from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from evaluation import PolarityFigures
from evaluation.polarity import (
    POLARITIES,
    UNTOLD,
    Places,
    measure_polarity,
    polarity_gain,
    said_polarities,
    told_polarities,
)
from labelled_data import Polarity, distinct
from models import Tag
from tests.evaluation.fakes import comment, tagged
from tests.evaluation.strategies import QUICK

GOOD, BAD, MIXED, NEUTRAL = POLARITIES
THEMES = ("food", "staff")


@st.composite
def told_and_said(draw: st.DrawFn, systems: int = 1) -> list[Places]:
    shape = draw(st.tuples(st.integers(1, 8), st.just(len(THEMES))))
    places = hnp.arrays(np.int64, shape, elements=st.integers(UNTOLD, len(POLARITIES) - 1))
    return [draw(places) for _ in range(1 + systems)]


@given(told_and_said())
@settings(max_examples=50)
def test_figures_are_those_of_counting_tag_by_tag(both: list[Places]) -> None:
    told, said = both
    pairs = [
        (THEMES[column], POLARITIES[told[row, column]], POLARITIES[said[row, column]])
        for row, column in np.ndindex(told.shape)
        if told[row, column] != UNTOLD and said[row, column] != UNTOLD
    ]
    figures = measure_polarity(told, said, THEMES, QUICK)
    assert (figures is None) == (not pairs)
    if figures is None:
        return
    assert figures.tags == len(pairs)
    assert figures.accuracy.value == pytest.approx(np.mean([one == two for _, one, two in pairs]))
    for one in POLARITIES:
        for other in POLARITIES:
            assert figures.confusion[one][other] == [pair[1:] for pair in pairs].count((one, other))
    assert [(each.theme, each.tags) for each in figures.by_theme] == [
        (theme, tags)
        for theme in THEMES
        for tags in [sum(pair[0] == theme for pair in pairs)]
        if tags
    ]
    for each in figures.by_theme:
        right = [one == two for theme, one, two in pairs if theme == each.theme]
        assert each.accuracy.value == pytest.approx(np.mean(right))
    assert PolarityFigures.model_validate_json(figures.model_dump_json()) == figures


@given(told_and_said(systems=2))
@settings(max_examples=50)
def test_a_gain_is_the_difference_on_the_tags_of_which_all_told(all_three: list[Places]) -> None:
    told, old, new = all_three
    shared = (told != UNTOLD) & (old != UNTOLD) & (new != UNTOLD)
    gain = polarity_gain(told, old, new, QUICK)
    if not shared.any():
        assert gain.value is None
        return
    right = [(each == told)[shared].mean() for each in (old, new)]
    assert gain.value == pytest.approx(right[1] - right[0])


@given(told_and_said())
@settings(max_examples=25)
def test_a_tagger_gains_nothing_on_itself(both: list[Places]) -> None:
    told, said = both
    gain = polarity_gain(told, said, said, QUICK)
    assert {gain.value, gain.low, gain.high} <= {0, None}


def test_the_interval_brackets_the_accuracy() -> None:
    generator = np.random.default_rng(0)
    told, said = generator.integers(0, 4, (2, 300, 2))
    figures = measure_polarity(
        told, np.where(generator.random(told.shape) < 0.6, told, said), THEMES, QUICK
    )
    assert figures is not None
    accuracy = figures.accuracy
    assert accuracy.low is not None
    assert accuracy.value is not None
    assert accuracy.high is not None
    assert accuracy.low < accuracy.value < accuracy.high


@pytest.mark.parametrize(
    ("coders", "heard"),
    [
        ([GOOD], GOOD),
        ([BAD], BAD),
        ([MIXED], MIXED),
        ([NEUTRAL], NEUTRAL),
        ([GOOD, BAD], MIXED),
        ([GOOD, GOOD, BAD], GOOD),
        ([GOOD, NEUTRAL, NEUTRAL], NEUTRAL),
    ],
)
def test_what_at_least_half_of_the_coders_heard_is_told(
    coders: list[Polarity], heard: Polarity
) -> None:
    comments = [comment("lunch", "food", polarity={"food": each}) for each in coders]
    told = told_polarities(distinct(comments, THEMES))
    assert told.tolist() == [[POLARITIES.index(heard), UNTOLD]]


def test_nothing_is_told_of_a_theme_that_most_coders_did_not_give() -> None:
    comments = [
        comment("lunch", "food", polarity={"food": GOOD}),
        comment("lunch"),
        comment("lunch"),
    ]
    assert told_polarities(distinct(comments, THEMES)).tolist() == [[UNTOLD, UNTOLD]]


def test_a_theme_without_a_polarity_and_one_not_measured_are_untold() -> None:
    answers = [
        tagged(Tag("food", 0.9, BAD), Tag("other", 0.9, GOOD)),
        tagged(Tag("staff", 0.9)),
        tagged(),
    ]
    said = said_polarities(answers, THEMES)
    assert said.tolist() == [[POLARITIES.index(BAD), UNTOLD], [UNTOLD] * 2, [UNTOLD] * 2]
