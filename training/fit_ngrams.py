"""Fitting the n-gram model: one balanced logistic regression a theme on shared features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from models.ngrams import NgramFeatures, NgramModel

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from labelled_data import DistinctComments
    from training.recipe import NgramPart

    Floats = npt.NDArray[np.float32]

LEAST_EXAMPLES = 2


def fit_ngrams(
    train: DistinctComments,
    settings: NgramPart,
    seed: int,
    sample: npt.NDArray[np.bool_] | None = None,
) -> NgramModel:
    """Fit the n-gram model.

    A theme learns from the comments of which it is known whether they have it. One with fewer than
    two examples gets its log-odds alone.

    Args:
        train: n comments.
        settings: The recipe's part on it.
        seed: Of the solver.
        sample: (n,) whether a comment is of the sample of what people say, by which n-grams are
            chosen: those that only stand elsewhere would cost time and seldom come up. By default
            all are.
    """
    said = train if sample is None else train.take(np.flatnonzero(sample))
    features = NgramFeatures.fit(said.texts, said.questions)
    return NgramModel(features, *fit_columns(features, train, settings, seed))


def fit_columns(
    features: NgramFeatures, train: DistinctComments, settings: NgramPart, seed: int
) -> tuple[Floats, Floats]:
    """Fit a logistic regression to each column of targets.

    Returns:
        (f, columns) coefficients and (columns,) intercepts.
    """
    matrix = features.transform(train.texts, train.questions)
    known = ~np.isnan(train.targets)
    fitted = [
        _fit_theme(matrix[rows], labels[rows], settings, seed)
        for rows, labels in zip(known.T, train.labels.T, strict=True)
    ]
    weights = np.stack([weights for weights, _ in fitted], axis=1)
    intercepts = np.array([intercept for _, intercept in fitted])
    return weights.astype(np.float32), intercepts.astype(np.float32)


def _fit_theme(
    matrix: sp.csr_matrix, labels: npt.NDArray[np.bool_], settings: NgramPart, seed: int
) -> tuple[Floats, float]:
    if min(labels.sum(), (~labels).sum()) < LEAST_EXAMPLES:
        share = (labels.sum() + 0.5) / (len(labels) + 1)
        return np.zeros(matrix.shape[1], dtype=np.float32), float(np.log(share / (1 - share)))
    model = LogisticRegression(
        C=settings.regularisation, class_weight="balanced", solver="liblinear", random_state=seed
    )
    model.fit(matrix, labels)
    return model.coef_[0], float(model.intercept_[0])
