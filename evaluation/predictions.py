"""What a tagger said about comments, beside what people said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import InvalidPredictionsError

if TYPE_CHECKING:
    from collections.abc import Sequence

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Predictions:
    """One tagger's answers for comments whose themes are known.

    Every comment counts, read or not: one the tagger abstained from is a row of `predicted`
    without a theme, so abstaining costs recall.

    Args:
        truth: Themes people gave, shape (n_comments, n_themes).
        scores: Probabilities from 0 to 1, shape (n_comments, n_themes).
        predicted: Themes the tagger gave, shape (n_comments, n_themes).
        themes: Theme ids in codebook order.
        statuses: One status per comment, or None where the system has none.

    Raises:
        InvalidPredictionsError: If shapes or types differ, there is nothing to measure, a theme is
            named twice, or a score is not a probability.
    """

    truth: Flags
    scores: Floats
    predicted: Flags
    themes: tuple[str, ...]
    statuses: Sequence[str] | NDArray[np.str_] | None = None

    def __post_init__(self) -> None:
        _check_themes(self.themes)
        _check_shapes(self)
        _check_values(self)

    def __len__(self) -> int:
        """Number of comments."""
        return len(self.truth)

    @property
    def support(self) -> NDArray[np.int64]:
        """Comments that carry each theme, shape (n_themes,)."""
        counts: NDArray[np.int64] = self.truth.sum(axis=0, dtype=np.int64)
        return counts


def _check_themes(themes: tuple[str, ...]) -> None:
    if not themes:
        raise InvalidPredictionsError("there is no theme to measure")
    repeated = sorted({theme for theme in themes if themes.count(theme) > 1})
    if repeated:
        raise InvalidPredictionsError(f"themes named more than once: {', '.join(repeated)}")


def _check_shapes(predictions: Predictions) -> None:
    comments = len(predictions.truth)
    if not comments:
        raise InvalidPredictionsError("there is no comment to measure")
    expected = (comments, len(predictions.themes))
    for name in ("truth", "scores", "predicted"):
        shape = getattr(predictions, name).shape
        if shape != expected:
            raise InvalidPredictionsError(f"{name} has shape {shape}, expected {expected}")
    if predictions.statuses is not None and len(predictions.statuses) != comments:
        raise InvalidPredictionsError(
            f"{len(predictions.statuses)} statuses for {comments} comments"
        )


def _check_values(predictions: Predictions) -> None:
    for name in ("truth", "predicted"):
        dtype = getattr(predictions, name).dtype
        if dtype != np.bool_:
            raise InvalidPredictionsError(f"{name} must be boolean, not {dtype}")
    if not np.all((predictions.scores >= 0) & (predictions.scores <= 1)):
        raise InvalidPredictionsError("scores must be probabilities from 0 to 1")
