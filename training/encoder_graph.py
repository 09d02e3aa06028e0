"""An encoder as an ONNX graph made for one core, written node by node.

What makes it fast beside an exported one: the tokens of a run stand first in every array, so that
attention multiplies its heads where they lie, without a copy; windows of one length need no mask,
and where those of nearly one length are read together, one addition tells what is absent; the
scales of activations are fixed, so that none is looked for at run time; scale and bias are put on
by the product itself, see ``GraphNodes.product``.

The same graph serves a convolution, with such layers or none; see ``training.convolution``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

from models.encoder import (
    ABSENT,
    ASKED,
    FILLED,
    HEARD,
    NOTHING,
    PART,
    PLACES,
    REACH,
    WHICH,
)
from training.apart import Apart
from training.convolution import Convolution
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
BESIDE = "beside"
"""Each word with its neighbours."""
STEP = 4
"""Windows of a convolution with layers are filled up to a multiple of so many tokens: the fewer
lengths there are, the more windows are read at once."""


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
class Near:
    """The weights of a convolution over words of size w; see ``training.convolution``.

    Attributes:
        weights: (words side by side * w, width), or of what they are brought to in place of w.
        bias: (width,).
        asked: (w, width), of the mean of the words before the comment.
        out: (width, h).
        out_bias: (h,).
        narrow: (w, narrow), where words are brought to a smaller size first.
    """

    weights: Floats
    bias: Floats
    asked: Floats
    out: Floats
    out_bias: Floats
    narrow: Floats | None = None

    @property
    def reach(self) -> int:
        """How many words on either side are read with one."""
        size = len(self.asked) if self.narrow is None else self.narrow.shape[1]
        return len(self.weights) // size // 2


@dataclass(frozen=True, slots=True)
class EncoderWeights:
    """The weights of a BERT encoder, or of a convolution with such layers or none.

    Attributes:
        words: (vocabulary, w), of a BERT as large as its states: w is h.
        positions: (longest, h).
        parts: (2, h), for the question and for the comment.
        norm: (gain, bias) after the embeddings.
        layers: From the first to the last.
        heads: Attention heads of each layer.
        epsilon: Of the norms.
        activation: ``gelu``, or ``relu``, which costs nothing: the scale of what comes out begins
            at 0.
        near: Of a convolution, which has it in place of its words' embeddings.
        apart: Whether the question of a BERT does not hear the comment, see ``training.apart``.
    """

    words: Floats
    positions: Floats
    parts: Floats
    norm: tuple[Floats, Floats]
    layers: tuple[Layer, ...]
    heads: int
    epsilon: float
    activation: str
    near: Near | None = None
    apart: bool = False

    @classmethod
    def of(cls, model: PreTrainedModel | Apart | Convolution | Mpnet) -> EncoderWeights:
        """Take the weights of a transformers model, or of a convolution.

        Raises:
            TrainingError: It is not a BERT with positions that are added.
        """
        if isinstance(model, Convolution):
            return _of_convolution(model)
        if isinstance(model, Apart):
            return replace(cls.of(model.model), apart=True)
        refuse_other_kinds(model)
        config = model.config
        state = {name: _array(tensor) for name, tensor in model.state_dict().items()}
        return cls(
            words=state["embeddings.word_embeddings.weight"],
            positions=state["embeddings.position_embeddings.weight"],
            parts=state["embeddings.token_type_embeddings.weight"],
            norm=_norm(state, "embeddings.LayerNorm"),
            layers=tuple(
                _layer(state, f"encoder.layer.{row}.") for row in range(config.num_hidden_layers)
            ),
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
    if not weights.layers:
        return weights
    size = len(weights.norm[1])
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

    Its first input is ``words``, (windows, tokens, w) embeddings on ``word_scale``; its output is
    ``states``, (windows, tokens, h). What else it takes in:

    - A BERT ``parts``, (windows, tokens), 0 for the question and 1 for the comment.
    - One that reads comments apart what `models.encoder` calls ``part``, (1,), and ``places``,
      (windows, tokens), of the tokens; and what they hear beside each other: ``heard``, (2 of each
      layer, heard tokens, questions, a) keys and values, of which question in ``which``,
      (windows,), and what is not heard in ``absent``, (windows, tokens + heard tokens),
      ``models.encoder.FAR`` there and else 0. Its further outputs are the keys and values of the
      tokens, (tokens, windows, a), by which a question can be heard; a is the size of all heads.
    - A convolution ``asked``, (windows, w), the mean of what stands before the comment; with
      layers also ``absent``, (windows, tokens), where a window is filled up.

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
        self._told_on: list[str] = []

    def build(self) -> onnx.ModelProto:
        self.constant("split", np.array([0, 0, self._weights.heads, -1], dtype=np.int64))
        self.constant("merge", np.array([0, 0, -1], dtype=np.int64))
        near = self._weights.near
        given = self._embedded() if near is None else self._found(near)
        for row, layer in enumerate(self._weights.layers):
            given = self._layer(f"layer{row}", layer, given)
        self.node("Transpose", [given], "states", perm=[1, 0, 2])
        outputs = ["states", *self._told_on, *self._watched]
        return self.model("encoder", self._inputs(), outputs, self._told())

    def _inputs(self) -> list[Input]:
        shape: list[str | int] = ["windows", "tokens"]
        size = self._weights.words.shape[1]
        words: Input = ("words", TensorProto.UINT8, [*shape, size])
        if self._weights.apart:
            layers = self._weights.layers
            told = layers[0].weights[KEY].shape[1]
            heard: list[str | int] = [2 * len(layers), "heard", "questions", told]
            return [
                words,
                (PART, TensorProto.INT64, [1]),
                (PLACES, TensorProto.INT64, shape),
                (HEARD, TensorProto.FLOAT, heard),
                (WHICH, TensorProto.INT64, shape[:1]),
                (ABSENT, TensorProto.FLOAT, ["windows", "all"]),
            ]
        if self._weights.near is None:
            return [words, ("parts", TensorProto.INT64, shape)]
        asked: Input = (ASKED, TensorProto.UINT8, [shape[0], size])
        absent: Input = (ABSENT, TensorProto.FLOAT, shape)
        return [words, asked, absent] if self._weights.layers else [words, asked]

    def _told(self) -> dict[str, str]:
        """Say how windows can be read together, see ``models.encoder``."""
        near = self._weights.near
        if near is None:
            return {}
        nothing = str(word_scale(self._weights).zero)
        if self._weights.layers:
            return {FILLED: str(STEP), NOTHING: nothing}
        return {REACH: str(near.reach), NOTHING: nothing}

    def _embedded(self) -> str:
        """Add up the three embeddings: (tokens, windows, h)."""
        self._words_first()
        self.node("DequantizeLinear", ["words_first", "word_unit", "word_zero"], "word")
        self.constant("part_table", self._weights.parts)
        self._placed_apart() if self._weights.apart else self._placed()
        return self._normed("embedded", "word", "place", self._weights.norm)

    def _placed(self) -> None:
        """Tell question from comment, and one place from another: (tokens, windows, h)."""
        self.node("Transpose", ["parts"], "parts_first", perm=[1, 0])
        self.node("Gather", ["part_table", "parts_first"], "part")
        self._position()
        self.node("Add", ["part", "position"], "place")

    def _placed_apart(self) -> None:
        """Do so where windows begin at different places, and are all of the same part."""
        self._absent_each()
        self.constant("position_table", self._weights.positions)
        self.node("Gather", ["part_table", PART], "part_row")
        self.node("Add", ["position_table", "part_row"], "part_places")
        self.node("Transpose", [PLACES], "places_first", perm=[1, 0])
        self.node("Gather", ["part_places", "places_first"], "place")

    def _absent_each(self) -> None:
        """Tell what is absent for all heads and tokens of a window."""
        self.constant("within", np.array([1, 2], dtype=np.int64))
        self.node("Unsqueeze", [ABSENT, "within"], "absent_each")

    def _found(self, near: Near) -> str:
        """Say what is found near each word, and where it stands: (tokens, windows, h)."""
        self._words_first()
        self._multiply("near", *self._seen(near), near.weights, near.bias)
        self._multiply("meant", self._as_multiplied(ASKED), ASKED, near.asked, None)
        self.node("Add", ["near", "meant"], "sought")
        found = self._active("sought", "found", "relu")
        self._multiply("out", found, "found", near.out, near.out_bias)
        if not self._weights.layers:
            return self._normed("embedded", "out", None, self._weights.norm)
        self._absent_each()
        self._position()
        return self._normed("embedded", "out", "position", self._weights.norm)

    def _seen(self, near: Near) -> tuple[str, str]:
        """Give each word with its neighbours as they are multiplied, and the name of their scale.

        Words are brought to a smaller size before they are put side by side.
        """
        if near.narrow is None:
            return self._as_multiplied(self._beside("words_first", near.reach, "word_zero")), BESIDE
        words = self._as_multiplied("words_first")
        self._multiply("narrow", words, "words_first", near.narrow, None)
        whole = self._whole("narrow")
        zero = "" if self._scales is None else "narrow.zero"
        return self._beside(whole, near.reach, zero), "narrow"

    def _beside(self, words: str, reach: int, nothing: str) -> str:
        """Put the neighbours of each word beside it, nothing where there is none."""
        self.constant("pads", np.array([reach, 0, 0, reach, 0, 0], dtype=np.int64))
        self.node("Pad", [words, "pads", nothing], "wide")
        self.constant("along", np.zeros(1, dtype=np.int64))
        self.node("Shape", [words], "count", start=0, end=1)
        parts = []
        for at in range(2 * reach + 1):
            first = self.constant(f"first{at}", np.array([at], dtype=np.int64))
            last = self.node("Add", ["count", first], f"last{at}")
            parts.append(self.node("Slice", ["wide", first, last, "along"], f"neighbour{at}"))
        return self.node("Concat", parts, BESIDE, axis=-1)

    def _as_multiplied(self, words: str) -> str:
        """Give embeddings, whose scale is added by their name, as they are multiplied."""
        if self._scales is None:
            given = [words, "word_unit", "word_zero"]
            return self.node("DequantizeLinear", given, f"{words}.plain")
        self.scale(words, word_scale(self._weights))
        return words

    def _words_first(self) -> None:
        scale = word_scale(self._weights)
        self.constant("word_unit", np.float32(scale.unit))
        self.constant("word_zero", np.uint8(scale.zero))
        self.node("Transpose", ["words"], "words_first", perm=[1, 0, 2])

    def _position(self) -> None:
        self.constant("position_table", self._weights.positions)
        self.constant("none", np.zeros(1, dtype=np.int64))
        self.constant("second", np.ones(1, dtype=np.int64))
        self.node("Shape", ["words"], "length", start=1, end=2)
        self.node("Slice", ["position_table", "none", "length"], "position_rows")
        self.node("Unsqueeze", ["position_rows", "second"], "position")

    def _layer(self, name: str, layer: Layer, given: str) -> str:
        whole = self._whole(given)
        for part, which in (("query", QUERY), ("key", KEY), ("value", VALUE)):
            self._product(f"{name}.{part}", whole, given, layer, which)
            heard = f"{name}.{part}"
            if self._weights.apart and which != QUERY:
                heard = self._with_heard(heard)
            self.node("Reshape", [heard, "split"], f"{name}.{part}s")
        heads = self._attention(name, layer.weights[QUERY].shape[1] // self._weights.heads)
        self._product(f"{name}.out", self._merged(heads), heads, layer, OUT)
        middle = self._normed(f"{name}.middle", f"{name}.out", given, layer.norms[0])
        self._product(f"{name}.up", self._whole(middle), middle, layer, UP)
        active = f"{name}.active"
        active_whole = self._active(f"{name}.up", active, self._weights.activation)
        self._product(f"{name}.down", active_whole, active, layer, DOWN)
        return self._normed(f"{name}.end", f"{name}.down", middle, layer.norms[1])

    def _with_heard(self, told: str) -> str:
        """Put the keys or values of each window's question after its own: (all, windows, h)."""
        place = self.constant(f"{told}.place", np.int64(len(self._told_on)))
        self._told_on.append(told)
        self.node("Gather", [HEARD, place], f"{told}.asked", axis=0)
        self.node("Gather", [f"{told}.asked", WHICH], f"{told}.heard", axis=1)
        return self.node("Concat", [told, f"{told}.heard"], f"{told}.all", axis=0)

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
        if self._weights.near is not None or self._weights.apart:
            scores = self.node("Add", [scores, "absent_each"], f"{name}.present")
        shares = self.node("Softmax", [scores], f"{name}.shares", axis=-1)
        values = [shares, f"{name}.values"]
        return self.node("FusedMatMul", values, f"{name}.heads", FUSED, transBatchB=1)

    def _merged(self, heads: str) -> str:
        """Put what the heads saw side by side, as whole numbers: a quarter of the bytes to move."""
        whole = self._whole(heads)
        self.node("Transpose", [whole], f"{whole}.first", perm=[2, 0, 1, 3])
        return self.node("Reshape", [f"{whole}.first", "merge"], f"{whole}.merged")

    def _active(self, given: str, name: str, activation: str) -> str:
        """Put an activation on, and make its numbers whole."""
        if activation == "relu" and self._scales is not None:
            return self._whole(given, name)
        return self._whole(self.node(ACTIVATIONS[activation], [given], name))

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
        self._multiply(name, whole, plain, layer.weights[which], layer.biases[which])

    def _multiply(
        self, name: str, whole: str, plain: str, weights: Floats, bias: Floats | None
    ) -> None:
        """Multiply an activation, whose scale goes by its plain name, with weights."""
        if self._scales is not None:
            self.product(name, whole, plain, weights, bias)
            return
        self.constant(f"{name}.weights", weights)
        if bias is None:
            self.node("MatMul", [whole, f"{name}.weights"], name)
            return
        self.node("MatMul", [whole, f"{name}.weights"], f"{name}.plain")
        self.node("Add", [f"{name}.plain", self.constant(f"{name}.bias", bias)], name)

    def _normed(self, name: str, one: str, other: str | None, norm: tuple[Floats, Floats]) -> str:
        gain, bias = (
            self.constant(f"{name}.gain", norm[0]),
            self.constant(f"{name}.bias", norm[1]),
        )
        total = one if other is None else self.node("Add", [one, other], f"{name}.sum")
        epsilon = self._weights.epsilon
        given = [total, gain, bias]
        return self.node("LayerNormalization", given, name, axis=-1, epsilon=epsilon)


