"""A BERT encoder as an ONNX graph made for one core, written node by node.

What makes it fast beside an exported one: the tokens of a run stand first in every array, so that
attention multiplies its heads where they lie, without a copy; windows of one length need no mask;
the scales of activations are fixed, so that none is looked for at run time; scale and bias are put
on by the product itself. Weights are quantised per channel to seven bits of their eight, since
processors without VNNI add pairs of eight-bit products in sixteen bits and overflow otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from torch import Tensor
    from transformers import PreTrainedModel

    Floats = npt.NDArray[np.float32]

OPSET = 20
IR_VERSION = 9
FUSED = "com.microsoft"
"""The domain of onnxruntime's own operators."""
STEPS = 63
"""Largest weight in its own unit."""
LEVELS = 255
"""Steps between the lowest and the highest activation."""
QUERY, KEY, VALUE, OUT, UP, DOWN = range(6)


def refuse_other_kinds(model: PreTrainedModel) -> None:
    """Refuse a model that cannot be written as such a graph.

    Raises:
        TrainingError: It is not a BERT with the activation GELU.
    """
    kind = (model.config.model_type, getattr(model.config, "hidden_act", None))
    if kind != ("bert", "gelu"):
        raise TrainingError(
            f"the base model is of the type {kind[0]!r} with the activation {kind[1]!r};"
            " only a BERT with gelu, such as MiniLM, BGE or E5, can be exported"
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
    """

    words: Floats
    positions: Floats
    parts: Floats
    norm: tuple[Floats, Floats]
    layers: tuple[Layer, ...]
    heads: int
    epsilon: float

    @classmethod
    def of(cls, model: PreTrainedModel) -> EncoderWeights:
        """Take the weights of a transformers model.

        Raises:
            TrainingError: It is not a BERT with positions that are added and the activation GELU.
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


@dataclass(frozen=True, slots=True)
class Scale:
    """How numbers of a range become whole ones: ``round(number / unit) + zero``, 0 to 255."""

    unit: float
    zero: int

    @classmethod
    def of(cls, lowest: float, highest: float) -> Scale:
        """Give the scale of a range, which is widened to take in 0."""
        low, high = min(lowest, 0.0), max(highest, 0.0)
        unit = max(high - low, 1e-6) / LEVELS
        return cls(unit, int(np.clip(round(-low / unit), 0, LEVELS)))

    def quantised(self, values: Floats) -> npt.NDArray[np.uint8]:
        """Make numbers whole."""
        whole = np.clip(np.round(values / self.unit) + self.zero, 0, LEVELS)
        quantised: npt.NDArray[np.uint8] = whole.astype(np.uint8)
        return quantised


def word_scale(weights: EncoderWeights) -> Scale:
    """Give the scale of the words' embeddings."""
    return Scale.of(float(weights.words.min()), float(weights.words.max()))


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


class _Builder:
    def __init__(
        self, weights: EncoderWeights, ranges: Mapping[str, tuple[float, float]] | None
    ) -> None:
        self._weights = weights
        self._scales = None if ranges is None else {k: Scale.of(*v) for k, v in ranges.items()}
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._watched: list[str] = []

    def build(self) -> onnx.ModelProto:
        self._constant("split", np.array([0, 0, self._weights.heads, -1], dtype=np.int64))
        self._constant("merge", np.array([0, 0, -1], dtype=np.int64))
        given = self._embedded()
        for row, layer in enumerate(self._weights.layers):
            given = self._layer(f"layer{row}", layer, given)
        self._node("Transpose", [given], "states", perm=[1, 0, 2])
        shape = ["windows", "tokens"]
        hidden = self._weights.words.shape[1]
        words = helper.make_tensor_value_info("words", TensorProto.UINT8, [*shape, hidden])
        parts = helper.make_tensor_value_info("parts", TensorProto.INT64, shape)
        outputs = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
            for name in ("states", *self._watched)
        ]
        graph = helper.make_graph(self._nodes, "encoder", [words, parts], outputs, self._constants)
        domains = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
        model: onnx.ModelProto = helper.make_model(graph, opset_imports=domains)
        model.ir_version = IR_VERSION
        return model

    def _embedded(self) -> str:
        """Add up the three embeddings: (tokens, windows, h)."""
        weights, scale = self._weights, word_scale(self._weights)
        self._constant("word_unit", np.float32(scale.unit))
        self._constant("word_zero", np.uint8(scale.zero))
        self._node("Transpose", ["words"], "words_first", perm=[1, 0, 2])
        self._node("DequantizeLinear", ["words_first", "word_unit", "word_zero"], "word")
        self._constant("part_table", weights.parts)
        self._node("Transpose", ["parts"], "parts_first", perm=[1, 0])
        self._node("Gather", ["part_table", "parts_first"], "part")
        self._constant("position_table", weights.positions)
        self._constant("none", np.zeros(1, dtype=np.int64))
        self._constant("second", np.ones(1, dtype=np.int64))
        self._node("Shape", ["parts"], "length", start=1, end=2)
        self._node("Slice", ["position_table", "none", "length"], "position_rows")
        self._node("Unsqueeze", ["position_rows", "second"], "position")
        self._node("Add", ["part", "position"], "place")
        return self._normed("embedded", "word", "place", weights.norm)

    def _layer(self, name: str, layer: Layer, given: str) -> str:
        whole = self._whole(given)
        for part, which in (("query", QUERY), ("key", KEY), ("value", VALUE)):
            self._product(f"{name}.{part}", whole, given, layer, which)
            self._node("Reshape", [f"{name}.{part}", "split"], f"{name}.{part}s")
        heads = self._attention(name, layer.weights[QUERY].shape[1] // self._weights.heads)
        self._product(f"{name}.out", self._merged(heads), heads, layer, OUT)
        middle = self._normed(f"{name}.middle", f"{name}.out", given, layer.norms[0])
        self._product(f"{name}.up", self._whole(middle), middle, layer, UP)
        self._node("Gelu", [f"{name}.up"], f"{name}.gelu")
        last = f"{name}.gelu"
        self._product(f"{name}.down", self._whole(last), last, layer, DOWN)
        return self._normed(f"{name}.end", f"{name}.down", middle, layer.norms[1])

    def _attention(self, name: str, size: int) -> str:
        """Attend, (tokens, windows, heads, size) each: (windows, heads, tokens, size)."""
        scores = self._node(
            "FusedMatMul",
            [f"{name}.querys", f"{name}.keys"],
            f"{name}.scores",
            FUSED,
            alpha=size**-0.5,
            transB=1,
            transBatchA=1,
            transBatchB=1,
        )
        shares = self._node("Softmax", [scores], f"{name}.shares", axis=-1)
        values = [shares, f"{name}.values"]
        return self._node("FusedMatMul", values, f"{name}.heads", FUSED, transBatchB=1)

    def _merged(self, heads: str) -> str:
        """Put what the heads saw side by side, as whole numbers: a quarter of the bytes to move."""
        whole = self._whole(heads)
        self._node("Transpose", [whole], f"{whole}.first", perm=[2, 0, 1, 3])
        return self._node("Reshape", [f"{whole}.first", "merge"], f"{whole}.merged")

    def _whole(self, name: str) -> str:
        """Make an activation's numbers whole, or watch it where its range is not known yet."""
        if self._scales is None:
            self._watched.append(name)
            return name
        self._constant(f"{name}.unit", np.float32(self._scales[name].unit))
        self._constant(f"{name}.zero", np.uint8(self._scales[name].zero))
        scaled = [name, f"{name}.unit", f"{name}.zero"]
        return self._node("QuantizeLinear", scaled, f"{name}.whole")

    def _product(self, name: str, whole: str, plain: str, layer: Layer, which: int) -> None:
        """Multiply an activation, whose scale goes by its plain name, with one of the weights."""
        weights, bias = layer.weights[which], self._constant(f"{name}.bias", layer.biases[which])
        if self._scales is None:
            self._constant(f"{name}.weights", weights)
            self._node("MatMul", [whole, f"{name}.weights"], f"{name}.plain")
            self._node("Add", [f"{name}.plain", bias], name)
            return
        units = np.maximum(np.abs(weights).max(axis=0) / STEPS, 1e-8).astype(np.float32)
        self._constant(f"{name}.weights", np.round(weights / units).astype(np.int8))
        self._constant(f"{name}.units", units)
        scales = [f"{plain}.unit", f"{name}.units", f"{plain}.zero", "", bias]
        self._node("MatMulIntegerToFloat", [whole, f"{name}.weights", *scales], name, FUSED)

    def _normed(self, name: str, one: str, other: str, norm: tuple[Floats, Floats]) -> str:
        gain, bias = (
            self._constant(f"{name}.gain", norm[0]),
            self._constant(f"{name}.bias", norm[1]),
        )
        total = self._node("Add", [one, other], f"{name}.sum")
        epsilon = self._weights.epsilon
        given = [total, gain, bias]
        return self._node("LayerNormalization", given, name, axis=-1, epsilon=epsilon)

    def _node(
        self,
        kind: str,
        given: Sequence[str],
        name: str,
        domain: str = "",
        **attributes: Any,  # noqa: ANN401 - whatever the operator takes
    ) -> str:
        self._nodes.append(helper.make_node(kind, given, [name], domain=domain, **attributes))
        return name

    def _constant(self, name: str, value: npt.NDArray[Any] | np.generic) -> str:
        array = np.ascontiguousarray(value).reshape(np.shape(value))
        self._constants.append(numpy_helper.from_array(array, name))
        return name


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
