"""Bootstrap resampling of comments, as multinomial weights and matrix products.

Drawing n comments with replacement gives each a weight from a multinomial distribution (Efron and
Tibshirani 1993, section 6.2), so the counts of every resample are one product of weights and flags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evaluation.estimates import Estimate, mean_defined, percentile_estimate, ratio
from evaluation.measures import Measures, measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from evaluation.estimates import EvaluationSettings
    from evaluation.predictions import Flags, Floats, Predictions

    Weights = NDArray[np.float32]

BATCH = 100  # resamples held in memory at once


@dataclass(frozen=True, eq=False)
class Counts:
    """True positives, false positives and false negatives, each of shape (..., n_themes)."""

    found: Floats
    wrong: Floats
    missed: Floats

    @property
    def support(self) -> Floats:
        """Comments that carry the theme."""
        return self.found + self.missed

    def pooled(self) -> Counts:
        """Sum over the themes: the counts behind micro averages, shape (...)."""
        return Counts(self.found.sum(-1), self.wrong.sum(-1), self.missed.sum(-1))

    def rates(self) -> Floats:
        """Precision, recall and F1, shape (3, ..., n_themes); NaN where undefined."""
        precision = ratio(self.found, self.found + self.wrong)
        recall = ratio(self.found, self.support)
        f1 = ratio(2 * self.found, 2 * self.found + self.wrong + self.missed)
        return np.stack([precision, recall, np.where(self.support > 0, f1, np.nan)])


@dataclass(frozen=True, eq=False)
class Measured:
    """A system measured on the comments and on every resample."""

    predictions: Predictions
    point: Measures
    draws: Measures


def resampled_weights(comments: int, resamples: int, seed: int) -> Iterator[Weights]:
    """Draw how often each comment enters each resample.

    The first resamples are the same however many follow, so that figures drawn with the same
    seed stay paired.

    Args:
        comments: Number of comments, which is also the size of each resample.
        resamples: Number of resamples.
        seed: Seed of the generator.

    Yields:
        Weights of a batch, shape (at most BATCH, comments), each row summing to `comments`.
    """
    generator = np.random.default_rng(seed)
    even = np.full(comments, 1 / comments)
    for start in range(0, resamples, BATCH):
        size = min(BATCH, resamples - start)
        # float32 holds these whole numbers exactly and multiplies fastest
        yield generator.multinomial(comments, even, size=size).astype(np.float32)


def resampled_sums(values: NDArray[np.generic], settings: EvaluationSettings) -> Floats:
    """Sum columns over the comments of every resample.

    Args:
        values: Whole numbers or flags, shape (n_comments, k).
        settings: How many resamples, and the seed.

    Returns:
        Shape (resamples, k).
    """
    columns = values.astype(np.float32)
    batches = resampled_weights(len(values), settings.resamples, settings.seed)
    return np.concatenate([weights @ columns for weights in batches]).astype(float)


def share_estimates(
    part: NDArray[np.generic], whole: NDArray[np.generic], settings: EvaluationSettings
) -> list[Estimate]:
    """Divide what comments hold of something by what they hold in all, column by column.

    Args:
        part: Whole numbers or flags, shape (n_comments, k).
        whole: The same shape.
        settings: How many resamples, and the seed.

    Returns:
        k shares; undefined where the whole is 0 in every comment.
    """
    point = ratio(part.astype(float).sum(axis=0), whole.astype(float).sum(axis=0))
    draws = ratio(resampled_sums(part, settings), resampled_sums(whole, settings))
    return [percentile_estimate(*each) for each in zip(point, draws.T, strict=True)]


def measured(
    predictions: Predictions, macro_themes: Flags, settings: EvaluationSettings
) -> Measured:
    """Measure a system on the comments and on every resample.

    What is measured with the same settings on the same comments stays paired, draw by draw.

    Args:
        predictions: The system's answers.
        macro_themes: Which themes the macro averages use, shape (n_themes,).
        settings: How many resamples, and the seed.
    """
    point = measure(predictions, macro_themes)
    return Measured(predictions, point, resample(predictions, macro_themes, settings))


def resample(
    predictions: Predictions, macro_themes: Flags, settings: EvaluationSettings
) -> Measures:
    """Measure every resample of the comments.

    The macro themes stay those of the comments themselves; in a resample that drew none of a
    theme's comments, that theme is left out of the means.

    Args:
        predictions: The tagger's answers.
        macro_themes: Which themes the macro averages use, shape (n_themes,).
        settings: How many resamples, and the seed.
    """
    counts, exact = _resampled_counts(predictions, settings)
    by_theme = counts.rates()
    ranking = _resampled_rankings(predictions, settings)
    return Measures(
        by_theme=by_theme,
        micro=counts.pooled().rates(),
        macro=mean_defined(by_theme[..., macro_themes]),
        weighted=mean_defined(by_theme, counts.support),
        exact_match=exact,
        average_precision=ranking,
        mean_average_precision=mean_defined(ranking[:, macro_themes]),
    )


def _resampled_counts(
    predictions: Predictions, settings: EvaluationSettings
) -> tuple[Counts, Floats]:
    """Counts, shape (resamples, n_themes), and exact match, shape (resamples,)."""
    truth, predicted = predictions.truth, predictions.predicted
    exact = (truth == predicted).all(axis=1, keepdims=True)
    flags = (truth & predicted, ~truth & predicted, truth & ~predicted, exact)
    totals = resampled_sums(np.concatenate(flags, axis=1), settings)
    found, wrong, missed = np.split(totals[:, :-1], 3, axis=1)
    return Counts(found, wrong, missed), totals[:, -1] / len(predictions)


def _resampled_rankings(predictions: Predictions, settings: EvaluationSettings) -> Floats:
    """Average precision of each theme in each resample, shape (ranking_resamples, n_themes)."""
    columns = list(zip(predictions.truth.T, predictions.scores.T, strict=True))
    batches = resampled_weights(len(predictions), settings.ranking_resamples, settings.seed)
    return np.concatenate(
        [
            np.stack([weighted_average_precision(*column, weights) for column in columns], axis=1)
            for weights in batches
        ]
    )


def weighted_average_precision(truth: Flags, scores: Floats, weights: Weights) -> Floats:
    """Average precision of one theme's ranking under many weightings of the comments.

    AP = sum over thresholds k of (R_k - R_(k-1)) P_k, with tied scores at one threshold: the
    definition of scikit-learn's `average_precision_score`.

    Args:
        truth: Comments that carry the theme, shape (n_comments,).
        scores: Shape (n_comments,).
        weights: Shape (resamples, n_comments).

    Returns:
        Shape (resamples,); NaN where no weighted comment carries the theme.
    """
    order = np.argsort(-scores, kind="stable")
    thresholds = np.flatnonzero(np.diff(scores[order], append=-np.inf))
    ordered = weights[:, order].astype(float)
    read = np.cumsum(ordered, axis=1)[:, thresholds]
    found = np.cumsum(ordered * truth[order], axis=1)[:, thresholds]
    gained = np.diff(found, axis=1, prepend=0.0)
    precision = np.divide(found, read, out=np.zeros_like(found), where=read > 0)
    return ratio((gained * precision).sum(axis=1), ordered @ truth[order])
