"""The linear half of the tagger: word and character n-grams of the comment, words of the question.

Fast, strong on short and rare wordings, and wrong in other places than the encoder, which is why
the two are blended. The vectorisers are scikit-learn's; only their vocabulary, inverse document
frequencies and the linear weights are stored, as JSON and safetensors, so that loading needs no
pickle and takes milliseconds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from safetensors.numpy import load_file, save
from sklearn.feature_extraction.text import TfidfVectorizer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

WORD_PATTERN = r"(?u)\b\w+\b"
VECTORISERS = {
    "words": {
        "ngram_range": (1, 2),
        "min_df": 2,
        "sublinear_tf": True,
        "token_pattern": WORD_PATTERN,
    },
    "characters": {
        "analyzer": "char_wb",
        "ngram_range": (2, 5),
        "min_df": 3,
        "sublinear_tf": True,
    },
    "question": {"token_pattern": WORD_PATTERN, "binary": True, "use_idf": False},
}
LONGEST_PIECE = 20_000
"""Characters; no comment in an ordinary survey comes near."""
WEIGHTS = "ngrams.safetensors"
VOCABULARY = "ngrams.json"


class NgramFeatures:
    """The three fitted vectorisers, side by side: (comments, features) sparse matrices."""

    def __init__(self, vectorisers: dict[str, TfidfVectorizer]) -> None:
        self._vectorisers = vectorisers

    @classmethod
    def fit(cls, texts: Sequence[str], questions: Sequence[str | None]) -> NgramFeatures:
        """Learn the vocabularies from training comments and their questions."""
        vectorisers = {name: _vectoriser(name) for name in VECTORISERS}
        for name, vectoriser in vectorisers.items():
            documents = _documents(name, texts, questions)
            try:
                vectoriser.fit(documents)
            except ValueError:  # no word at all, as when no comment has a question
                vectorisers[name] = _vectoriser(name, {"": 0})
                vectorisers[name].fit(documents)
        return cls(vectorisers)

    def transform(self, texts: Sequence[str], questions: Sequence[str | None]) -> sp.csr_matrix:
        """Give the features of comments: a sparse (comments, features) matrix of float32."""
        blocks = [
            vectoriser.transform(_documents(name, texts, questions))
            for name, vectoriser in self._vectorisers.items()
        ]
        return sp.csr_matrix(sp.hstack(blocks, format="csr", dtype=np.float32))

    def vocabularies(self) -> dict[str, list[str]]:
        """Terms of each vectoriser in column order."""
        return {
            name: [str(term) for term in vectoriser.get_feature_names_out()]
            for name, vectoriser in self._vectorisers.items()
        }

    def frequencies(self) -> dict[str, Floats]:
        """Inverse document frequencies of the vectorisers that use them, in column order."""
        return {
            name: vectoriser.idf_.astype(np.float32)
            for name, vectoriser in self._vectorisers.items()
            if vectoriser.use_idf
        }

    @classmethod
    def restore(
        cls, vocabularies: dict[str, list[str]], frequencies: dict[str, Floats]
    ) -> NgramFeatures:
        """Rebuild the features from what ``vocabularies`` and ``frequencies`` gave."""
        vectorisers = {}
        for name in VECTORISERS:
            terms = {term: column for column, term in enumerate(vocabularies[name])}
            vectorisers[name] = _vectoriser(name, terms)
            vectorisers[name].fit(["no document changes a given vocabulary"])
            if vectorisers[name].use_idf:
                vectorisers[name].idf_ = frequencies[name]
        return cls(vectorisers)


class NgramModel:
    """A linear model over n-gram features.

    Args:
        features: Fitted vectorisers, f features in all.
        weights: (f, n themes) coefficients.
        intercepts: (n themes,) intercepts.
    """

    def __init__(self, features: NgramFeatures, weights: Floats, intercepts: Floats) -> None:
        self.features = features
        self.weights = weights
        self.intercepts = intercepts

    def logits(self, texts: Sequence[str], questions: Sequence[str | None]) -> Floats:
        """Score comments: (comments, themes) log-odds before blending and calibration.

        A very long comment is scored piece by piece and keeps the highest, as it does with the
        encoder's windows; its n-grams all at once would take hundreds of megabytes.
        """
        pieces = [_pieces(text) for text in texts]
        asked = [q for q, parts in zip(questions, pieces, strict=True) for _ in parts]
        flat = [piece for parts in pieces for piece in parts]
        product = np.asarray(self.features.transform(flat, asked) @ self.weights)
        starts = np.cumsum([0, *(len(parts) for parts in pieces[:-1])])
        highest = np.maximum.reduceat(product, starts, axis=0)
        return np.asarray(highest + self.intercepts, dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write vocabulary and weights (16-bit) into an artefact's folder."""
        (folder / VOCABULARY).write_text(
            json.dumps(self.features.vocabularies(), ensure_ascii=False, indent=0), "utf-8"
        )
        arrays: dict[str, npt.NDArray[Any]] = {
            f"idf.{name}": idf for name, idf in self.features.frequencies().items()
        }
        arrays["weights"] = self.weights.astype(np.float16)
        arrays["intercepts"] = self.intercepts
        (folder / WEIGHTS).write_bytes(save(arrays))

    @classmethod
    def load(cls, folder: Path) -> NgramModel:
        """Read what ``save`` wrote."""
        arrays = load_file(folder / WEIGHTS)
        vocabularies = json.loads((folder / VOCABULARY).read_text("utf-8"))
        frequencies = {
            name.removeprefix("idf."): array
            for name, array in arrays.items()
            if name.startswith("idf.")
        }
        features = NgramFeatures.restore(vocabularies, frequencies)
        return cls(features, arrays["weights"].astype(np.float32), arrays["intercepts"])


def _vectoriser(name: str, vocabulary: dict[str, int] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(**VECTORISERS[name], vocabulary=vocabulary, dtype=np.float32)


def _pieces(text: str) -> list[str]:
    """Cut a text between words into pieces of at most ``LONGEST_PIECE`` characters."""
    pieces, start = [], 0
    while len(text) - start > LONGEST_PIECE:
        gap = text.rfind(" ", start + 1, start + LONGEST_PIECE)
        end = gap if gap > start else start + LONGEST_PIECE
        pieces.append(text[start:end])
        start = end
    return [*pieces, text[start:]]


def _documents(name: str, texts: Sequence[str], questions: Sequence[str | None]) -> Sequence[str]:
    return [question or "" for question in questions] if name == "question" else texts
