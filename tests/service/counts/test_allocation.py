from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.counts.allocation import neyman_allocation

strata = st.lists(
    st.tuples(st.integers(1, 500), st.floats(0, 0.5), st.floats(0, 1)), min_size=1, max_size=8
)


@given(strata=strata, part=st.floats(0, 1))
def test_an_allocation_sums_to_its_total_within_its_limits(
    strata: list[tuple[int, float, float]], part: float
) -> None:
    sizes = np.array([size for size, _, _ in strata])
    least = np.array([int(size * minimum) for size, _, minimum in strata])
    total = int(least.sum() + part * (sizes.sum() - least.sum()))
    found = neyman_allocation(total, sizes, np.array([spread for _, spread, _ in strata]), least)
    assert found.sum() == total
    assert (found >= least).all()
    assert (found <= sizes).all()


def test_a_group_has_as_many_as_its_size_times_its_standard_deviation_says() -> None:
    sizes, spreads = np.array([1000, 2000, 1000]), np.array([0.1, 0.1, 0.4])
    found = neyman_allocation(140, sizes, spreads, np.zeros(3, np.int64))
    assert found.tolist() == [20, 40, 80]


def test_no_other_allocation_gives_a_smaller_variance() -> None:
    generator = np.random.default_rng(11)
    sizes, spreads = np.array([400, 900, 250, 1500]), np.array([0.3, 0.1, 0.5, 0.2])

    def variance(read: np.ndarray) -> float:
        return float((sizes**2 * spreads**2 * (1 / read - 1 / sizes)).sum())

    best = variance(neyman_allocation(200, sizes, spreads, np.ones(4, np.int64)))
    for _ in range(200):
        other = 1 + generator.multinomial(196, generator.dirichlet(np.ones(4)))
        assert best <= variance(other) * 1.001  # but for rounding to whole people


def test_what_a_full_group_cannot_take_goes_to_the_others() -> None:
    sizes = np.array([10, 1000, 1000])
    found = neyman_allocation(210, sizes, np.array([0.5, 0.01, 0.01]), np.full(3, 5))
    assert found.tolist() == [10, 100, 100]


def test_a_group_without_spread_is_still_read_where_all_others_are_full() -> None:
    found = neyman_allocation(15, np.array([10, 10]), np.array([0.0, 0.4]), np.zeros(2, np.int64))
    assert found.tolist() == pytest.approx([5, 10])
