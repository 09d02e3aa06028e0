"""Writing an ONNX graph node by node: what the encoders' graphs have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

    Input: TypeAlias = tuple[str, int, list[str | int]]
    """Name, kind of numbers and shape."""

OPSET = 20
IR_VERSION = 9
FUSED = "com.microsoft"
"""The domain of onnxruntime's own operators."""
STEPS = 63
"""Largest weight in its own unit."""
LEVELS = 255
"""Steps between the lowest and the highest activation."""


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

    @classmethod
    def over(cls, values: Floats) -> Scale:
        """Give the scale from the lowest to the highest of some numbers."""
        return cls.of(float(values.min()), float(values.max()))

    def quantised(self, values: Floats) -> npt.NDArray[np.uint8]:
        """Make numbers whole."""
        whole = np.clip(np.round(values / self.unit) + self.zero, 0, LEVELS)
        quantised: npt.NDArray[np.uint8] = whole.astype(np.uint8)
        return quantised

    def restored(self, whole: npt.NDArray[np.uint8]) -> Floats:
        """Give what whole numbers stand for."""
        values: Floats = (whole.astype(np.float32) - self.zero) * np.float32(self.unit)
        return values


class GraphNodes:
    """The nodes and constants of a graph that is being written."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def node(
        self,
        kind: str,
        given: Sequence[str],
        name: str,
        domain: str = "",
        **attributes: Any,  # noqa: ANN401 - whatever the operator takes
    ) -> str:
        """Add a node of one output, which has its name; give that."""
        self._nodes.append(helper.make_node(kind, given, [name], domain=domain, **attributes))
        return name

    def constant(self, name: str, value: npt.NDArray[Any] | np.generic) -> str:
        """Add a constant; give its name."""
        array = np.ascontiguousarray(value).reshape(np.shape(value))
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def scale(self, name: str, scale: Scale) -> None:
        """Add the scale of an activation."""
        self.constant(f"{name}.unit", np.float32(scale.unit))
        self.constant(f"{name}.zero", np.uint8(scale.zero))

    def product(
        self, name: str, whole: str, scale: str, weights: Floats, bias: Floats | None
    ) -> str:
        """Multiply whole numbers by weights, which become seven bits of eight, each column's own.

        Processors without VNNI add pairs of eight-bit products in sixteen bits, and overflow where
        both have all eight.

        Args:
            name: Of the product, in float32.
            whole: What is multiplied.
            scale: The name under which its scale was added.
            weights: (in, out).
            bias: (out,) what is added.
        """
        units = np.maximum(np.abs(weights).max(axis=0) / STEPS, 1e-8).astype(np.float32)
        self.constant(f"{name}.weights", np.round(weights / units).astype(np.int8))
        self.constant(f"{name}.units", units)
        scales = [f"{scale}.unit", f"{name}.units", f"{scale}.zero"]
        if bias is not None:
            scales += ["", self.constant(f"{name}.bias", bias)]
        given = [whole, f"{name}.weights", *scales]
        return self.node("MatMulIntegerToFloat", given, name, FUSED)

    def model(
        self,
        name: str,
        given: Sequence[Input],
        outputs: Sequence[str],
        told: Mapping[str, str] | None = None,
    ) -> onnx.ModelProto:
        """Give the graph.

        Args:
            name: Of the graph.
            given: Name, kind of numbers and shape of each input.
            outputs: Names of the outputs, in float32.
            told: What it says of itself, by name.
        """
        inputs = [helper.make_tensor_value_info(*each) for each in given]
        floats = [helper.make_tensor_value_info(each, TensorProto.FLOAT, None) for each in outputs]
        graph = helper.make_graph(self._nodes, name, inputs, floats, self._constants)
        domains = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
        model: onnx.ModelProto = helper.make_model(graph, opset_imports=domains)
        model.ir_version = IR_VERSION
        helper.set_model_props(model, dict(told or {}))
        return model
