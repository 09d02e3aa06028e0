"""Whether a score of 0.8 is right eight times in ten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import brier_score_loss

from evaluation.estimates import Result, defined, mean_defined

if TYPE_CHECKING:
    from evaluation.predictions import Flags, Floats, Predictions


class ReliabilityBin(Result):
    """Decisions whose score lies above `lower` and up to `upper`.

    `mean_score` is what the tagger promised, `share_true` what it kept.
    """

    lower: float
    upper: float
    decisions: int
    mean_score: float
    share_true: float


class Calibration(Result):
    """Calibration of all comment and theme decisions pooled.

    Args:
        expected_error: Expected calibration error of the pooled decisions.
        mean_theme_error: Mean of the macro themes' own errors; None without such a theme.
        brier: Mean squared difference between score and truth (Brier 1950).
        bins: The reliability curve; bins without decisions are left out.
    """

    expected_error: float
    mean_theme_error: float | None
    brier: float
    bins: tuple[ReliabilityBin, ...]


def reliability(truth: Flags, scores: Floats, bins: int) -> tuple[ReliabilityBin, ...]:
    """Sort decisions into equal-width bins by score.

    Bins are open below and closed above (Guo et al. 2017, section 2); 0 falls in the first.

    Args:
        truth: Any shape.
        scores: The same shape, from 0 to 1.
        bins: Number of bins.
    """
    truth, scores = truth.ravel(), scores.ravel()
    edges = np.linspace(0, 1, bins + 1)
    place = np.searchsorted(edges[1:-1], scores)
    decisions = np.bincount(place, minlength=bins)
    promised = np.bincount(place, weights=scores, minlength=bins)
    kept = np.bincount(place, weights=truth, minlength=bins)
    return tuple(
        ReliabilityBin(
            lower=float(edges[i]),
            upper=float(edges[i + 1]),
            decisions=int(decisions[i]),
            mean_score=float(promised[i] / decisions[i]),
            share_true=float(kept[i] / decisions[i]),
        )
        for i in np.flatnonzero(decisions)
    )


def expected_calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Mean gap between promised and kept, weighted by each bin's decisions.

    ECE = sum over bins b of (n_b / N) |share_true_b - mean_score_b|
    (Naeini et al. 2015; equal-width bins as Guo et al. 2017, equation 3).
    """
    gaps = [abs(each.share_true - each.mean_score) for each in bins]
    return float(np.average(gaps, weights=[each.decisions for each in bins]))


def theme_errors(predictions: Predictions, bins: int) -> Floats:
    """Each theme's own expected calibration error, shape (n_themes,)."""
    columns = zip(predictions.truth.T, predictions.scores.T, strict=True)
    return np.array([expected_calibration_error(reliability(*each, bins)) for each in columns])


def measure_calibration(predictions: Predictions, macro_themes: Flags, bins: int) -> Calibration:
    """Measure calibration.

    Args:
        predictions: The tagger's answers.
        macro_themes: Themes whose own errors are averaged, shape (n_themes,).
        bins: Number of bins.
    """
    truth, scores = predictions.truth, predictions.scores
    curve = reliability(truth, scores, bins)
    errors = theme_errors(predictions, bins)[macro_themes]
    return Calibration(
        expected_error=expected_calibration_error(curve),
        mean_theme_error=defined(float(mean_defined(errors))),
        brier=float(brier_score_loss(truth.ravel(), scores.ravel(), pos_label=True)),
        bins=curve,
    )
