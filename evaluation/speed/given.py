"""What is measured beside Sayso and takes torch or onnx to make, which this layer does not know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from models.encoding import Window

StatesOf = Callable[[Sequence["Window"]], list[npt.NDArray[np.float32]]]
"""An encoder: windows in, (tokens, h) states of each out."""


@dataclass(frozen=True, slots=True)
class ProductGroup:
    """Products of an encoder that share what they multiply, as ONNX graphs of their own.

    Both graphs take ``given``, (tokens, inner), and have an output for each product.

    Attributes:
        inner: Columns of what is multiplied.
        outer: Columns of each product.
        whole: Whole numbers of 8 bits in, whole numbers of 32 bits out.
        plain: Float32 in and out, as the layers between products need them.
    """

    inner: int
    outer: tuple[int, ...]
    whole: bytes
    plain: bytes


@dataclass(frozen=True, slots=True)
class GivenGraphs:
    """Comparators of one artefact's encoder.

    Attributes:
        float32: The same weights in torch's float32.
        products: All of its products, from the first layer to the last.
    """

    float32: StatesOf
    products: tuple[ProductGroup, ...]
