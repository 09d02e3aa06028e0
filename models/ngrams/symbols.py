"""Texts as arrays of small numbers, so that n-grams can be looked up many at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Integers = npt.NDArray[np.integer[Any]]

_CODE_POINTS = 0x110000
_WORDLESS = 0x40000
"""No letter, digit or white space of Unicode has a code point this high."""
_SPACE, _SIGN, _LETTER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Line:
    """Texts end to end: a space before each of them, and one after the last.

    Attributes:
        symbols: (positions,) what stands there, as the alphabet numbers it.
        owners: (positions,) the text it belongs to, as does the space before it.
        texts: How many there are.
        first_letter: Symbols from this one on are letters, digits and underscores.
    """

    symbols: Integers
    owners: Integers
    texts: int
    first_letter: int

    def words(self) -> tuple[Integers, Integers]:
        r"""Give the (words,) first positions and (words,) lengths of what ``\w+`` matches."""
        inside = self.symbols >= self.first_letter
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        return edges[::2], edges[1::2] - edges[::2]


class Alphabet:
    """The characters of a vocabulary, numbered; all white space is 0.

    Of any other character it is only known whether words are made of it.

    Args:
        text: All of the characters, in lower case, any number of times.
    """

    def __init__(self, text: str) -> None:
        codes = _codes("".join(sorted(set(text))))
        kinds = _kinds()[codes]
        signs, letters = codes[kinds == _SIGN], codes[kinds == _LETTER]
        self.first_letter = 2 + len(signs)
        self.size = self.first_letter + 1 + len(letters)
        unknown = np.array([0, 1, self.first_letter], dtype=np.min_scalar_type(self.size))
        self._symbols = unknown[_kinds()]
        self._symbols[signs] = np.arange(2, self.first_letter)
        self._symbols[letters] = np.arange(self.first_letter + 1, self.size)

    def symbols(self, text: str) -> Integers:
        """Number the characters of a text in lower case: (characters,)."""
        return self._symbols.take(_codes(text))

    def line(self, texts: Sequence[str]) -> Line:
        """Put texts into lower case and lay them end to end."""
        lowered = [text.lower() for text in texts]
        lengths = np.fromiter(map(len, lowered), np.intp, len(lowered)) + 1
        lengths[-1:] += 1
        owners = np.repeat(np.arange(len(lowered)), lengths)
        symbols = self.symbols(" ".join(["", *lowered, ""]))
        return Line(symbols, owners, len(lowered), self.first_letter)


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """Tell for every code point whether it is white space, a sign, or part of words."""
    kinds = np.full(_CODE_POINTS, _SIGN, dtype=np.uint8)
    every = np.arange(_WORDLESS, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    for pattern, kind in ((r"\s+", _SPACE), (r"\w+", _LETTER)):
        for run in re.finditer(pattern, every):
            kinds[slice(*run.span())] = kind
    return kinds


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
