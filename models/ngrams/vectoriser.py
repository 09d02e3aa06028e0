"""From the terms of a text to its weighted features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.ngrams.sparse_rows import SparseRows

if TYPE_CHECKING:
    import numpy.typing as npt

    from models.ngrams.symbols import Integers, Line
    from models.ngrams.terms import Terms

    Floats = npt.NDArray[np.float32]


class Vectoriser:
    """Weighs the terms of a text, and brings the vector to length 1.

    A term that occurs c times weighs (1 + ln c) times its inverse document frequency.

    Args:
        terms: Finds its n terms.
        frequencies: (n,) inverse document frequencies; without them every term a text has, however
            often, weighs the same.
    """

    def __init__(self, terms: Terms, frequencies: Floats | None = None) -> None:
        self._terms = terms
        self._frequencies = frequencies

    def __len__(self) -> int:
        return len(self._terms)

    def rows(self, line: Line) -> SparseRows:
        """Give the features of a line's texts: (texts, n)."""
        keys = np.sort(self._terms.find(line))
        firsts = np.flatnonzero(np.diff(keys, prepend=-1))
        counts = np.diff(firsts, append=len(keys))
        keys = keys.take(firsts)
        offsets = np.arange(line.texts + 1) * len(self._terms)
        bounds = np.searchsorted(keys, offsets)
        columns = keys - np.repeat(offsets[:-1], np.diff(bounds))
        values = self._weights(columns, counts.astype(np.float32))
        return SparseRows(_of_length_one(values, bounds), columns, bounds, len(self._terms))

    def _weights(self, columns: Integers, counts: Floats) -> Floats:
        if self._frequencies is None:
            return np.ones_like(counts)
        weights: Floats = (1 + np.log(counts)) * self._frequencies.take(columns)
        return weights


def _of_length_one(values: Floats, bounds: Integers) -> Floats:
    """Divide each row by its length; one without entries has none, and none to divide."""
    squares = np.append(values.astype(np.float64) ** 2, 0.0)
    lengths: Floats = np.sqrt(np.add.reduceat(squares, bounds[:-1])).astype(np.float32)
    divisors: Floats = np.repeat(lengths, np.diff(bounds))
    return values / divisors
