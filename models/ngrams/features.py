"""What the linear model sees of a comment: the n-grams it has and the words of its question."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from models.ngrams.symbols import Alphabet
from models.ngrams.terms import CharacterTerms, WordTerms
from models.ngrams.vectoriser import Vectoriser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    import scipy.sparse as sp

    from models.ngrams.symbols import Line

    Floats = npt.NDArray[np.float32]

BATCH = 30_000
"""Characters worked on at a time; what is known of them then stays in the processor's cache."""


class NgramFeatures:
    """N-grams of the comment's words and characters, and words of its question, side by side.

    The numbers are those that scikit-learn's ``TfidfVectorizer`` gives with the settings of
    ``models.ngrams.fitting``; it is needed for learning the vocabularies alone.

    Args:
        vocabularies: Terms of ``words``, ``characters`` and ``question``, in column order.
        frequencies: Inverse document frequencies of ``words`` and ``characters``, in column order.
    """

    def __init__(self, vocabularies: dict[str, list[str]], frequencies: dict[str, Floats]) -> None:
        self.vocabularies = vocabularies
        self.frequencies = frequencies
        alphabet = Alphabet("".join(map("".join, vocabularies.values())))
        words = WordTerms(vocabularies["words"], alphabet)
        characters = CharacterTerms(vocabularies["characters"], alphabet)
        self._alphabet = alphabet
        self._words = Vectoriser(words, frequencies["words"])
        self._characters = Vectoriser(characters, frequencies["characters"])
        self._question = Vectoriser(WordTerms(vocabularies["question"], alphabet))

    @classmethod
    def fit(cls, texts: Sequence[str], questions: Sequence[str | None]) -> NgramFeatures:
        """Learn the vocabularies from training comments and their questions."""
        from models.ngrams.fitting import fit_vocabularies  # scikit-learn is slow to import

        return cls(*fit_vocabularies(texts, _asked(questions)))

    def transform(self, texts: Sequence[str], questions: Sequence[str | None]) -> sp.csr_matrix:
        """Give the features of comments: a sparse (comments, features) matrix of float32."""
        import scipy.sparse as sp  # slow to import, and not needed to score

        asked = _asked(questions)
        blocks = [
            sp.vstack([vectoriser.rows(line).matrix() for line in self._lines(documents)])
            for vectoriser, documents in (
                (self._words, texts),
                (self._characters, texts),
                (self._question, asked),
            )
        ]
        return sp.csr_matrix(sp.hstack(blocks, format="csr"))

    def product(
        self, texts: Sequence[str], questions: Sequence[str | None], weights: Floats
    ) -> Floats:
        """Multiply the features of comments by (features, n) weights: (comments, n)."""
        words, characters, question = np.split(
            weights, np.cumsum([len(self._words), len(self._characters)])
        )
        asked = _asked(questions)
        distinct = list(dict.fromkeys(asked))  # a survey has few questions
        places = {question: place for place, question in enumerate(distinct)}
        own = [
            self._words.rows(line).times(words) + self._characters.rows(line).times(characters)
            for line in self._lines(texts)
        ]
        shared = [self._question.rows(line).times(question) for line in self._lines(distinct)]
        return np.concatenate(own) + np.concatenate(shared)[[places[text] for text in asked]]

    def _lines(self, texts: Sequence[str]) -> Iterator[Line]:
        """Read texts, as many at a time as make up a batch; at least once."""
        lengths = np.fromiter(map(len, texts), np.intp, len(texts)) + 1
        batches = np.cumsum(lengths) // BATCH
        ends = np.flatnonzero(np.diff(batches)) + 1
        for start, end in pairwise([0, *ends.tolist(), len(texts)]):
            yield self._alphabet.line(texts[start:end])


def _asked(questions: Sequence[str | None]) -> list[str]:
    return [question or "" for question in questions]
