"""Prediction-powered inference of a mean: few true values, predictions for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MeanEstimate:
    """A mean as PPI++ estimates it.

    Attributes:
        value: The estimate; it may lie a little outside of what a share can be.
        standard_error: Its standard error by the paper's asymptotic formula.
        lam: How far the predictions are trusted: 0 leaves them out, 1 is plain PPI.
    """

    value: float
    standard_error: float
    lam: float


def ppi_mean(
    truth: ArrayLike,
    predicted_read: ArrayLike,
    predicted_unread: ArrayLike,
    weights_read: ArrayLike | None = None,
    weights_unread: ArrayLike | None = None,
) -> MeanEstimate:
    """Estimate a mean from n true values, their predictions, and N predictions more.

    With Y the truth, f and f' the predictions of those read and unread, w and w' their weights
    (each scaled to a mean of 1)::

        value  = mean(w' lam f') + mean(w (Y - lam f))
        se^2   = var(w' lam f') / N + var(w (Y - lam f)) / n
        lam    = cov(w (Y - v), w (f - v)) / ((1 + n / N) var(w (f - v) and w' (f' - v) together))

    where v is the value for lam = 1, and lam is clipped to 0..1.

    Args:
        truth: Shape (n,), numbers or flags.
        predicted_read: Shape (n,).
        predicted_unread: Shape (N,).
        weights_read: Shape (n,); None for equal ones.
        weights_unread: Shape (N,); None for equal ones.

    Raises:
        ValueError: Nobody was read, or nobody was left unread.

    Source:
        Angelopoulos, Duchi and Zrnic 2023, PPI++: Efficient Prediction-Powered Inference,
        arXiv:2311.01453, section 6 (power tuning) and example 6.1 (mean). Variances and weights are
        those of `ppi_mean_pointestimate` and `ppi_mean_ci` of the package ppi-python 0.2.3.
    """
    y, f, unread = (_floats(given) for given in (truth, predicted_read, predicted_unread))
    if not len(y) or not len(unread):
        raise ValueError("PPI++ needs people who were read and people who were not")
    w, w_unread = _scaled(weights_read, len(y)), _scaled(weights_unread, len(unread))
    lam = _tuned(y, f, unread, w, w_unread)
    rectifier, imputed = w * (y - lam * f), w_unread * lam * unread
    variance = imputed.var() / len(unread) + rectifier.var() / len(y)
    return MeanEstimate(float(imputed.mean() + rectifier.mean()), float(np.sqrt(variance)), lam)


def _tuned(y: Floats, f: Floats, unread: Floats, w: Floats, w_unread: Floats) -> float:
    plain = (w_unread * unread).mean() + (w * (y - f)).mean()
    true_part, read_part = w * (y - plain), w * (f - plain)
    together = np.concatenate([read_part, w_unread * (unread - plain)])
    spread = (1 + len(y) / len(unread)) * together.var(ddof=1)
    shared = np.mean((true_part - true_part.mean()) * (read_part - read_part.mean()))
    return float(np.clip(shared / spread, 0, 1)) if spread > 0 else 0.0


def _scaled(weights: ArrayLike | None, people: int) -> Floats:
    if weights is None:
        return np.ones(people)
    given = _floats(weights)
    scaled: Floats = given / given.mean()
    return scaled


def _floats(given: ArrayLike) -> Floats:
    return np.asarray(given, np.float64)
