from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from training.byte_dropout import ByteDropout, with_byte_dropout

DRAWN = 80_000


def dropped(rate: float, numbers: int = DRAWN) -> torch.Tensor:
    """Ones after dropout."""
    torch.manual_seed(0)
    result: torch.Tensor = ByteDropout(rate)(torch.ones(numbers))
    return result


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_numbers_are_dropped_at_the_rate_wherever_they_stand(rate: float) -> None:
    gone = (dropped(rate) == 0).view(-1, 8).double().mean(dim=0)
    assert gone.tolist() == pytest.approx([rate] * 8, abs=0.02)


@given(rate=st.integers(1, 255).map(lambda part: part / 256), numbers=st.integers(0, 20))
def test_what_is_kept_is_scaled_to_make_good_for_what_is_dropped(rate: float, numbers: int) -> None:
    result = dropped(rate, numbers)
    assert len(result) == numbers
    assert all(each in (0, pytest.approx(1 / (1 - rate))) for each in result.tolist())


@pytest.mark.parametrize(("rate", "kept"), [(0.0, 1.0), (1.0, 0.0)])
def test_nothing_or_all_can_be_dropped(rate: float, kept: float) -> None:
    assert (dropped(rate) == kept).all()


def test_gradients_flow_through_what_is_kept_alone() -> None:
    torch.manual_seed(0)
    states = torch.randn(3, 5, 7, requires_grad=True)
    result = ByteDropout(0.5)(states)
    result.sum().backward()
    assert states.grad is not None
    assert torch.equal(states.grad, torch.where(result == 0, 0.0, 2.0))


def test_nothing_is_dropped_when_it_is_not_learning() -> None:
    assert torch.equal(ByteDropout(0.5).eval()(torch.ones(9)), torch.ones(9))


def test_it_takes_the_place_of_all_dropout_in_a_network_at_its_rate() -> None:
    network = nn.Sequential(nn.Dropout(0.2), nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.3)))
    with_byte_dropout(network)
    found = [(type(each), each.p) for each in network.modules() if isinstance(each, nn.Dropout)]
    assert found == [(ByteDropout, 0.2), (ByteDropout, 0.3)]
