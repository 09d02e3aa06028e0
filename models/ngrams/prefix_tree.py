"""Terms as a tree of their prefixes, walked from many positions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from models.ngrams.symbols import Alphabet, Integers

    Nodes = npt.NDArray[np.int32]


class PrefixTree:
    """Terms as a tree of their prefixes, in one table.

    Nodes are numbered: a term's node has the term's place; after the terms come the prefixes that
    are none, the root among them, and last ``nowhere``, from which no step leads back.

    The table has a row for each node with children and a column for each symbol: some 2 MB for
    the character n-grams of a shipped model.

    Args:
        terms: Distinct terms.
        alphabet: Numbers all their characters.
    """

    def __init__(self, terms: Sequence[str], alphabet: Alphabet) -> None:
        ends, edges = _grow(terms, alphabet)
        parents, rows = np.unique(edges // alphabet.size, return_inverse=True)
        numbers = np.full(len(edges) + 1, -1, dtype=np.int32)
        numbers[ends] = np.arange(len(terms))
        numbers[numbers < 0] = np.arange(len(terms), len(terms) + np.sum(numbers < 0))
        self.depth = max(map(len, terms), default=0)
        self.root = int(numbers[0])
        self.nowhere = int(numbers.max()) + 1
        self._rows = np.zeros(self.nowhere + 1, dtype=np.int32)
        self._rows[numbers[parents]] = np.arange(1, len(parents) + 1) * alphabet.size
        self._table = np.full((len(parents) + 1) * alphabet.size, self.nowhere, dtype=np.int32)
        self._table[(rows + 1) * alphabet.size + edges % alphabet.size] = numbers[1:]

    def step(self, nodes: Nodes, symbols: Integers) -> Nodes:
        """Give the nodes that (walkers,) nodes lead to by (walkers,) symbols."""
        return self._table.take(self._rows.take(nodes) + symbols)


def _grow(terms: Sequence[str], alphabet: Alphabet) -> tuple[Integers, Integers]:
    """Grow the tree one character at a time.

    Returns:
        The (terms,) node each term ends at, the root being 0, and for nodes 1 to n the (n,) edge
        it hangs from: its parent times the alphabet's size, plus the symbol.
    """
    lengths = np.fromiter(map(len, terms), np.intp, len(terms))
    starts = np.cumsum(lengths) - lengths
    symbols = alphabet.symbols("".join(terms))
    ends = np.zeros(len(terms), dtype=np.intp)
    edges = np.empty(0, dtype=np.intp)
    for depth in range(lengths.max(initial=0)):
        growing = np.flatnonzero(lengths > depth)
        steps = ends[growing] * alphabet.size + symbols[starts[growing] + depth]
        distinct, places = np.unique(steps, return_inverse=True)
        ends[growing] = len(edges) + 1 + places
        edges = np.append(edges, distinct)
    return ends, edges
