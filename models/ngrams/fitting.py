"""Learning which n-grams to count, and how rare they are, with scikit-learn's vectorisers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

if TYPE_CHECKING:
    from collections.abc import Sequence

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
"""What is fitted; ``models.ngrams.terms`` and ``models.ngrams.vectoriser`` follow them."""


def vectoriser(name: str, vocabulary: Sequence[str] | None = None) -> TfidfVectorizer:
    """Give one of the three vectorisers, to be fitted or with a vocabulary in column order."""
    return TfidfVectorizer(**VECTORISERS[name], vocabulary=vocabulary, dtype=np.float32)


def fit_vocabularies(
    texts: Sequence[str], questions: Sequence[str]
) -> tuple[dict[str, list[str]], dict[str, Floats]]:
    """Learn the vocabularies of comments and their questions.

    Returns:
        The terms of each vectoriser, and the inverse document frequencies of those that weigh
        by them, both in column order.
    """
    documents = {"words": texts, "characters": texts, "question": questions}
    fitted = {name: _fit(name, documents[name]) for name in VECTORISERS}
    vocabularies = {name: one.get_feature_names_out().tolist() for name, one in fitted.items()}
    frequencies = {name: one.idf_ for name, one in fitted.items() if one.use_idf}
    return vocabularies, frequencies


def _fit(name: str, documents: Sequence[str]) -> TfidfVectorizer:
    try:
        return vectoriser(name).fit(documents)
    except ValueError:  # no word at all, as when no comment has a question
        return vectoriser(name, [""]).fit(documents)
