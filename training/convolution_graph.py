"""A convolution over words as an ONNX graph of whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

from models.encoder import ASKED, NOTHING, REACH
from training.graph_nodes import GraphNodes, Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import onnx
    from torch import Tensor

    from models.encoding import Window
    from training.convolution import Convolution
    from training.graph_nodes import Input

    Floats = npt.NDArray[np.float32]

CLIPPED = 1e-4
"""Share of the highest numbers found that may be clipped for a finer scale."""


def quantised_convolution(encoder: Convolution, windows: Sequence[Window]) -> onnx.ModelProto:
    """Build the int8 graph.

    Its inputs are ``words``, (windows, tokens, h), and ``asked``, (windows, h), both embeddings on
    the scale over all words; see ``models.encoder``. Its output is ``states``, (windows, tokens,
    states). What is found is never below 0: its scale begins there, so that no other step sees to
    it.

    Args:
        encoder: The trained convolution.
        windows: Such as it will read, by which the scale of what is found is set.
    """
    words = _array(encoder.words.weight)
    scale = Scale.over(words)
    found = _found(encoder, scale.restored(scale.quantised(words)), windows)
    return _Graph(encoder, scale, Scale.of(0, float(np.quantile(found, 1 - CLIPPED)))).build()


def _found(encoder: Convolution, words: Floats, windows: Sequence[Window]) -> Floats:
    """Give what is found in windows, in float32: (tokens of all, width)."""
    near, asked, bias = (
        _array(each) for each in (encoder.near.weight, encoder.asked.weight, encoder.near.bias)
    )
    reach, seen = encoder.reach, []
    for window in windows:
        own = np.pad(words[window.ids[window.head :]], ((reach, reach), (0, 0)))
        count = len(own) - 2 * reach
        beside = np.concatenate([own[at : at + count] for at in range(2 * reach + 1)], axis=1)
        before = words[window.ids[: window.head]].mean(axis=0)
        seen.append(encoder.gain * (beside @ near.T + asked @ before) + bias)
    found: Floats = np.maximum(np.concatenate(seen), 0)
    return found


class _Graph(GraphNodes):
    """The graph of a convolution.

    Args:
        encoder: The convolution.
        words: The scale of the words' embeddings.
        found: The scale of what is found in them.
    """

    def __init__(self, encoder: Convolution, words: Scale, found: Scale) -> None:
        super().__init__()
        self._encoder = encoder
        self._words = words
        self.scale("words", words)
        self.scale("found", found)

    def build(self) -> onnx.ModelProto:
        encoder = self._encoder
        near = encoder.gain * _array(encoder.near.weight).T
        asked = encoder.gain * _array(encoder.asked.weight).T
        self.product("near", self._beside(), "words", near, _array(encoder.near.bias))
        self.product("meant", ASKED, "words", asked, None)
        self.constant("tokens", np.ones(1, dtype=np.int64))
        self.node("Unsqueeze", ["meant", "tokens"], "meant.each")
        self.node("Add", ["near", "meant.each"], "sought")
        self.node("QuantizeLinear", ["sought", "found.unit", "found.zero"], "found")
        out = _array(encoder.out.weight).T
        self.product("states.plain", "found", "found", out, _array(encoder.out.bias))
        gain = self.constant("norm.gain", _array(encoder.norm.weight))
        bias = self.constant("norm.bias", _array(encoder.norm.bias))
        given, epsilon = ["states.plain", gain, bias], encoder.norm.eps
        self.node("LayerNormalization", given, "states", axis=-1, epsilon=epsilon)
        size = int(encoder.words.embedding_dim)
        inputs: list[Input] = [
            ("words", TensorProto.UINT8, ["windows", "tokens", size]),
            (ASKED, TensorProto.UINT8, ["windows", size]),
        ]
        told = {REACH: str(self._encoder.reach), NOTHING: str(self._words.zero)}
        return self.model("convolution", inputs, ["states"], told)

    def _beside(self) -> str:
        """Put each word's neighbours beside it."""
        reach = self._encoder.reach
        self.constant("pads", np.array([0, reach, 0, 0, reach, 0], dtype=np.int64))
        self.node("Pad", ["words", "pads", "words.zero"], "wide")
        self.constant("along", np.ones(1, dtype=np.int64))
        self.node("Shape", ["words"], "count", start=1, end=2)
        parts = []
        for at in range(2 * reach + 1):
            first = self.constant(f"first{at}", np.array([at], dtype=np.int64))
            last = self.node("Add", ["count", first], f"last{at}")
            parts.append(self.node("Slice", ["wide", first, last, "along"], f"neighbour{at}"))
        return self.node("Concat", parts, "beside", axis=-1)


def _array(values: Tensor) -> Floats:
    array: Floats = values.detach().float().numpy()
    return array
