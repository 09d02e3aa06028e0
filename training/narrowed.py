"""Feed-forward parts with fewer inner numbers: those that say least are left out.

They are two thirds of what an encoder multiplies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from models.encoding import pad
from training.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel

    from models.encoding import Window

SAMPLE = 1_000
"""Windows that tell what says most."""
_KEPT_AS_IT_WAS = 1e-3
"""How far outgoing weights are held to what they were, in parts of an inner number's square."""


def narrow(model: PreTrainedModel, inner: int, windows: Sequence[Window]) -> None:
    """Leave out all but some inner numbers of each layer's feed-forward part.

    Those stay that add most to the states: by what each is over all tokens, as a root mean square,
    times the length of its outgoing weights (after Sun et al. 2024, arXiv 2306.11695, who weigh
    single weights so). The outgoing weights of these are then fitted, layer by layer, to say what
    all said, by least squares (He et al. 2017, arXiv 1707.06168).

    Args:
        model: A BERT; changed in place.
        inner: How many stay in each layer, in their order.
        windows: What is read to tell.

    Raises:
        TrainingError: A layer does not have as many.
    """
    has = int(model.config.intermediate_size)
    if inner > has:
        raise TrainingError(f"inner: the base model's layers have {has}, not {inner} to be kept")
    layers: list[Any] = list(model.encoder.layer)  # type: ignore[arg-type,union-attr]
    for layer in layers:
        products = _products(model, layer.intermediate, windows)
        up, down = layer.intermediate.dense, layer.output.dense
        says = products.diagonal().sqrt() * down.weight.detach().norm(dim=0)
        stay = says.argsort(descending=True)[:inner].sort().values
        layer.intermediate.dense = _linear(up.weight[stay], up.bias[stay])
        layer.output.dense = _linear(
            fitted_weights(down.weight.detach(), products, stay), down.bias
        )
    model.config.intermediate_size = inner


def _products(model: PreTrainedModel, part: nn.Module, windows: Sequence[Window]) -> Tensor:
    """Add up, over all tokens, the products of what part of a layer gives: (inner, inner)."""
    found: list[Tensor] = []

    def add(_: nn.Module, __: tuple[Tensor, ...], given: Tensor) -> None:
        numbers = given.flatten(end_dim=-2).float()
        products = numbers.T @ numbers
        found[:] = [found[0] + products] if found else [products]

    hook, was_training = part.register_forward_hook(add), model.training
    model.train(mode=False)
    try:
        with torch.no_grad():
            for window in windows:  # one by one, so that none is filled up
                inputs = pad([window])
                model(**{name: torch.from_numpy(array) for name, array in inputs.items()})
    finally:
        hook.remove()
        model.train(was_training)
    return found[0]


def fitted_weights(weights: Tensor, products: Tensor, stay: Tensor) -> Tensor:
    """Give weights for some numbers that come nearest to what others gave for all.

    Args:
        weights: (h, inner).
        products: (inner, inner) products of the numbers, added up over a sample.
        stay: (n,) places of those that stay.

    Returns:
        (h, n).
    """
    own, outgoing = products[stay][:, stay].double(), weights.T.double()
    held = _KEPT_AS_IT_WAS * own.diagonal().mean() * torch.eye(len(stay), dtype=own.dtype)
    wanted = products[stay].double() @ outgoing + held @ outgoing[stay]
    fitted: Tensor = torch.linalg.solve(own + held, wanted).T.float()
    return fitted


def _linear(weights: Tensor, bias: Tensor) -> nn.Linear:
    linear = nn.Linear(weights.shape[1], weights.shape[0])
    with torch.no_grad():
        linear.weight.copy_(weights)
        linear.bias.copy_(bias)
    return linear
