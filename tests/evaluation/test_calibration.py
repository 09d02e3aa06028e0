import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from evaluation import Predictions, supported
from evaluation.calibration import (
    expected_calibration_error,
    measure_calibration,
    reliability,
)
from tests.evaluation.conftest import noisy_predictions
from tests.evaluation.strategies import predictions

GROUPS = st.lists(
    st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1
)


@given(GROUPS, st.integers(1, 20))
def test_groups_scored_at_their_own_share_have_no_error(
    groups: list[tuple[int, int]], bins: int
) -> None:
    truth = np.concatenate([np.arange(size) < true for true, size in groups])
    scores = np.concatenate([np.full(size, true / size) for true, size in groups])
    assert expected_calibration_error(reliability(truth, scores, bins)) == pytest.approx(0)


@given(predictions())
@settings(deadline=None)
def test_the_error_lies_between_none_and_all(each: Predictions) -> None:
    bins = reliability(each.truth, each.scores, 15)
    assert 0 <= expected_calibration_error(bins) <= 1
    assert sum(each.decisions for each in bins) == each.truth.size


def test_scores_that_are_always_wrong_have_an_error_of_one() -> None:
    truth = np.array([True, False])
    assert expected_calibration_error(reliability(truth, np.array([0.0, 1.0]), 15)) == 1


def test_the_curve_is_scikit_learns() -> None:
    each = noisy_predictions()
    bins = reliability(each.truth, each.scores, 15)
    true, promised = calibration_curve(each.truth.ravel(), each.scores.ravel(), n_bins=15)
    assert [bin_.share_true for bin_ in bins] == pytest.approx(true)
    assert [bin_.mean_score for bin_ in bins] == pytest.approx(promised)


def test_the_brier_score_is_the_mean_squared_gap() -> None:
    each = noisy_predictions()
    calibration = measure_calibration(each, supported(each.support, 1), 15)
    assert calibration.brier == pytest.approx(np.mean((each.truth - each.scores) ** 2))


def test_without_a_macro_theme_the_mean_theme_error_is_undefined() -> None:
    each = noisy_predictions()
    calibration = measure_calibration(each, supported(each.support, 1000), 15)
    assert calibration.mean_theme_error is None


def test_a_score_on_an_edge_belongs_to_the_bin_below_it() -> None:
    bins = reliability(np.array([True, True]), np.array([0.0, 0.5]), 2)
    assert [(each.lower, each.upper, each.decisions) for each in bins] == [(0, 0.5, 2)]
