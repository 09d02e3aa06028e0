"""What Sayso's speed is held against that takes torch and onnx to make.

All of it is read back from an artefact's own graph, so that what is compared is the same encoder.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from transformers import BertConfig, BertModel

from evaluation.speed.given import GivenGraphs, ProductGroup
from models.artefact import EMBEDDINGS, GRAPH
from models.encoder import HEARD
from models.encoding import pad
from training.apart import Apart
from training.graph_nodes import FUSED, IR_VERSION, OPSET
from training.narrowed import keep_heads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from models import Tagger
    from models.encoding import Window

    Array = npt.NDArray[Any]
    Floats = npt.NDArray[np.float32]

BATCH = 32
"""Windows that torch reads at once, padded to the longest."""
PRODUCT = "MatMulIntegerToFloat"
_LINEAR = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "up": "intermediate.dense",
    "down": "output.dense",
}
_NORMS = {"middle": "attention.output.LayerNorm", "end": "output.LayerNorm"}


def given_graphs(tagger: Tagger) -> GivenGraphs:
    """Make what an artefact's encoder is held against."""
    graph = onnx.load(str(tagger.file(GRAPH))).graph
    words = load_file(tagger.file(EMBEDDINGS))["words"]
    return GivenGraphs(float32=Float32Encoder(graph, words), products=product_groups(graph))


class Float32Encoder:
    """An artefact's encoder in torch, with whole weights times their units.

    Args:
        graph: The encoder's graph.
        words: (vocabulary, h) embeddings of 8 bits.
    """

    def __init__(self, graph: onnx.GraphProto, words: npt.NDArray[np.uint8]) -> None:
        constants = _constants(graph)
        hidden, inner = constants["layer0.up.weights"].shape
        heads = int(constants["split"][2])
        size = constants["layer0.query.weights"].shape[1] // heads
        config = BertConfig(
            vocab_size=len(words),
            hidden_size=hidden,
            num_hidden_layers=sum(name.endswith("query.weights") for name in constants),
            num_attention_heads=hidden // size,
            intermediate_size=inner,
            max_position_embeddings=len(constants["position_table"]),
            layer_norm_eps=_epsilon(graph),
            hidden_act=_activation(graph),
        )
        bert = BertModel(config, add_pooling_layer=False)
        for layer in bert.encoder.layer:
            keep_heads(layer.attention, range(heads))
        state = _state(constants, words, config.num_hidden_layers)
        bert.load_state_dict(
            {name: torch.from_numpy(array.astype(np.float32)) for name, array in state.items()}
        )
        self._apart = HEARD in {each.name for each in graph.input}
        self._model: torch.nn.Module = Apart(bert) if self._apart else bert
        self._model.train(mode=False)

    def __call__(self, windows: Sequence[Window]) -> list[Floats]:
        """Give the (tokens, h) states of what is read of each window.

        Those of like length are read together.
        """
        order = sorted(range(len(windows)), key=lambda place: len(windows[place].ids))
        states: dict[int, Floats] = {}
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            given = [windows[place] for place in places]
            for place, window, found in zip(places, given, self._read(given), strict=True):
                states[place] = found[window.head if self._apart else 0 : len(window.ids)]
        return [states[place] for place in range(len(windows))]

    def _read(self, windows: Sequence[Window]) -> Floats:
        inputs = {name: torch.from_numpy(array) for name, array in pad(windows).items()}
        with torch.inference_mode():
            states: Floats = self._model(**inputs).last_hidden_state.numpy()
        return states


def product_groups(graph: onnx.GraphProto) -> tuple[ProductGroup, ...]:
    """Take an encoder's products out of its graph, those of one input together."""
    constants = _constants(graph)
    together: defaultdict[str, list[onnx.NodeProto]] = defaultdict(list)
    for node in graph.node:
        if node.op_type == PRODUCT:
            together[node.input[0]].append(node)
    return tuple(_group(nodes, constants) for nodes in together.values())


