"""A BERT encoder as an ONNX graph made for one core, written node by node.

What makes it fast beside an exported one: the tokens of a run stand first in every array, so that
attention multiplies its heads where they lie, without a copy; windows of one length need no mask;
the scales of activations are fixed, so that none is looked for at run time; scale and bias are put
on by the product itself, see ``GraphNodes.product``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

from training.errors import TrainingError
from training.graph_nodes import FUSED, GraphNodes, Scale

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import onnx
    from torch import Tensor
    from transformers import PreTrainedModel

    from training.graph_nodes import Input
    from training.mpnet import Mpnet

    Floats = npt.NDArray[np.float32]

ACTIVATIONS = {"gelu": "Gelu", "relu": "Relu"}
"""Operator of each activation there may be."""
QUERY, KEY, VALUE, OUT, UP, DOWN = range(6)


def refuse_other_kinds(model: PreTrainedModel | Mpnet) -> None:
    """Refuse a model that cannot be written as such a graph.

    Raises:
        TrainingError: It is not a BERT with one of these activations.
    """
    kind, activation = model.config.model_type, getattr(model.config, "hidden_act", None)
    if kind != "bert" or activation not in ACTIVATIONS:
        raise TrainingError(
            f"the base model is of the type {kind!r} with the activation {activation!r};"
            " only a BERT with gelu or relu, such as MiniLM, BGE or E5, can be exported"
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer.

    Attributes:
        weights: (in, out) of query, key, value, output, and the two of the feed-forward part.
        biases: (out,) of each.
        norms: (gain, bias) after attention and after the feed-forward part.
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    norms: tuple[tuple[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class EncoderWeights:
    """A BERT encoder's weights.

    Attributes:
        words: (vocabulary, h).
        positions: (longest, h).
        parts: (2, h), for the question and for the comment.
        norm: (gain, bias) after the embeddings.
        layers: From the first to the last.
        heads: Attention heads of each layer.
        epsilon: Of the norms.
        activation: ``gelu``, or ``relu``, which costs nothing: the scale of what comes out begins
            at 0.
    """

    words: Floats
    positions: Floats
    parts: Floats
    norm: tuple[Floats, Floats]
    layers: tuple[Layer, ...]
    heads: int
    epsilon: float
    activation: str

    @classmethod
    def of(cls, model: PreTrainedModel | Mpnet) -> EncoderWeights:
        """Take the weights of a transformers model.

        Raises:
            TrainingError: It is not a BERT with positions that are added.
        """
        refuse_other_kinds(model)
        config = model.config
        state = {name: _array(tensor) for name, tensor in model.state_dict().items()}
        return cls(
            words=state["embeddings.word_embeddings.weight"],
            positions=state["embeddings.position_embeddings.weight"],
            parts=state["embeddings.token_type_embeddings.weight"],
            norm=_norm(state, "embeddings.LayerNorm"),
            layers=tuple(_layer(state, row) for row in range(config.num_hidden_layers)),
            heads=config.num_attention_heads,
            epsilon=config.layer_norm_eps,
            activation=config.hidden_act,
        )


def centred(weights: EncoderWeights, middles: Mapping[str, Floats]) -> EncoderWeights:
    """Shift activations so that each channel lies about 0, and mend what follows by as much.

    A channel or two of a norm's output stand far from all others, at nearly the same number for
    every token; with one scale for all channels they would leave the others few steps. A shift of
    the norm's bias moves them, for nothing at run time: the biases of what multiplies the output
    take it back, and so does that of what is added to it next. Attention's shares sum to 1, so
    that its output moves with the values. What the encoder gives stays the same.

    Args:
        weights: The encoder.
        middles: (channels,) the middle of each channel by the name of the activation, see
            ``encoder_graph``.
    """
    size = weights.words.shape[1]
    given = middles["embedded"]
    norm = (weights.norm[0], weights.norm[1] - given)
    layers = []
    for row, layer in enumerate(weights.layers):
        last = row == len(weights.layers) - 1
        heads, middle = middles[f"layer{row}.heads"], middles[f"layer{row}.middle"]
        end = np.zeros(size, dtype=np.float32) if last else middles[f"layer{row}.end"]
        biases = list(layer.biases)
        for which in (QUERY, KEY, VALUE):
            biases[which] = biases[which] + given @ layer.weights[which]
        biases[VALUE] = biases[VALUE] - heads
        biases[OUT] = biases[OUT] + heads @ layer.weights[OUT] + given
        biases[UP] = biases[UP] + middle @ layer.weights[UP]
        biases[DOWN] = biases[DOWN] + middle
        after, ending = layer.norms
        norms = (after[0], after[1] - middle), (ending[0], ending[1] - end)
        layers.append(Layer(layer.weights, tuple(biases), norms))
        given = end
    return replace(weights, norm=norm, layers=tuple(layers))


def word_scale(weights: EncoderWeights) -> Scale:
    """Give the scale of the words' embeddings."""
    return Scale.over(weights.words)


