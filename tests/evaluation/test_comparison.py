from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import (
    Change,
    ComparedModel,
    Comparison,
    Estimate,
    EvaluationSettings,
    InvalidPredictionsError,
    Predictions,
    evaluate,
)
from evaluation.comparison import ModelAnswers, compare_answers
from evaluation.polarity import UNTOLD
from tests.evaluation.conftest import THEMES, noisy_predictions
from tests.evaluation.strategies import QUICK, predictions

SETTINGS = EvaluationSettings(resamples=100, ranking_resamples=50)
MODEL = ComparedModel(id="m", version="1", codebook="c", codebook_version="1.0")
POOR, GOOD = noisy_predictions(noise=0.5), noisy_predictions(noise=0.15)
UNHEARD = np.full(POOR.truth.shape, UNTOLD)


def answers(each: Predictions) -> ModelAnswers:
    return ModelAnswers(MODEL, each, np.where(each.predicted, 0, UNTOLD))


def changes(comparison: Comparison) -> list[Change]:
    overall = comparison.overall
    return [
        *(getattr(overall, figure) for figure in type(overall).model_fields),
        *(each.f1 for each in comparison.by_theme),
    ]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare_answers(answers(POOR), answers(GOOD), UNHEARD, settings=SETTINGS)


@given(predictions(), st.integers(0, 3))
@settings(max_examples=25)
def test_a_model_neither_gains_nor_loses_against_itself(each: Predictions, place: int) -> None:
    told = np.where(each.truth, place, UNTOLD)
    same = compare_answers(answers(each), answers(each), told, settings=QUICK)
    assert same.changed_comments == 0
    for change in changes(same):
        assert change.old == change.new
        assert {change.difference.value, change.difference.low, change.difference.high} <= {0, None}
        assert change.verdict == ""
    if same.polarity is not None:
        assert same.polarity.old == same.polarity.new
        assert same.polarity.difference.value == 0


@given(predictions(), st.data())
@settings(max_examples=25)
def test_what_one_gains_the_other_loses(each: Predictions, data: st.DataObject) -> None:
    rows = data.draw(st.permutations(range(len(each))))
    other = replace(each, scores=each.scores[rows], predicted=each.predicted[rows])
    told = np.where(each.truth, 0, UNTOLD)
    there, back = (
        compare_answers(answers(one), answers(two), told, settings=QUICK)
        for one, two in ((each, other), (other, each))
    )
    assert there.changed_comments == back.changed_comments
    for change, reverse in zip(changes(there), changes(back), strict=True):
        assert (change.old, change.new) == (reverse.new, reverse.old)
        if change.difference.value is not None:
            assert change.difference.value == -(reverse.difference.value or 0)


def test_both_models_have_the_figures_of_their_own_evaluation(comparison: Comparison) -> None:
    old, new = (evaluate(each, SETTINGS) for each in (POOR, GOOD))
    overall = comparison.overall
    assert (overall.micro_f1.old, overall.micro_f1.new) == (
        old.overall.micro.f1.value,
        new.overall.micro.f1.value,
    )
    assert overall.precision.new == new.overall.micro.precision.value
    assert overall.recall.old == old.overall.micro.recall.value
    assert overall.macro_f1.new == new.overall.macro.f1.value
    assert overall.mean_average_precision.old == old.overall.mean_average_precision.value
    assert comparison.macro_themes == new.macro_themes
    for row, before, after in zip(comparison.by_theme, old.by_theme, new.by_theme, strict=True):
        assert (row.theme, row.support) == (after.theme, after.support)
        assert (row.f1.old, row.f1.new) == (before.f1.value, after.f1.value)


def test_a_better_model_is_called_better_beyond_chance(comparison: Comparison) -> None:
    assert comparison.overall.micro_f1.verdict == "better"
    reverse = compare_answers(answers(GOOD), answers(POOR), UNHEARD, settings=SETTINGS)
    assert reverse.overall.micro_f1.verdict == "worse"


def test_a_theme_that_no_comment_carries_has_no_difference(comparison: Comparison) -> None:
    never = comparison.by_theme[-1]
    assert never.theme == THEMES[-1]
    assert (never.f1.old, never.f1.new, never.f1.difference.value) == (None, None, None)
    assert never.f1.verdict == ""


def test_comments_whose_themes_change_are_counted_once(comparison: Comparison) -> None:
    changed = {
        row for row in range(len(GOOD)) if (GOOD.predicted[row] != POOR.predicted[row]).any()
    }
    assert comparison.comments == len(GOOD)
    assert comparison.changed_comments == len(changed)


def test_an_interval_that_reaches_0_is_no_verdict() -> None:
    for low, high, verdict in ((-0.1, 0.1, ""), (0.0, 0.1, ""), (0.01, 0.1, "better")):
        difference = Estimate(value=0.05, low=low, high=high)
        assert Change(old=0.1, new=0.2, difference=difference).verdict == verdict


def test_polarity_is_compared_where_a_person_told_it() -> None:
    assert compare_answers(answers(POOR), answers(GOOD), UNHEARD, settings=QUICK).polarity is None
    told = np.where(GOOD.truth, 0, UNTOLD)
    silent = replace(answers(POOR), polarity=UNHEARD)
    one_tells = compare_answers(silent, answers(GOOD), told, settings=QUICK).polarity
    assert one_tells is not None
    assert one_tells.old is None
    assert one_tells.new is not None
    assert one_tells.difference.value is None
    both_tell = compare_answers(answers(POOR), answers(GOOD), told, settings=QUICK).polarity
    assert both_tell is not None
    assert both_tell.difference.value == 0


def test_a_comparison_survives_a_trip_through_json() -> None:
    told = np.where(GOOD.truth, 0, UNTOLD)
    comparison = compare_answers(
        answers(POOR), answers(GOOD), told, left_out=("a",), settings=QUICK
    )
    assert Comparison.model_validate_json(comparison.model_dump_json()) == comparison


def test_answers_to_other_comments_or_for_other_themes_are_refused() -> None:
    elsewhere = replace(POOR, truth=~POOR.truth)
    with pytest.raises(InvalidPredictionsError, match="not to the same comments"):
        compare_answers(answers(elsewhere), answers(GOOD), UNHEARD)
    renamed = replace(POOR, themes=tuple("abcde"))
    with pytest.raises(InvalidPredictionsError, match="not for the same themes"):
        compare_answers(answers(renamed), answers(GOOD), UNHEARD)
