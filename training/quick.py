"""The quick encoder: a small network that learns what the encoder and the n-grams say together.

A small network learns more from what a large one says of many comments, with all its doubts, than
from people's labels of few (Hinton et al. 2015, arXiv 1503.02531; Turc et al. 2019, arXiv
1908.08962). Where people labelled a comment, it learns the mean of the two.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from training.fine_tune import Schedule, fine_tune

if TYPE_CHECKING:
    import numpy.typing as npt

    from labelled_data import DistinctComments
    from training.fine_tune import FineTuned
    from training.recipe import Recipe
    from training.run_folder import RunFolder

    Floats = npt.NDArray[np.floating]

LABEL_SHARE = 0.5
"""What a label counts beside the teacher's word."""
CLEAR = 0.5
"""Chance of a theme from which the teacher's word on its polarity is learnt."""


def quick_lesson(data: DistinctComments, logits: Floats, polarity: Floats) -> DistinctComments:
    """Give what the quick encoder learns.

    Args:
        data: n comments, labelled or not.
        logits: (n, themes) log-odds of the encoder and the n-grams together.
        polarity: (n, themes, 2) log-odds of praise and of blame.
    """
    chances = expit(logits.astype(np.float64))
    known = ~np.isnan(data.targets)
    mixed = LABEL_SHARE * np.nan_to_num(data.targets) + (1 - LABEL_SHARE) * chances
    told = np.where((chances >= CLEAR)[..., None], expit(polarity.astype(np.float64)), np.nan)
    return replace(
        data.with_targets(np.where(known, mixed, chances)),
        polarity=np.where(np.isnan(data.polarity), told, data.polarity),
    )


def train_quick(
    lesson: DistinctComments, recipe: Recipe, run: RunFolder, name: str = "quick"
) -> FineTuned:
    """Train a quick encoder on a lesson; its training goes by a name."""
    given = recipe.quick.model_dump(
        include={"layers", "epochs", "batch", "learning_rate", "joined", "contrasted"}
    )
    settings = recipe.encoder.model_copy(update=given | {"convolution": recipe.quick.convolution})
    schedule = Schedule(settings.epochs, recipe.seed, run.checkpoints(name), name)
    return fine_tune(lesson, settings, schedule)
