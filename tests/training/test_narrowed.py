from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import BertConfig, BertModel

from models.encoding import Window, pad
from training.apart import Apart
from training.errors import TrainingError
from training.narrowed import fitted_weights, narrow

HEADS, SIZE = 4, 4
INNER = 24
WINDOWS = [
    Window([1, *(place * step % 30 for place in range(3, 12)), 2], 3, ()) for step in range(1, 30)
]


@pytest.fixture
def model() -> BertModel:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=30,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=HEADS,
        intermediate_size=INNER,
        max_position_embeddings=32,
        initializer_range=0.5,
    )
    made: BertModel = BertModel(config).train(mode=False)
    return made


def layers(model: BertModel) -> list[Any]:
    return list(model.encoder.layer)


def states(encoder: BertModel | Apart) -> torch.Tensor:
    inputs = {name: torch.from_numpy(array) for name, array in pad(WINDOWS[:1]).items()}
    with torch.no_grad():
        found: torch.Tensor = encoder(**inputs).last_hidden_state
    return found


def test_what_says_nothing_is_left_out_first(model: BertModel) -> None:
    silent = [3, 8, 20]
    for layer in layers(model):
        with torch.no_grad():
            layer.output.dense.weight[:, silent] = 0
    before = states(model)
    narrow(model, WINDOWS, inner=INNER - len(silent))
    assert layers(model)[0].intermediate.dense.weight.shape == (INNER - len(silent), 16)
    assert torch.allclose(states(model), before, atol=1e-4)


def test_what_never_comes_up_is_left_out_whatever_its_weights(model: BertModel) -> None:
    for layer in layers(model):
        with torch.no_grad():
            layer.intermediate.dense.bias[7] = -1e3  # never above 0
            layer.output.dense.weight[:, 7] = 1e3
    before = states(model)
    narrow(model, WINDOWS, inner=INNER - 1)
    assert torch.allclose(states(model), before, atol=1e-4)


def test_what_follows_from_the_others_is_said_by_these() -> None:
    rng = torch.Generator().manual_seed(0)
    numbers = torch.randn(200, 6, generator=rng)
    numbers[:, 5] = 2 * numbers[:, 1] - numbers[:, 3]
    weights = torch.randn(4, 6, generator=rng)
    stay = torch.arange(5)
    fitted = fitted_weights(weights, numbers.T @ numbers, stay)
    said, kept = numbers @ weights.T, numbers[:, stay]
    assert torch.allclose(kept @ fitted.T, said, atol=0.02)
    assert not torch.allclose(kept @ weights[:, stay].T, said, atol=0.02)


def test_it_goes_on_training_where_it_was(model: BertModel) -> None:
    narrow(model.train(), WINDOWS, HEADS - 1, INNER - 1)
    assert model.training
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert model.config.intermediate_size == INNER - 1
    assert model.config.num_attention_heads == HEADS - 1


def test_more_than_there_are_cannot_be_kept(model: BertModel) -> None:
    with pytest.raises(TrainingError, match="inner: the base model's layers have 24, not 25"):
        narrow(model, WINDOWS, inner=INNER + 1)
    with pytest.raises(TrainingError, match="heads: the base model's layers have 4, not 5"):
        narrow(model, WINDOWS, heads=HEADS + 1)


def test_a_head_that_says_nothing_is_left_out_first(model: BertModel) -> None:
    for layer in layers(model):
        with torch.no_grad():
            layer.attention.output.dense.weight[:, SIZE : 2 * SIZE] = 0
    before = states(model)
    narrow(model, WINDOWS, heads=HEADS - 1)
    assert layers(model)[0].attention.self.query.weight.shape == ((HEADS - 1) * SIZE, 16)
    assert torch.allclose(states(model), before, atol=1e-4)


@pytest.mark.parametrize("apart", [False, True])
def test_a_head_that_others_can_stand_for_is_left_out(model: BertModel, apart: bool) -> None:
    first, last = slice(0, SIZE), slice((HEADS - 1) * SIZE, None)
    for layer in layers(model):
        part = layer.attention.self
        with torch.no_grad():
            for linear in (part.query, part.key, part.value):
                linear.weight[last] = linear.weight[first]
                linear.bias[last] = linear.bias[first]
    encoder = Apart(model).train(mode=False) if apart else model
    before = states(encoder)
    narrow(encoder, WINDOWS, heads=HEADS - 1)
    assert torch.allclose(states(encoder), before, atol=0.02)
