"""Finding a vocabulary's terms in texts, as scikit-learn's vectorisers count them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from models.ngrams.prefix_tree import PrefixTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from models.ngrams.symbols import Alphabet, Integers, Line

    Keys = npt.NDArray[np.int64]


class Terms(Protocol):
    """A vocabulary of n terms that can be found in texts."""

    def __len__(self) -> int: ...

    def find(self, line: Line) -> Keys:
        """Give a key ``text * n + term`` for each time a term occurs, in no order."""


class CharacterTerms:
    """Character n-grams of single words with a space on either side (``char_wb``).

    No term has a space but at its ends, so none is found across words.
    """

    def __init__(self, terms: Sequence[str], alphabet: Alphabet) -> None:
        self._terms = len(terms)
        self._tree = PrefixTree(terms, alphabet)

    def __len__(self) -> int:
        return self._terms

    def find(self, line: Line) -> Keys:
        """Give a key ``text * n + term`` for each time a term occurs, in no order."""
        texts = line.owners * self._terms
        nodes = np.full(len(texts), self._tree.root, dtype=np.int32)
        found = [np.empty(0, dtype=np.int64)]
        for depth in range(min(self._tree.depth, len(texts))):
            nodes = self._tree.step(nodes[: len(texts) - depth], line.symbols[depth:])
            keys = texts[: len(nodes)] + nodes
            found.append(keys.compress(nodes < self._terms))
        return np.concatenate(found)


class WordTerms:
    """Words, and pairs of neighbouring words with a space between them."""

    def __init__(self, terms: Sequence[str], alphabet: Alphabet) -> None:
        words = sorted(set(" ".join(terms).split()))
        numbers = {word: number for number, word in enumerate(words)}
        single, pairs = [-1] * (len(words) + 1), {}
        for place, term in enumerate(terms):
            first, _, second = term.partition(" ")
            if second:
                pairs[numbers[first] * len(single) + numbers[second]] = place
            elif first:
                single[numbers[first]] = place
        self._terms = len(terms)
        self._tree = PrefixTree(words, alphabet)
        self._single = np.array(single)
        # two unknown words are the last pair, and no term, so that every search ends somewhere
        self._pairs = np.array([*sorted(pairs), len(single) ** 2 - 1])
        self._paired = np.array([*(pairs[pair] for pair in sorted(pairs)), -1])

    def __len__(self) -> int:
        return self._terms

    def find(self, line: Line) -> Keys:
        """Give a key ``text * n + term`` for each time a term occurs, in no order."""
        starts, lengths = line.words()
        words, texts = self._numbers(line, starts, lengths), line.owners.take(starts)
        pairs = words[:-1] * len(self._single) + words[1:]
        places = np.searchsorted(self._pairs, pairs)
        together = (self._pairs.take(places) == pairs) & (texts[:-1] == texts[1:])
        paired = np.where(together, self._paired.take(places), -1)
        found = np.concatenate([self._single.take(words), paired])
        keys: Keys = np.concatenate([texts, texts[:-1]]) * self._terms + found
        return keys.compress(found >= 0)

    def _numbers(self, line: Line, starts: Integers, lengths: Integers) -> Keys:
        """Number the words of a line, all unknown ones alike: (words,)."""
        steps = self._tree.depth + 1  # the last of them leads nowhere from the longest word
        lengths = np.minimum(lengths, steps).astype(np.min_scalar_type(steps))
        longest_first = np.argsort(lengths, kind="stable")[::-1]
        starts = starts.take(longest_first)
        longer = len(starts) - np.cumsum(np.bincount(lengths, minlength=steps + 1))
        nodes = np.full(len(starts), self._tree.root, dtype=np.int32)
        for depth, walking in enumerate(longer[:steps]):
            symbols = line.symbols.take(starts[:walking] + depth)
            nodes[:walking] = self._tree.step(nodes[:walking], symbols)
        numbers = np.empty(len(nodes), dtype=np.int64)
        numbers[longest_first] = np.minimum(nodes, len(self._single) - 1)
        return numbers
