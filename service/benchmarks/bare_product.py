"""A process that does nothing but multiply whole numbers of the encoder's shapes, on one thread.

It says so when it is ready, multiplies for the seconds that it is then told on its input, and says
how many products it did in a second.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from models.onnx_runtime import ort
from service.benchmarks.errors import NoProductError

if TYPE_CHECKING:
    from collections.abc import Callable

TOKENS, WIDTH, INNER = 512, 384, 1_536
"""Rows of the product, and the sides of its weights: the largest layer of a MiniLM."""
_BUILDER = "onnx"
_READY = "ready"
_WARM_UP = 20
_OPSET, _FORMAT = 17, 9


def products_a_second(processes: int, seconds: float) -> float:
    """Count the products that some processes do together.

    Args:
        processes: How many multiply at the same time.
        seconds: How long.

    Raises:
        NoProductError: The package that describes a product to onnxruntime is not installed.
    """
    if find_spec(_BUILDER) is None:
        raise NoProductError("a bare product needs the extra: pip install 'sayso[train]'")
    with ExitStack() as stack:
        started = [stack.enter_context(_start()) for _ in range(processes)]
        for process in started:
            _line(process)
        for process in started:
            _tell(process, seconds)
        return sum(float(_line(process)) for process in started)


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - Sayso itself
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise NoProductError("a process that was to multiply has ended")
    return line.strip()


def _tell(process: subprocess.Popen[str], seconds: float) -> None:
    if process.stdin:
        process.stdin.write(f"{seconds}\n")
        process.stdin.flush()


def _product() -> Callable[[], object]:
    """Make the product: (TOKENS, WIDTH) by (WIDTH, INNER), of 8 bits each, on one thread."""
    luck = np.random.default_rng(0)
    weights = luck.integers(-127, 128, (WIDTH, INNER), np.int8)
    told = {"states": luck.integers(0, 256, (TOKENS, WIDTH), np.uint8)}
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(_graph(weights), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, told)


def _graph(weights: np.ndarray[Any, np.dtype[np.int8]]) -> bytes:
    onnx = import_module(_BUILDER)
    make, kinds = onnx.helper, onnx.TensorProto
    graph = make.make_graph(
        [make.make_node("MatMulInteger", ["states", "weights"], ["product"])],
        "product",
        [make.make_tensor_value_info("states", kinds.UINT8, [TOKENS, WIDTH])],
        [make.make_tensor_value_info("product", kinds.INT32, [TOKENS, INNER])],
        [onnx.numpy_helper.from_array(weights, "weights")],
    )
    opsets = [make.make_opsetid("", _OPSET)]
    model = make.make_model(graph, opset_imports=opsets, ir_version=_FORMAT)
    serialized: bytes = model.SerializeToString()
    return serialized


def _rate(multiply: Callable[[], object], seconds: float) -> float:
    started, done, passed = time.perf_counter(), 0, 0.0
    while passed < seconds:
        multiply()
        done += 1
        passed = time.perf_counter() - started
    return done / passed


def _multiply_as_told() -> None:
    multiply = _product()
    for _ in range(_WARM_UP):
        multiply()
    sys.stdout.write(f"{_READY}\n")
    sys.stdout.flush()
    seconds = float(sys.stdin.readline())
    sys.stdout.write(f"{_rate(multiply, seconds)}\n")


if __name__ == "__main__":
    _multiply_as_told()
