"""Baselines a tagger has to beat, each learned from texts alone."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_union
from sklearn.svm import SVC

from evaluation.errors import NotFittedError, NothingToLearnError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.predictions import Flags, Floats

Features = Any  # scikit-learn's sparse matrices carry no types
ThemeScorer = Callable[[Features], "Floats"]

_NOT_WORDS = re.compile(r"[^\w\s]|[\d_]")


class Baseline(Protocol):
    """Something that learns themes from texts and scores other texts.

    Args:
        cut: A theme is given where its score is at least this.
    """

    cut: float

    def fit(self, texts: Sequence[str], truth: Flags) -> Self:
        """Learn from texts and their themes, shape (n_texts, n_themes); return itself.

        Raises:
            NothingToLearnError: If there are no texts, none has a word, or `truth` has other rows.
        """

    def scores(self, texts: Sequence[str]) -> Floats:
        """Score texts, shape (n_texts, n_themes), from 0 to 1.

        Raises:
            NotFittedError: If it has not learned yet.
        """


class _OneModelPerTheme:
    """TF-IDF features and one independent binary classifier per theme."""

    cut: float
    _scorers: tuple[ThemeScorer, ...] = ()

    def __init__(self, features: Features) -> None:
        self._features = features

    def fit(self, texts: Sequence[str], truth: Flags) -> Self:
        """Learn from texts and their themes; see `Baseline.fit`."""
        if len(texts) != len(truth):
            raise NothingToLearnError(f"{len(texts)} texts for {len(truth)} rows of themes")
        try:
            features = self._features.fit_transform(texts)
        except ValueError as error:
            raise NothingToLearnError("none of the texts has a word to learn from") from error
        self._scorers = tuple(self._fit_theme(features, column) for column in truth.T)
        return self

    def scores(self, texts: Sequence[str]) -> Floats:
        """Score texts; see `Baseline.scores`."""
        if not self._scorers:
            raise NotFittedError("fit the baseline before asking it for scores")
        if not len(texts):
            return np.empty((0, len(self._scorers)))
        features = self._features.transform(texts)
        return np.column_stack([scorer(features) for scorer in self._scorers])

    def _fit_theme(self, features: Features, column: Flags) -> ThemeScorer:
        if min(column.sum(), (~column).sum()) < 2:
            return _constant(float(column.mean()))
        return self._fit_classifier(features, column)

    def _fit_classifier(self, features: Features, column: Flags) -> ThemeScorer:
        raise NotImplementedError


class PeerBaseline(_OneModelPerTheme):
    """The "quick" model of pxtextmining, the NHS tool this one replaces, as publicly described.

    Texts are lower-cased and lose their digits and punctuation; TF-IDF of words feeds one support
    vector machine per theme (C=15, balanced, at most 1,000 iterations) whose probabilities are cut
    at 0.3. A theme with fewer than two examples, or that the machine cannot fit, is scored at its
    share of the comments.

    `SVC(probability=True)` is deprecated since scikit-learn 1.9 and leaves in 1.11, so its
    probabilities come from the equivalent its documentation names: Platt scaling over five-fold
    cross-validation, `CalibratedClassifierCV(SVC(...), ensemble=False)`. A theme with fewer than
    five examples has as many folds as examples.

    Args:
        cut: Score from which a theme is given.
        seed: Seed of the folds.
    """

    def __init__(self, cut: float = 0.3, seed: int = 0) -> None:
        super().__init__(TfidfVectorizer(preprocessor=letters_only))
        self.cut = cut
        self._seed = seed

    def _fit_classifier(self, features: Features, column: Flags) -> ThemeScorer:
        folds = min(5, int(column.sum()), int((~column).sum()))
        classifier = CalibratedClassifierCV(
            SVC(C=15, class_weight="balanced", max_iter=1000),
            method="sigmoid",
            cv=StratifiedKFold(folds, shuffle=True, random_state=self._seed),
            ensemble=False,
        )
        try:
            with warnings.catch_warnings():
                # stopping at 1,000 iterations is part of the recipe
                warnings.simplefilter("ignore", ConvergenceWarning)
                classifier.fit(features, column)
        except ValueError:
            return _constant(float(column.mean()))
        return _probability(classifier)


class NgramBaseline(_OneModelPerTheme):
    """Word and character n-grams with logistic regression: hard to beat for its price.

    TF-IDF of one and two words, and of two to five characters within words; one balanced logistic
    regression (C=20) per theme. A theme with fewer than two examples is scored at its share.

    Args:
        cut: Score from which a theme is given.
    """

    def __init__(self, cut: float = 0.5) -> None:
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        super().__init__(make_union(words, characters))
        self.cut = cut

    def _fit_classifier(self, features: Features, column: Flags) -> ThemeScorer:
        classifier = LogisticRegression(C=20, class_weight="balanced", solver="liblinear")
        return _probability(classifier.fit(features, column))


def letters_only(text: str) -> str:
    """Lower-case a text and remove its digits and punctuation."""
    return _NOT_WORDS.sub("", text.lower())


def _constant(share: float) -> ThemeScorer:
    return lambda features: np.full(features.shape[0], share)


def _probability(classifier: Any) -> ThemeScorer:  # noqa: ANN401 - scikit-learn has no types
    def score(features: Features) -> Floats:
        positive: Floats = classifier.predict_proba(features)[:, 1]
        return positive

    return score
