"""Praise and blame of a comment as a whole, which the n-grams learn beside its themes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from labelled_data import DistinctComments

    Floats = npt.NDArray[np.float64]


def sides_of(data: DistinctComments) -> Floats:
    """Give (n, 2): whether any theme is praised, and any blamed; NaN where of no theme is told."""
    told = data.labels & ~np.isnan(data.polarity).any(axis=2)
    found = (np.nan_to_num(data.polarity) >= 0.5) & told[..., None]
    sides: Floats = np.asarray(found.any(axis=1), dtype=np.float64)
    sides[~told.any(axis=1)] = np.nan
    return sides


def with_sides(data: DistinctComments) -> DistinctComments:
    """Add the two as columns after those of the themes, for a model of the themes alone.

    The polarity and the evidence, which are of themes, are left out.
    """
    targets = np.concatenate([data.targets, sides_of(data)], axis=1)
    nothing = np.full((*targets.shape, 2), np.nan)
    return replace(data, targets=targets, polarity=nothing, evidence=tuple({} for _ in data.texts))
