import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.special import expit

from models.log_odds import probabilities


@given(
    arrays.arrays(
        st.sampled_from([np.float32, np.float64]),
        arrays.array_shapes(max_dims=2),
        elements=st.floats(width=32, allow_nan=False),
    )
)
def test_probabilities_are_those_of_scipy(log_odds: np.ndarray) -> None:
    found = probabilities(log_odds)
    assert found.dtype == log_odds.dtype
    np.testing.assert_allclose(found, expit(log_odds), rtol=1e-5, atol=1e-37)
