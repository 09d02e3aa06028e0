"""Layers with fewer attention heads and fewer inner numbers: those that say least are left out.

Inner numbers of the feed-forward parts are two thirds of what an encoder multiplies. Heads are few
products of small arrays, which take far longer than as much multiplied in a large one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from models.encoding import pad
from training.apart import Apart
from training.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel

    from models.encoding import Window

SAMPLE = 1_000
"""Windows that tell what says most."""
_KEPT_AS_IT_WAS = 1e-3
"""How far outgoing weights are held to what they were, in parts of an inner number's square."""


def narrow(
    encoder: PreTrainedModel | Apart,
    windows: Sequence[Window],
    heads: int | None = None,
    inner: int | None = None,
) -> None:
    """Leave out all but some attention heads and inner numbers of each layer.

    The outgoing weights of what stays are fitted, layer by layer, to say what all said, by least
    squares (He et al. 2017, arXiv 1707.06168). Heads are left out one after another: each time the
    one without which the others, so fitted, still say most. Of inner numbers those stay that add
    most to the states: by what each is over all tokens, as a root mean square, times the length of
    its outgoing weights (after Sun et al. 2024, arXiv 2306.11695, who weigh single weights so).

    Args:
        encoder: A BERT, or one that reads apart; changed in place.
        windows: What is read to tell.
        heads: How many heads stay in each layer, in their order; by default all.
        inner: How many inner numbers stay in each layer, in their order; by default all.

    Raises:
        TrainingError: A layer does not have as many.
    """
    model = encoder.model if isinstance(encoder, Apart) else encoder
    has = model.config
    _refuse_more("heads", heads, int(has.num_attention_heads))
    _refuse_more("inner", inner, int(has.intermediate_size))
    layers: list[Any] = list(model.encoder.layer)  # type: ignore[arg-type,union-attr]
    for layer in layers:
        if heads is not None:
            said = _products(encoder, layer.attention.output, windows)
            _fewer_heads(layer.attention, heads, said)
        if inner is not None:
            _fewer_inner(layer, inner, _products(encoder, layer.output, windows))
    has.num_attention_heads = heads or has.num_attention_heads
    has.intermediate_size = inner or has.intermediate_size


def _refuse_more(what: str, wanted: int | None, there_are: int) -> None:
    if wanted is not None and wanted > there_are:
        raise TrainingError(
            f"{what}: the base model's layers have {there_are}, not {wanted} to be kept"
        )


def _fewer_heads(attention: Any, heads: int, products: Tensor) -> None:  # noqa: ANN401 - BERT's
    """Leave heads out, by (all heads' size, the same) products of what they give."""
    part, out = attention.self, attention.output.dense
    size = int(part.attention_head_size)
    weights = out.weight.detach()
    stay = list(range(len(products) // size))
    while len(stay) > heads:
        without = [[each for each in stay if each != one] for one in stay]
        stay = max(without, key=lambda left: _said(weights, products, _places(left, size)))
    keep_heads(attention, stay)
    attention.output.dense = _linear(
        fitted_weights(weights, products, _places(stay, size)), out.bias
    )


def keep_heads(attention: Any, heads: Sequence[int]) -> None:  # noqa: ANN401 - BERT's
    """Leave out all heads but some of a BERT's attention, which is changed in place."""
    part, out = attention.self, attention.output.dense
    size = int(part.attention_head_size)
    places = _places(heads, size)
    for name in ("query", "key", "value"):
        linear = getattr(part, name)
        setattr(part, name, _linear(linear.weight[places], linear.bias[places]))
    attention.output.dense = _linear(out.weight[:, places], out.bias)
    part.num_attention_heads, part.all_head_size = len(heads), len(places)


def _places(heads: Sequence[int], size: int) -> Tensor:
    return torch.cat([torch.arange(head * size, (head + 1) * size) for head in heads])


def _said(weights: Tensor, products: Tensor, stay: Tensor) -> float:
    """Tell how much of what all numbers give some of them say once fitted: a sum of squares."""
    fitted = fitted_weights(weights, products, stay).T.double()
    own, wanted = products[stay][:, stay].double(), products[stay].double() @ weights.T.double()
    return float((fitted * (2 * wanted - own @ fitted)).sum())


def _fewer_inner(layer: Any, inner: int, products: Tensor) -> None:  # noqa: ANN401 - BERT's
    """Leave inner numbers out, by (inner, inner) products of what they are."""
    up, down = layer.intermediate.dense, layer.output.dense
    weights = down.weight.detach()
    says = products.diagonal().sqrt() * weights.norm(dim=0)
    stay = says.argsort(descending=True)[:inner].sort().values
    layer.intermediate.dense = _linear(up.weight[stay], up.bias[stay])
    layer.output.dense = _linear(fitted_weights(weights, products, stay), down.bias)


def _products(
    encoder: PreTrainedModel | Apart, part: nn.Module, windows: Sequence[Window]
) -> Tensor:
    """Add up, over all tokens, the products of what part of a layer is given: (size, size)."""
    found: list[Tensor] = []

    def add(_: nn.Module, given: tuple[Tensor, ...]) -> None:
        numbers = given[0].flatten(end_dim=-2).float()
        products = numbers.T @ numbers
        found[:] = [found[0] + products] if found else [products]

    hook, was_training = part.register_forward_pre_hook(add), encoder.training
    encoder.train(mode=False)
    try:
        with torch.no_grad():
            for window in windows:  # one by one, so that none is filled up
                inputs = pad([window])
                encoder(**{name: torch.from_numpy(array) for name, array in inputs.items()})
    finally:
        hook.remove()
        encoder.train(was_training)
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