def _group(nodes: Sequence[onnx.NodeProto], constants: Mapping[str, Array]) -> ProductGroup:
    weights = [constants[node.input[1]] for node in nodes]
    inner, outer = weights[0].shape[0], tuple(each.shape[1] for each in weights)
    return ProductGroup(
        inner=inner,
        outer=outer,
        whole=_whole(nodes, constants, inner).SerializeToString(),
        plain=_plain(nodes, constants, inner).SerializeToString(),
    )


def _whole(
    nodes: Sequence[onnx.NodeProto], constants: Mapping[str, Array], inner: int
) -> onnx.ModelProto:
    """Multiply whole numbers, and nothing else."""
    products = [
        helper.make_node("MatMulInteger", ["given", node.input[1]], [node.output[0]])
        for node in nodes
    ]
    return _model(products, constants, inner, (TensorProto.UINT8, TensorProto.INT32))


def _plain(
    nodes: Sequence[onnx.NodeProto], constants: Mapping[str, Array], inner: int
) -> onnx.ModelProto:
    """Multiply as the encoder does, with what makes numbers whole before and scales them after."""
    unit, zero = nodes[0].input[2], nodes[0].input[4]
    made_whole = helper.make_node("QuantizeLinear", ["given", unit, zero], ["whole"])
    products = [
        helper.make_node(PRODUCT, ["whole", *node.input[1:]], [node.output[0]], domain=FUSED)
        for node in nodes
    ]
    kinds = (TensorProto.FLOAT, TensorProto.FLOAT)
    return _model([made_whole, *products], constants, inner, kinds)


def _model(
    nodes: Sequence[onnx.NodeProto],
    constants: Mapping[str, Array],
    inner: int,
    kinds: tuple[int, int],
) -> onnx.ModelProto:
    used = dict.fromkeys(name for node in nodes for name in node.input if name in constants)
    made = {name for node in nodes for name in node.output}
    last = made - {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "products",
        [helper.make_tensor_value_info("given", kinds[0], ["tokens", inner])],
        [helper.make_tensor_value_info(name, kinds[1], None) for name in sorted(last)],
        [numpy_helper.from_array(constants[name], name) for name in used],
    )
    domains = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    model: onnx.ModelProto = helper.make_model(graph, opset_imports=domains, ir_version=IR_VERSION)
    return model


def _constants(graph: onnx.GraphProto) -> dict[str, Array]:
    return {each.name: numpy_helper.to_array(each) for each in graph.initializer}


def _activation(graph: onnx.GraphProto) -> str:
    """Tell the activation; ``relu`` is in the scales of what comes out, and no node."""
    return "gelu" if any(node.op_type == "Gelu" for node in graph.node) else "relu"


def _epsilon(graph: onnx.GraphProto) -> float:
    norm = next(node for node in graph.node if node.op_type == "LayerNormalization")
    return next(float(each.f) for each in norm.attribute if each.name == "epsilon")


def _state(
    constants: Mapping[str, Array], words: npt.NDArray[np.uint8], layers: int
) -> dict[str, Array]:
    """Name an encoder's weights as transformers does."""
    zero = np.float32(constants["word_zero"])
    state: dict[str, Array] = {
        "embeddings.word_embeddings.weight": (words - zero) * constants["word_unit"],
        "embeddings.position_embeddings.weight": constants["position_table"],
        "embeddings.token_type_embeddings.weight": constants["part_table"],
        "embeddings.LayerNorm.weight": constants["embedded.gain"],
        "embeddings.LayerNorm.bias": constants["embedded.bias"],
    }
    for row in range(layers):
        here, there = f"layer{row}", f"encoder.layer.{row}"
        for ours, theirs in _LINEAR.items():
            units = constants[f"{here}.{ours}.units"]
            state[f"{there}.{theirs}.weight"] = (constants[f"{here}.{ours}.weights"] * units).T
            state[f"{there}.{theirs}.bias"] = constants[f"{here}.{ours}.bias"]
        for ours, theirs in _NORMS.items():
            state[f"{there}.{theirs}.weight"] = constants[f"{here}.{ours}.gain"]
            state[f"{there}.{theirs}.bias"] = constants[f"{here}.{ours}.bias"]
    return state