def _of_convolution(model: Convolution) -> EncoderWeights:
    state = {name: _array(tensor) for name, tensor in model.state_dict().items()}
    return EncoderWeights(
        words=state["words.weight"],
        positions=state["places"],
        parts=np.zeros((2, model.hidden_size), dtype=np.float32),
        norm=_norm(state, "norm"),
        layers=tuple(_torch_layer(state, f"layers.{row}.") for row in range(len(model.layers))),
        heads=model.heads,
        epsilon=model.norm.eps,
        activation="relu",
        near=Near(
            weights=state["near.weight"].T * (1 if model.narrow else model.gain),
            bias=state["near.bias"],
            asked=model.gain * state["asked.weight"].T,
            out=state["out.weight"].T,
            out_bias=state["out.bias"],
            narrow=model.gain * state["narrow.weight"].T if model.narrow else None,
        ),
    )


def _torch_layer(state: Mapping[str, Floats], prefix: str) -> Layer:
    """Take the weights of PyTorch's own layer, whose query, key and value stand in one array."""
    inputs = np.split(state[f"{prefix}self_attn.in_proj_weight"], 3)
    input_biases = np.split(state[f"{prefix}self_attn.in_proj_bias"], 3)
    names = ("self_attn.out_proj", "linear1", "linear2")
    others = [state[f"{prefix}{name}.weight"] for name in names]
    return Layer(
        weights=tuple(weight.T for weight in (*inputs, *others)),
        biases=(*input_biases, *(state[f"{prefix}{name}.bias"] for name in names)),
        norms=(_norm(state, f"{prefix}norm1"), _norm(state, f"{prefix}norm2")),
    )


def _layer(state: Mapping[str, Floats], prefix: str) -> Layer:
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
