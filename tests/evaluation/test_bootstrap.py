import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import EvaluationSettings, Predictions, evaluate, supported
from evaluation.bootstrap import (
    Counts,
    resampled_sums,
    resampled_weights,
    share_estimates,
    weighted_average_precision,
)
from evaluation.measures import average_precisions, measure
from tests.evaluation.conftest import noisy_predictions
from tests.evaluation.strategies import predictions


@given(predictions())
@settings(deadline=None, max_examples=40)
def test_every_comment_drawn_once_gives_the_figures_of_the_comments(each: Predictions) -> None:
    truth, predicted = each.truth, each.predicted
    flags = (truth & predicted, ~truth & predicted, truth & ~predicted)
    counts = Counts(*(flag.sum(axis=0).astype(float) for flag in flags))
    point = measure(each, supported(each.support, 1))
    assert counts.rates() == pytest.approx(point.by_theme, nan_ok=True)
    assert counts.pooled().rates() == pytest.approx(point.micro, nan_ok=True)


@given(predictions(max_themes=1), st.integers(0, 9))
@settings(deadline=None, max_examples=40)
def test_weighing_a_comment_is_repeating_it(each: Predictions, seed: int) -> None:
    weights = next(resampled_weights(len(each), 1, seed))
    rows = np.repeat(np.arange(len(each)), weights[0].astype(int))
    weighted = weighted_average_precision(each.truth[:, 0], each.scores[:, 0], weights)
    repeated = average_precisions(each.truth[rows], each.scores[rows])
    assert weighted == pytest.approx(repeated, nan_ok=True)


def test_each_resample_has_as_many_comments_as_the_sample() -> None:
    weights = np.concatenate(list(resampled_weights(30, 250, seed=1)))
    assert weights.shape == (250, 30)
    assert (weights.sum(axis=1) == 30).all()


def test_the_first_resamples_do_not_depend_on_how_many_follow() -> None:
    few = np.concatenate(list(resampled_weights(30, 20, seed=1)))
    many = np.concatenate(list(resampled_weights(30, 250, seed=1)))
    assert (few == many[:20]).all()


def test_sums_over_a_resample_are_those_of_the_comments_it_drew() -> None:
    values = np.random.default_rng(0).integers(0, 9, (30, 2))
    quick = EvaluationSettings(resamples=120, seed=3)
    weights = np.concatenate(list(resampled_weights(30, 120, seed=3))).astype(int)
    drawn = [values[np.repeat(np.arange(30), row)].sum(axis=0).tolist() for row in weights]
    assert resampled_sums(values, quick).tolist() == drawn


def test_a_share_with_its_interval_is_undefined_where_there_is_no_whole() -> None:
    whole = np.array([[2, 0], [4, 0]])
    some, none = share_estimates(np.array([[1, 0], [3, 0]]), whole, EvaluationSettings())
    assert some.value == pytest.approx(4 / 6)
    assert (some.low, some.high) == (0.5, 0.75)
    assert (none.value, none.low, none.high) == (None, None, None)


@given(st.integers(0, 1000))
@settings(deadline=None, max_examples=15)
def test_an_interval_brackets_its_figure(seed: int) -> None:
    evaluation = evaluate(noisy_predictions(seed=seed), EvaluationSettings(resamples=200))
    overall = evaluation.overall
    micro = (overall.micro.precision, overall.micro.recall, overall.micro.f1)
    for each in (*micro, overall.macro.f1, overall.exact_match, overall.mean_average_precision):
        assert each.value is not None
        assert each.low is not None
        assert each.high is not None
        assert each.low <= each.value <= each.high


def test_equal_seeds_give_equal_intervals(predictions: Predictions) -> None:
    quick = EvaluationSettings(resamples=30, ranking_resamples=10, seed=3)
    assert evaluate(predictions, quick) == evaluate(predictions, quick)
    other = quick.model_copy(update={"seed": 4})
    assert evaluate(predictions, quick).overall != evaluate(predictions, other).overall


def test_more_comments_narrow_the_interval() -> None:
    few, many = (evaluate(noisy_predictions(comments=n)).overall.micro.f1 for n in (50, 1000))
    assert few.low is not None
    assert few.high is not None
    assert many.low is not None
    assert many.high is not None
    assert many.high - many.low < few.high - few.low
