"""Comparing how much of each theme is found in a group with how much is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import false_discovery_control

from evaluation.estimates import ratio
from evaluation.group_figures import GroupTheme
from evaluation.parted import estimate
from evaluation.recall_tests import is_materially_worse, p_fewer_found

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.parted import Parted
    from evaluation.predictions import Floats

    Places = NDArray[np.int64]


def group_themes(parted: Parted) -> list[tuple[GroupTheme, ...]]:
    """Compare each theme that a group and everyone else have enough comments of.

    What is materially worse is adjusted over all of them after Benjamini and Hochberg (1995):
    without that a table of some hundred groups and themes would have two or three that chance alone
    made worse.

    Returns:
        For each group its themes, in the order of the predictions.
    """
    support = parted.counted(parted.predictions.truth)
    groups, themes = np.nonzero(parted.compared(support))
    if not len(groups):
        return [() for _ in parted.grouping.groups]
    totals = _totals(parted, groups, themes)
    adjusted = false_discovery_control(p_fewer_found(*totals[:, 0]))
    recall, elsewhere = ratio(totals[0], totals[1]), ratio(totals[2], totals[3])
    compared: list[list[GroupTheme]] = [[] for _ in parted.grouping.groups]
    for place, (group, theme) in enumerate(zip(groups, themes, strict=True)):
        difference = estimate(recall[:, place] - elsewhere[:, place])
        compared[group].append(
            GroupTheme(
                theme=parted.predictions.themes[theme],
                true_comments=int(support[group, theme]),
                recall=estimate(recall[:, place]),
                elsewhere=float(elsewhere[0, place]),
                difference=difference,
                materially_worse=is_materially_worse(difference, float(adjusted[place])),
            )
        )
    return [tuple(each) for each in compared]


def _totals(parted: Parted, groups: Places, themes: Places) -> Floats:
    """Sum what is found and true of some themes in some groups, and what is elsewhere.

    Returns:
        Shape (4, 1 + resamples, pairs).
    """
    inside = parted.inside & parted.known
    truth = parted.predictions.truth & inside.any(axis=1, keepdims=True)
    found = truth & parted.predictions.predicted
    here = inside[:, groups]
    columns = [told[:, themes] & where for where in (here, ~here) for told in (found, truth)]
    return np.stack(np.split(parted.totals(np.hstack(columns)), len(columns), axis=1))
