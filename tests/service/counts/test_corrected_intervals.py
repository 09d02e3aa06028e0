from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.counts.corrected_intervals import joined_margins, wilson_limits
from service.counts.statistics import newcombe, wilson

shares = st.floats(0, 1)
uncertainties = st.floats(1e-6, 1)


@given(count=st.integers(0, 50), more=st.integers(0, 50))
def test_the_limits_of_a_simple_sample_are_wilsons(count: int, more: int) -> None:
    base = count + more + 1
    found = wilson_limits(np.array([count / base]), np.array([1 / base]))
    assert np.ravel(found) == pytest.approx(np.ravel(wilson(count, base)))


@given(share=shares)
def test_where_everybody_was_read_the_limits_are_the_share(share: float) -> None:
    low, high = wilson_limits(np.array([share]), np.array([0.0]))
    assert (low[0], high[0]) == pytest.approx((share, share))


@given(share=shares)
def test_where_nobody_was_read_the_limits_are_everything_there_could_be(share: float) -> None:
    low, high = wilson_limits(np.array([share]), np.array([np.inf]))
    assert (low[0], high[0]) == pytest.approx((0, 1), abs=1e-6)


@given(right=shares, missed=shares, first=uncertainties, second=uncertainties)
def test_margins_are_joined_as_newcombe_joins_those_of_a_difference(
    right: float, missed: float, first: float, second: float
) -> None:
    one, other = (np.array([right]), np.array([first])), (np.array([missed]), np.array([second]))
    down, up = joined_margins(np.array([0.5]), one, other)
    # the sum of two halves is the difference of one half and what is lacking of the other
    low, high = newcombe(
        right, wilson_limits(*one), 1 - missed, wilson_limits(1 - other[0], other[1])
    )
    middle = right + missed - 1
    assert max(middle - 2 * down[0], -1) == pytest.approx(low.item())
    assert min(middle + 2 * up[0], 1) == pytest.approx(high.item())


@given(predicted=shares, right=shares, missed=shares, uncertainty=uncertainties)
def test_more_reading_never_widens_an_interval(
    predicted: float, right: float, missed: float, uncertainty: float
) -> None:
    def width(of: float) -> float:
        parts = [(np.array([share]), np.array([of])) for share in (right, missed)]
        down, up = joined_margins(np.array([predicted]), parts[0], parts[1])
        return float(down[0] + up[0])

    assert width(uncertainty / 2) <= width(uncertainty) + 1e-9
