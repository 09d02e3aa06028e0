"""How far people agree who read the same comments, each without seeing what others said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict

from labelled_data import Polarity
from labelled_data.agreement import INTERVAL, nominal_alpha, resampled_alphas, theme_alphas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from service.store.reviews import Review

    Floats = npt.NDArray[np.float64]
    Readings = Mapping[int, Mapping[str, Review]]


class ThemeAgreement(BaseModel):
    """How far people agree on one theme.

    Attributes:
        theme: Its id.
        given: How often somebody gave it.
        alpha: Krippendorff's alpha, at most 1; null where nobody or everybody gave it throughout.
        low: Lower end of its 95% interval, from resampling the comments.
        high: Upper end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: str
    given: int
    alpha: float | None
    low: float | None
    high: float | None


class ReadingAgreement(BaseModel):
    """How far people agree who read the same comments without seeing what the model says.

    Attributes:
        comments: How many were read by two or more.
        reviewers: How many people read them.
        themes: Theme by theme, in codebook order.
        mean_alpha: Mean over the themes that have an alpha, or null.
        polarity_alpha: Alpha of the polarities of themes that two or more gave, or null.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    comments: int
    reviewers: int
    themes: tuple[ThemeAgreement, ...]
    mean_alpha: float | None
    polarity_alpha: float | None


def agreement_of(readings: Readings, themes: Sequence[str]) -> ReadingAgreement:
    """Measure how far readers agree, by Krippendorff's alpha; see `labelled_data.agreement`.

    Args:
        readings: What was said, by comment and reader, of comments that two or more read.
        themes: Ids of the codebook's themes, in its order.
    """
    reviewers = sorted({name for by_name in readings.values() for name in by_name})
    given = _given(readings, reviewers, themes)
    by_theme = _by_theme(given, themes)
    known = [theme.alpha for theme in by_theme if theme.alpha is not None]
    return ReadingAgreement(
        comments=len(readings),
        reviewers=len(reviewers),
        themes=by_theme,
        mean_alpha=sum(known) / len(known) if known else None,
        polarity_alpha=nominal_alpha(_polarities(readings, reviewers, themes)),
    )


def _given(readings: Readings, reviewers: Sequence[str], themes: Sequence[str]) -> Floats:
    """(reviewers, comments, themes) 1 where a theme is given, 0 where not, NaN where not read."""
    given = np.full((len(reviewers), len(readings), len(themes)), np.nan)
    for place, by_name in enumerate(readings.values()):
        for name, review in by_name.items():
            given[reviewers.index(name), place] = [theme in review.themes for theme in themes]
    return given


def _by_theme(given: Floats, themes: Sequence[str]) -> tuple[ThemeAgreement, ...]:
    drawn = resampled_alphas(given) if given.size else np.full((1, len(themes)), np.nan)
    times = np.nansum(given, axis=(0, 1)).astype(int).tolist()
    columns = zip(themes, times, theme_alphas(given), drawn.T, strict=True)
    return tuple(_agreement(*cells) for cells in columns)


def _agreement(theme: str, given: int, alpha: float | None, drawn: Floats) -> ThemeAgreement:
    known = drawn[~np.isnan(drawn)]
    if alpha is None or not known.size:
        return ThemeAgreement(theme=theme, given=given, alpha=alpha, low=None, high=None)
    low, high = np.percentile(known, INTERVAL).tolist()
    return ThemeAgreement(theme=theme, given=given, alpha=alpha, low=low, high=high)


def _polarities(readings: Readings, reviewers: Sequence[str], themes: Sequence[str]) -> Floats:
    """(reviewers, places) numbers of the polarities, a place being a theme of a comment."""
    numbers = {None: np.nan} | {each: float(number) for number, each in enumerate(Polarity)}
    told = np.full((len(reviewers), len(readings), len(themes)), np.nan)
    for place, by_name in enumerate(readings.values()):
        for name, review in by_name.items():
            said = [numbers[review.polarity.get(theme)] for theme in themes]
            told[reviewers.index(name), place] = said
    return told.reshape(len(reviewers), len(readings) * len(themes))
