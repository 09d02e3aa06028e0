"""Precision, recall, F1, average precision and exact match as plain arrays.

A theme no comment carries has no recall, F1 or average precision, and one never predicted has no
precision: those figures are NaN here and None in the results, never 0. (A theme that is carried
but never predicted has an F1 of 0, which is defined.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    precision_recall_fscore_support,
)

from evaluation.estimates import mean_defined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.predictions import Flags, Floats, Predictions


@dataclass(frozen=True, eq=False)
class Measures:
    """Figures of one sample, or of many resamples side by side.

    `...` is no axis at all for one sample and `(resamples,)` for many. The first axis of 3 is
    precision, recall, F1.

    Args:
        by_theme: Shape (3, ..., n_themes).
        micro: Of all comment and theme decisions pooled, shape (3, ...).
        macro: Mean over the macro themes, shape (3, ...).
        weighted: Mean over all themes by the comments that carry each, shape (3, ...).
        exact_match: Share of comments with every theme right, shape (...).
        average_precision: Shape (..., n_themes).
        mean_average_precision: Mean over the macro themes, shape (...).
    """

    by_theme: Floats
    micro: Floats
    macro: Floats
    weighted: Floats
    exact_match: Floats
    average_precision: Floats
    mean_average_precision: Floats


def supported(counts: NDArray[np.int64], minimum: int) -> Flags:
    """Say which themes have enough examples for the macro averages.

    Args:
        counts: Comments that carry each theme, shape (n_themes,).
        minimum: Fewest examples. Below 1 it counts as 1, as recall needs an example.
    """
    return counts >= max(minimum, 1)


def measure(predictions: Predictions, macro_themes: Flags) -> Measures:
    """Measure the comments themselves, with scikit-learn's functions.

    Args:
        predictions: The tagger's answers.
        macro_themes: Which themes the macro averages use, shape (n_themes,).
    """
    truth, predicted = predictions.truth, predictions.predicted
    by_theme = np.stack([_rates(*pair) for pair in zip(truth.T, predicted.T, strict=True)], axis=-1)
    ranking = average_precisions(truth, predictions.scores)
    return Measures(
        by_theme=by_theme,
        micro=_rates(truth.ravel(), predicted.ravel()),
        macro=mean_defined(by_theme[:, macro_themes]),
        weighted=mean_defined(by_theme, predictions.support.astype(float)),
        exact_match=np.asarray(accuracy_score(truth, predicted)),
        average_precision=ranking,
        mean_average_precision=mean_defined(ranking[macro_themes]),
    )


def average_precisions(truth: Flags, scores: Floats) -> Floats:
    """Average precision of each theme's ranking, shape (n_themes,); NaN without an example."""
    return np.array(
        [
            average_precision_score(carried, score) if carried.any() else np.nan
            for carried, score in zip(truth.T, scores.T, strict=True)
        ]
    )


def _rates(truth: Flags, predicted: Flags) -> Floats:
    """Precision, recall and F1 of one column of decisions, shape (3,)."""
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, predicted, average="binary", zero_division=np.nan
    )
    # scikit-learn gives F1 = 0 where nothing is there to find but something was predicted
    return np.array([precision, recall, f1 if truth.any() else np.nan])