def encoder_graph(
    weights: EncoderWeights, ranges: Mapping[str, tuple[float, float]] | None = None
) -> onnx.ModelProto:
    """Build the graph.

    Its inputs are ``words``, (windows, tokens, h) embeddings on ``word_scale``, and ``parts``,
    (windows, tokens), 0 for the question and 1 for the comment. Its output is ``states``,
    (windows, tokens, h).

    Args:
        weights: The encoder.
        ranges: Lowest and highest of each activation that is multiplied, by its name. Without
            them the graph multiplies in float32 and gives each of these as an output too.
    """
    return _Builder(weights, ranges).build()


class _Builder(GraphNodes):
    def __init__(
        self, weights: EncoderWeights, ranges: Mapping[str, tuple[float, float]] | None
    ) -> None:
        super().__init__()
        self._weights = weights
        self._scales = None if ranges is None else {k: Scale.of(*v) for k, v in ranges.items()}
        self._watched: list[str] = []

    def build(self) -> onnx.ModelProto:
        self.constant("split", np.array([0, 0, self._weights.heads, -1], dtype=np.int64))
        self.constant("merge", np.array([0, 0, -1], dtype=np.int64))
        given = self._embedded()
        for row, layer in enumerate(self._weights.layers):
            given = self._layer(f"layer{row}", layer, given)
        self.node("Transpose", [given], "states", perm=[1, 0, 2])
        shape: list[str | int] = ["windows", "tokens"]
        hidden = self._weights.words.shape[1]
        inputs: list[Input] = [
            ("words", TensorProto.UINT8, [*shape, hidden]),
            ("parts", TensorProto.INT64, shape),
        ]
        return self.model("encoder", inputs, ["states", *self._watched])

    def _embedded(self) -> str:
        """Add up the three embeddings: (tokens, windows, h)."""
        weights, scale = self._weights, word_scale(self._weights)
        self.constant("word_unit", np.float32(scale.unit))
        self.constant("word_zero", np.uint8(scale.zero))
        self.node("Transpose", ["words"], "words_first", perm=[1, 0, 2])
        self.node("DequantizeLinear", ["words_first", "word_unit", "word_zero"], "word")
        self.constant("part_table", weights.parts)
        self.node("Transpose", ["parts"], "parts_first", perm=[1, 0])
        self.node("Gather", ["part_table", "parts_first"], "part")
        self.constant("position_table", weights.positions)
        self.constant("none", np.zeros(1, dtype=np.int64))
        self.constant("second", np.ones(1, dtype=np.int64))
        self.node("Shape", ["parts"], "length", start=1, end=2)
        self.node("Slice", ["position_table", "none", "length"], "position_rows")
        self.node("Unsqueeze", ["position_rows", "second"], "position")
        self.node("Add", ["part", "position"], "place")
        return self._normed("embedded", "word", "place", weights.norm)

    def _layer(self, name: str, layer: Layer, given: str) -> str:
        whole = self._whole(given)
        for part, which in (("query", QUERY), ("key", KEY), ("value", VALUE)):
            self._product(f"{name}.{part}", whole, given, layer, which)
            self.node("Reshape", [f"{name}.{part}", "split"], f"{name}.{part}s")
        heads = self._attention(name, layer.weights[QUERY].shape[1] // self._weights.heads)
        self._product(f"{name}.out", self._merged(heads), heads, layer, OUT)
        middle = self._normed(f"{name}.middle", f"{name}.out", given, layer.norms[0])
        self._product(f"{name}.up", self._whole(middle), middle, layer, UP)
        active = f"{name}.active"
        self._product(f"{name}.down", self._active(f"{name}.up", active), active, layer, DOWN)
        return self._normed(f"{name}.end", f"{name}.down", middle, layer.norms[1])

    def _attention(self, name: str, size: int) -> str:
        """Attend, (tokens, windows, heads, size) each: (windows, heads, tokens, size)."""
        scores = self.node(
            "FusedMatMul",
            [f"{name}.querys", f"{name}.keys"],
            f"{name}.scores",
            FUSED,
            alpha=size**-0.5,
            transB=1,
            transBatchA=1,
            transBatchB=1,
        )
        shares = self.node("Softmax", [scores], f"{name}.shares", axis=-1)
        values = [shares, f"{name}.values"]
        return self.node("FusedMatMul", values, f"{name}.heads", FUSED, transBatchB=1)

    def _merged(self, heads: str) -> str:
        """Put what the heads saw side by side, as whole numbers: a quarter of the bytes to move."""
        whole = self._whole(heads)
        self.node("Transpose", [whole], f"{whole}.first", perm=[2, 0, 1, 3])
        return self.node("Reshape", [f"{whole}.first", "merge"], f"{whole}.merged")

    def _active(self, given: str, name: str) -> str:
        """Put the activation on, and make its numbers whole."""
        if self._weights.activation == "relu" and self._scales is not None:
            return self._whole(given, name)
        return self._whole(self.node(ACTIVATIONS[self._weights.activation], [given], name))

    def _whole(self, name: str, scale: str | None = None) -> str:
        """Make an activation's numbers whole, or watch it where its range is not known yet.

        Args:
            name: The activation.
            scale: The name of another one, of whose scale it is.
        """
        if self._scales is None:
            self._watched.append(name)
            return name
        scale = scale or name
        self.scale(scale, self._scales[scale])
        scaled = [name, f"{scale}.unit", f"{scale}.zero"]
        return self.node("QuantizeLinear", scaled, f"{scale}.whole")

    def _product(self, name: str, whole: str, plain: str, layer: Layer, which: int) -> None:
        """Multiply an activation, whose scale goes by its plain name, with one of the weights."""
        weights, bias = layer.weights[which], layer.biases[which]
        if self._scales is not None:
            self.product(name, whole, plain, weights, bias)
            return
        self.constant(f"{name}.weights", weights)
        self.node("MatMul", [whole, f"{name}.weights"], f"{name}.plain")
        self.node("Add", [f"{name}.plain", self.constant(f"{name}.bias", bias)], name)

    def _normed(self, name: str, one: str, other: str, norm: tuple[Floats, Floats]) -> str:
        gain, bias = (
            self.constant(f"{name}.gain", norm[0]),
            self.constant(f"{name}.bias", norm[1]),
        )
        total = self.node("Add", [one, other], f"{name}.sum")
        epsilon = self._weights.epsilon
        given = [total, gain, bias]
        return self.node("LayerNormalization", given, name, axis=-1, epsilon=epsilon)


def _layer(state: Mapping[str, Floats], row: int) -> Layer:
    prefix = f"encoder.layer.{row}."
    names = (
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "intermediate.dense",
        "output.dense",
    )
    return Layer(
        weights=tuple(state[f"{prefix}{name}.weight"].T for name in names),
        biases=tuple(state[f"{prefix}{name}.bias"] for name in names),
        norms=(
            _norm(state, f"{prefix}attention.output.LayerNorm"),
            _norm(state, f"{prefix}output.LayerNorm"),
        ),
    )


def _norm(state: Mapping[str, Floats], name: str) -> tuple[Floats, Floats]:
    return state[f"{name}.weight"], state[f"{name}.bias"]


def _array(tensor: Tensor) -> Floats:
    array: Floats = tensor.detach().float().numpy()
    return array
