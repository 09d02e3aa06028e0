"""Rows of mostly zeros, and their product with weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    Floats = npt.NDArray[np.float32]
    Integers = npt.NDArray[np.integer[Any]]

_BLOCK = 64
"""Values of a row multiplied at a time."""
_BLOCKS = 64
"""Blocks at a time: their weights, 16 KB a theme, stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class SparseRows:
    """What is not zero in a matrix, row by row.

    Attributes:
        values: (entries,).
        columns: (entries,) in ascending order within a row.
        bounds: (rows + 1,) where each row's entries begin, and the end.
        width: How many columns there are.
    """

    values: Floats
    columns: Integers
    bounds: Integers
    width: int

    def times(self, weights: Floats) -> Floats:
        """Multiply by (width, n) weights: (rows, n).

        In plain NumPy, since importing SciPy's sparse matrices takes longer than tagging a
        thousand comments' n-grams. A row's product does not depend on the others.
        """
        lengths = np.diff(self.bounds)
        blocks = np.maximum(1, -(-lengths // _BLOCK))
        firsts = np.cumsum(blocks) - blocks
        places = np.arange(len(self.values))
        places += np.repeat(firsts * _BLOCK - self.bounds[:-1], lengths)
        values = np.zeros((blocks.sum(), 1, _BLOCK), dtype=np.float32)
        columns = np.zeros((len(values), _BLOCK), dtype=np.intp)
        values.put(places, self.values)
        columns.put(places, self.columns)
        products = np.empty((len(values), 1, weights.shape[1]), dtype=np.float32)
        for start in range(0, len(values), _BLOCKS):
            part = slice(start, start + _BLOCKS)
            np.matmul(values[part], weights.take(columns[part], axis=0), out=products[part])
        return np.add.reduceat(products[:, 0], firsts, axis=0)

    def matrix(self) -> sp.csr_matrix:
        """Give them as a matrix of SciPy's: (rows, width)."""
        import scipy.sparse as sp

        shape = len(self.bounds) - 1, self.width
        return sp.csr_matrix((self.values, self.columns, self.bounds), shape=shape)
