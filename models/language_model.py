"""How well texts fit each language: the naive Bayes model of byte n-grams that py3langid ships.

py3langid walks an automaton byte by byte and scores one text at a time, in Python. Here all texts
of a batch go through the same automaton at once, so that nearly all of the time is numpy's.
"""

from __future__ import annotations

import io
import lzma
import unicodedata
from concurrent.futures import Future
from functools import cache
from itertools import pairwise
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Floats = npt.NDArray[np.float32]
    Integers = npt.NDArray[np.int32]

_END = b"\xff"  # stands in no UTF-8, and leads the automaton back to its start
_CHUNK = 1 << 17  # bytes that are looked at together


class LanguageModel:
    """A naive Bayes model over the features that an automaton finds in bytes.

    Args:
        arrays: What py3langid's model file holds: ``ptc`` (features, labels) log-likelihoods of a
            feature in each language, ``pc`` (labels,) log-likelihoods of the languages, ``classes``
            their labels, some of which stand twice; ``nextmove``, rows of 256 next states laid end
            to end, ``nextmove_row`` which of them each state has, and ``out_feat`` the feature
            found in each state, -1 for none.
    """

    def __init__(self, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.labels: tuple[str, ...] = tuple(arrays["classes"].tolist())
        self._likelihoods: npt.NDArray[np.float16] = arrays["ptc"].astype(np.float16, copy=False)
        self._priors: Floats = arrays["pc"].astype(np.float32, copy=False)
        self._next: Integers = arrays["nextmove"].view(np.int32)
        self._rows: Integers = arrays["nextmove_row"].astype(np.int32) << 8
        self._features: Integers = arrays["out_feat"].astype(np.int32, copy=False)

    def scores(self, texts: Sequence[str]) -> Floats:
        """Score texts, each apart from the others.

        Returns:
            (texts, labels) natural log-likelihoods, up to a constant of each text; all 0 for a text
            in which no feature is found.
        """
        scores = np.zeros((len(texts), len(self.labels)), dtype=np.float32)
        first = 0
        for chunk in _chunks(texts):
            self._score(chunk, scores[first : first + len(chunk)])
            first += len(chunk)
        return scores

    def _score(self, texts: list[bytes], scores: Floats) -> None:
        """Write the scores of some texts into (texts, labels) zeros."""
        owners, features, counts = self._counts(texts)
        used, places = np.unique(features, return_inverse=True)
        likelihoods = self._likelihoods[used].astype(np.float32)
        weights = np.log1p(counts.astype(np.float32))
        bounds = np.searchsorted(owners, np.arange(len(texts) + 1)).tolist()
        for text, (start, end) in enumerate(pairwise(bounds)):
            if end > start:
                rows = likelihoods.take(places[start:end], axis=0)
                scores[text] = weights[start:end] @ rows + self._priors

    def _counts(self, texts: list[bytes]) -> tuple[npt.NDArray[np.int64], ...]:
        """Count features: the text, the feature and how often it is there, sorted by text."""
        stream = np.frombuffer(_END + _END.join(texts), dtype=np.uint8)
        features = self._features[self._states(stream)]
        owners = np.cumsum(stream == _END[0]) - 1
        found = features >= 0
        pairs, counts = np.unique(
            owners[found] * len(self._likelihoods) + features[found], return_counts=True
        )
        return *np.divmod(pairs, len(self._likelihoods)), counts

    def _states(self, stream: npt.NDArray[np.uint8]) -> Integers:
        """Give the automaton's state after each byte, having read all before.

        Every byte is read at once from the states that are thought to be before it, again and again
        until none changes. After n times each state is the one of having read n bytes; more than
        the model's longest n-gram change nothing.
        """
        states = np.zeros(len(stream), dtype=np.int32)
        while True:
            before = self._rows[states[:-1]]
            after = self._next[before + stream[1:]]
            if np.array_equal(after, states[1:]):
                return states
            states[1:] = after


@cache
def shipped_model() -> Future[LanguageModel]:
    """Begin to load py3langid's model, some 70 MB in memory.

    Unpacking it takes one core about half a second, which other things can be done in.
    """
    loading: Future[LanguageModel] = Future()
    Thread(target=_load, args=(loading,), name="language model", daemon=True).start()
    return loading


def _load(loading: Future[LanguageModel]) -> None:
    try:
        from py3langid.langid import MODEL_DIR, MODEL_FILE  # type: ignore[import-untyped]

        # py3langid itself would unpack it into a temporary file, and make Python lists of arrays
        unpacked = io.BytesIO(lzma.decompress((MODEL_DIR / MODEL_FILE).read_bytes()))
        with np.load(unpacked, allow_pickle=False) as arrays:
            loading.set_result(LanguageModel(arrays))
    except BaseException as error:  # told to whoever waits for the model
        loading.set_exception(error)


def _chunks(texts: Sequence[str]) -> Iterator[list[bytes]]:
    """Encode texts, a bounded number of bytes at a time but for a text longer than that."""
    chunk: list[bytes] = []
    size = 0
    for text in texts:
        encoded = _encoded(text)
        if chunk and size + len(encoded) > _CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(encoded)
        size += len(encoded)
    if chunk:
        yield chunk


def _encoded(text: str) -> bytes:
    """Encode a text as py3langid does, whose model was shown hardly any capitals alone."""
    small = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", small).encode("utf-8", errors="surrogatepass")
