"""The linear model: weights on n-gram features, and the files they are kept in.

Only vocabularies, inverse document frequencies and weights are stored, as JSON and safetensors, so
that loading needs no pickle and takes milliseconds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import load_file, save

from models.ngrams.features import NgramFeatures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

LONGEST_PIECE = 20_000
"""Characters; no comment in an ordinary survey comes near."""
WEIGHTS = "ngrams.safetensors"
VOCABULARY = "ngrams.json"


class NgramModel:
    """A linear model over n-gram features; may be used by several threads.

    Args:
        features: Fitted features, f in all.
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
        pieces = [pieces_of(text) for text in texts]
        asked = [q for q, parts in zip(questions, pieces, strict=True) for _ in parts]
        flat = [piece for parts in pieces for piece in parts]
        product = self.features.product(flat, asked, self.weights)
        counts = np.fromiter(map(len, pieces), np.intp, len(pieces))
        highest = np.maximum.reduceat(product, np.cumsum(counts) - counts, axis=0)
        return np.asarray(highest + self.intercepts, dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write vocabulary and weights (16-bit) into an artefact's folder."""
        (folder / VOCABULARY).write_text(
            json.dumps(self.features.vocabularies, ensure_ascii=False, indent=0), "utf-8"
        )
        arrays: dict[str, npt.NDArray[Any]] = {
            f"idf.{name}": idf for name, idf in self.features.frequencies.items()
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
        features = NgramFeatures(vocabularies, frequencies)
        return cls(features, arrays["weights"].astype(np.float32), arrays["intercepts"])


def pieces_of(text: str) -> list[str]:
    """Cut a text between words into pieces of at most ``LONGEST_PIECE`` characters."""
    if len(text) <= LONGEST_PIECE:
        return [text]
    pieces, start = [], 0
    while len(text) - start > LONGEST_PIECE:
        gap = text.rfind(" ", start + 1, start + LONGEST_PIECE)
        end = gap if gap > start else start + LONGEST_PIECE
        pieces.append(text[start:end])
        start = end
    return [*pieces, text[start:]]
