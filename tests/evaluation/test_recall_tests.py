import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from evaluation import Estimate
from evaluation.recall_tests import is_materially_worse, p_fewer_found


@given(st.tuples(*[st.integers(0, 30)] * 4).filter(any))
def test_the_exact_test_is_fishers(counts: tuple[int, int, int, int]) -> None:
    table = np.array(counts, dtype=float).reshape(2, 2)
    found, true = table[:, 0], table.sum(axis=1)
    (p_value,) = p_fewer_found(found[:1], true[:1], found[1:], true[1:])
    assert p_value == pytest.approx(fisher_exact(table, "less").pvalue, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "high", "p_value", "worse"),
    [
        (-0.08, -0.01, 0.01, True),
        (-0.05, -0.01, 0.01, False),  # small
        (-0.08, 0.0, 0.01, False),  # the interval holds 0
        (-0.08, -0.01, 0.03, False),  # the exact test does not agree
        (0.08, 0.1, 0.99, False),
    ],
)
def test_materially_worse_is_large_and_no_chance(
    value: float, high: float, p_value: float, worse: bool
) -> None:
    difference = Estimate(value=value, low=value - 0.1, high=high)
    assert is_materially_worse(difference, p_value) is worse


def test_what_is_not_defined_is_not_worse() -> None:
    assert not is_materially_worse(Estimate(value=None), 0.0)
    assert not is_materially_worse(Estimate(value=-0.5), 0.0)
