"""A figure with its interval, and the arithmetic of figures that may be undefined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt

if TYPE_CHECKING:
    from evaluation.predictions import Floats

LEVEL = 0.95


class Result(BaseModel):
    """Base of everything this layer reports: frozen, and the same after a trip through JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Estimate(Result):
    """A figure and its 95% interval; all None where the figure is undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None


class EvaluationSettings(Result):
    """How to measure.

    Args:
        minimum_support: Fewest comments a theme needs to enter the macro averages.
        resamples: Bootstrap resamples for counts-based figures.
        ranking_resamples: Resamples for average precision, which sorts and so costs more.
        seed: Where the resampling starts; equal seeds give equal intervals.
        bins: Equal-width bins of the reliability curve.
    """

    minimum_support: PositiveInt = 1
    resamples: PositiveInt = 1000
    ranking_resamples: PositiveInt = 200
    seed: NonNegativeInt = 0
    bins: PositiveInt = 15


def defined(value: float | np.floating) -> float | None:
    """Turn NaN, which marks an undefined figure in arrays, into None."""
    return None if np.isnan(value) else float(value)


def ratio(part: Floats, whole: Floats) -> Floats:
    """Divide element by element; NaN, never 0, where there is nothing to divide by."""
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    undefined = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    np.divide(part, whole, out=undefined, where=whole > 0)
    return undefined


def mean_defined(values: Floats, weights: Floats | None = None) -> Floats:
    """Average the last axis over its defined values; NaN where none is.

    Args:
        values: Shape (..., n), NaN where undefined.
        weights: Shape (..., n), not negative; equal weights if None.
    """
    known = ~np.isnan(values)
    weights = np.where(known, 1.0 if weights is None else weights, 0.0)
    return ratio((np.where(known, values, 0.0) * weights).sum(-1), weights.sum(-1))


def percentile_estimate(point: float | np.floating, draws: Floats) -> Estimate:
    """Give a figure its percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13).

    Where every example agrees (a recall of exactly 1) so does every resample, and the interval is
    that one point: with few examples, read it as "at least this uncertain".

    Args:
        point: The figure on the comments themselves, NaN where undefined.
        draws: The figure on each resample, shape (resamples,). Resamples where it is undefined
            (none drew a comment with the theme) are left out.
    """
    draws = draws[~np.isnan(draws)]
    if np.isnan(point) or not len(draws):
        return Estimate(value=defined(point))
    tail = 50 * (1 - LEVEL)
    low, high = np.percentile(draws, [tail, 100 - tail])
    return Estimate(value=float(point), low=float(low), high=float(high))
