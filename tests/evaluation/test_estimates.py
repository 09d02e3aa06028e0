import numpy as np
import pytest
from pydantic import ValidationError

from evaluation import Estimate, EvaluationSettings
from evaluation.estimates import mean_defined, percentile_estimate, ratio


def test_dividing_by_nothing_is_undefined_rather_than_zero() -> None:
    assert np.isnan(ratio(np.array([0.0]), np.array([0.0]))).all()


def test_undefined_values_stay_out_of_a_mean() -> None:
    values = np.array([[1.0, np.nan, 0.0], [np.nan, np.nan, np.nan]])
    assert mean_defined(values)[0] == 0.5
    assert np.isnan(mean_defined(values)[1])


def test_a_mean_weighs_its_values() -> None:
    assert mean_defined(np.array([1.0, 0.0, np.nan]), np.array([3.0, 1.0, 9.0])) == 0.75


def test_an_undefined_figure_has_no_interval() -> None:
    assert percentile_estimate(np.nan, np.ones(3)) == Estimate(value=None)
    assert percentile_estimate(0.5, np.full(3, np.nan)) == Estimate(value=0.5)


def test_an_interval_leaves_out_a_fortieth_at_each_end() -> None:
    estimate = percentile_estimate(0.5, np.linspace(0, 1, 1001))
    assert (estimate.low, estimate.high) == pytest.approx((0.025, 0.975))


def test_settings_refuse_a_bootstrap_without_resamples() -> None:
    with pytest.raises(ValidationError, match="resamples"):
        EvaluationSettings(resamples=0)
