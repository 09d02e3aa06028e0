import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evaluation import Estimate, EvaluationSettings
from evaluation.estimates import mean_defined, percentile_estimate, ratio, wilson_estimate


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


def test_a_share_of_nothing_is_undefined() -> None:
    assert wilson_estimate(0, 0) == Estimate(value=None)


def test_the_wilson_interval_is_the_published_one() -> None:
    # Newcombe 1998, table I, case 81 of 263, method 3
    estimate = wilson_estimate(81, 263)
    assert (estimate.low, estimate.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@given(st.integers(1, 50).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_wilson_interval_holds_its_share(counts: tuple[int, int]) -> None:
    estimate = wilson_estimate(*counts)
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    assert 0 <= estimate.low <= estimate.value + 1e-12
    assert estimate.value - 1e-12 <= estimate.high <= 1


def test_settings_refuse_a_bootstrap_without_resamples() -> None:
    with pytest.raises(ValidationError, match="resamples"):
        EvaluationSettings(resamples=0)
