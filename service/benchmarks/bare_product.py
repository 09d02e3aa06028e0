"""Products of whole numbers and nothing else, in processes of their own."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.speed import processes as measured
from service.benchmarks.errors import NoProductError

if TYPE_CHECKING:
    import numpy.typing as npt

TOKENS, WIDTH, INNER = "tokens", 384, 1_536
"""Rows of a product, any number, and the sides of its weights: the largest of a MiniLM's layer."""
LAYERS = 6
"""Layers of a MiniLM, each with weights of its own: more than a core's own cache holds."""
_BUILDER = "onnx"
_OPSET, _FORMAT = 17, 9


def products_a_second(processes: int, seconds: float) -> float:
    """Count how often some processes do the products together, each process on one thread.

    Args:
        processes: How many multiply at the same time.
        seconds: How long.

    Raises:
        NoProductError: The package that describes a product to onnxruntime is not installed.
        ProcessError: One of them has ended.
    """
    if find_spec(_BUILDER) is None:
        raise NoProductError("a bare product needs the extra: pip install 'sayso[train]'")
    weights = np.random.default_rng(0).integers(-127, 128, (LAYERS, WIDTH, INNER), np.int8)
    graphs = [(_graph(each), WIDTH) for each in weights]
    return measured.products_a_second(graphs, processes, seconds)


def _graph(weights: npt.NDArray[np.int8]) -> bytes:
    """Describe the product: (tokens, WIDTH) by (WIDTH, INNER), of 8 bits each."""
    onnx: Any = import_module(_BUILDER)
    make, kinds = onnx.helper, onnx.TensorProto
    graph = make.make_graph(
        [make.make_node("MatMulInteger", ["given", "weights"], ["product"])],
        "product",
        [make.make_tensor_value_info("given", kinds.UINT8, [TOKENS, WIDTH])],
        [make.make_tensor_value_info("product", kinds.INT32, [TOKENS, INNER])],
        [onnx.numpy_helper.from_array(weights, "weights")],
    )
    opsets = [make.make_opsetid("", _OPSET)]
    model = make.make_model(graph, opset_imports=opsets, ir_version=_FORMAT)
    serialized: bytes = model.SerializeToString()
    return serialized
