"""Which themes are given in the place of which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluation.estimates import Result

if TYPE_CHECKING:
    from evaluation.predictions import Predictions

MOST = 15


class ThemeConfusion(Result):
    """Comments in which one theme was missed and another given that is not there.

    A comment with several of either counts for each pair, so the pairs do not add up to comments.

    Args:
        missed: Id of the theme a person gave and the tagger did not.
        given: Id of the theme the tagger gave and the person did not.
        comments: Number of comments.
    """

    missed: str
    given: str
    comments: int


def theme_confusions(predictions: Predictions, most: int = MOST) -> tuple[ThemeConfusion, ...]:
    """Give the pairs of themes that are taken for one another most often, largest first.

    Args:
        predictions: The tagger's answers.
        most: Most pairs to give; pairs without a comment are left out, equals stand in codebook
            order.
    """
    missed = (predictions.truth & ~predictions.predicted).astype(np.int64)
    given = (~predictions.truth & predictions.predicted).astype(np.int64)
    counts = missed.T @ given
    largest = np.argsort(-counts, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), len(predictions.themes)) for place in largest]
    return tuple(
        ThemeConfusion(
            missed=predictions.themes[one],
            given=predictions.themes[other],
            comments=int(counts[one, other]),
        )
        for one, other in pairs
        if counts[one, other]
    )
