"""What is learnt from others' word on comments, beside what people said of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    import numpy.typing as npt

    from labelled_data import DistinctComments

    Floats = npt.NDArray[np.floating]

CLEAR = 0.5
"""Chance of a theme from which a teacher's word on its polarity is learnt."""


def taught(data: DistinctComments, scores: Floats, label_share: float = 1.0) -> DistinctComments:
    """Take a teacher's word for what nobody said, and some of it for what people did.

    A teacher's chances, with all their doubts, tell more than labels alone (Hinton et al. 2015,
    arXiv 1503.02531), where it has not seen those labels itself.

    Args:
        data: n comments, labelled or not.
        scores: (n, themes, 3) log-odds of each theme, of praise and of blame in what is said of it;
            NaN where the teacher says nothing, and what was known stays as it is.
        label_share: What a label counts beside the teacher's word, 0 to 1.
    """
    chances = expit(scores[..., 0].astype(np.float64))
    spoken, known = ~np.isnan(chances), ~np.isnan(data.targets)
    mixed = label_share * data.targets + (1 - label_share) * chances
    targets = np.where(spoken & known, mixed, np.where(known, data.targets, chances))
    clear = np.where(spoken, chances, 0) >= CLEAR
    told = np.where(clear[..., None], expit(scores[..., 1:].astype(np.float64)), np.nan)
    return replace(
        data.with_targets(targets),
        polarity=np.where(np.isnan(data.polarity), told, data.polarity),
    )
