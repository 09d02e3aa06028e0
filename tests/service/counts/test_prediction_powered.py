from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import ppi_py
import pytest
from scipy.stats import norm

from service.counts.correction import ppi_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.floating]


class Data(NamedTuple):
    truth: Floats
    read: Floats
    unread: Floats
    weights_read: Floats
    weights_unread: Floats


def random_data(seed: int, *, flags: bool) -> Data:
    generator = np.random.default_rng(seed)
    read, unread = generator.integers(5, 200), generator.integers(5, 3000)
    truth, others = generator.normal(2, 1, int(read)), generator.normal(2.2, 1.3, int(unread))
    predicted = truth + generator.normal(0, generator.uniform(0, 2), int(read))
    weights = generator.lognormal(0, 0.5, read), generator.lognormal(0, 0.5, unread)
    if not flags:
        return Data(truth, predicted, others, *weights)
    line = generator.uniform(0, 4)
    return Data(1.0 * (truth > line), 1.0 * (predicted > line), 1.0 * (others > line), *weights)


@pytest.mark.parametrize("flags", [True, False])
@pytest.mark.parametrize("seed", range(20))
def test_the_mean_is_that_of_the_published_package(seed: int, flags: bool) -> None:
    data = random_data(seed, flags=flags)
    found = ppi_mean(data.truth, data.read, data.unread)
    if data.read.var() + data.unread.var() == 0:
        return  # the package divides by 0
    expected = ppi_py.ppi_mean_pointestimate(data.truth, data.read, data.unread)
    low, high = ppi_py.ppi_mean_ci(data.truth, data.read, data.unread, alpha=0.05)
    assert found.value == pytest.approx(expected.item(), rel=1e-10, abs=1e-12)
    half = norm.ppf(0.975) * found.standard_error
    assert (found.value - half, found.value + half) == pytest.approx(
        (low.item(), high.item()), rel=1e-9, abs=1e-12
    )
    assert 0 <= found.lam <= 1


@pytest.mark.parametrize("flags", [True, False])
@pytest.mark.parametrize("seed", range(20, 40))
def test_the_weighted_mean_is_that_of_the_published_package(seed: int, flags: bool) -> None:
    data = random_data(seed, flags=flags)
    found = ppi_mean(*data)
    expected = ppi_py.ppi_mean_pointestimate(
        data.truth, data.read, data.unread, w=data.weights_read, w_unlabeled=data.weights_unread
    )
    low, high = ppi_py.ppi_mean_ci(
        data.truth,
        data.read,
        data.unread,
        alpha=0.05,
        w=data.weights_read,
        w_unlabeled=data.weights_unread,
    )
    assert found.value == pytest.approx(expected.item(), rel=1e-10, abs=1e-12)
    half = norm.ppf(0.975) * found.standard_error
    assert (found.value - half, found.value + half) == pytest.approx(
        (low.item(), high.item()), rel=1e-9, abs=1e-12
    )


def test_only_how_weights_compare_matters() -> None:
    data = random_data(7, flags=True)
    doubled = data._replace(weights_read=2 * data.weights_read)
    assert ppi_mean(*doubled).value == pytest.approx(ppi_mean(*data).value)


def test_predictions_that_say_nothing_are_left_out() -> None:
    found = ppi_mean([1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0, 0])
    assert (found.lam, found.value) == (0, 0.5)


@pytest.mark.parametrize(("read", "unread"), [(0, 3), (3, 0)])
def test_both_people_read_and_people_not_read_are_needed(read: int, unread: int) -> None:
    with pytest.raises(ValueError, match="needs people"):
        ppi_mean(np.ones(read), np.ones(read), np.ones(unread))
