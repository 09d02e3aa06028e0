"""The quick encoder: a small network that learns what the encoder and the n-grams say together.

A small network learns more from what a large one says of many comments, with all its doubts, than
from people's labels of few (Hinton et al. 2015, arXiv 1503.02531; Turc et al. 2019, arXiv
1908.08962). Where people labelled a comment, it learns the mean of the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from training.fine_tune import Schedule, fine_tune

if TYPE_CHECKING:
    import numpy.typing as npt

    from labelled_data import DistinctComments
    from training.fine_tune import FineTuned
    from training.recipe import EncoderPart, Recipe
    from training.run_folder import RunFolder

    Floats = npt.NDArray[np.floating]

LABEL_SHARE = 0.5
"""What a label counts beside the teacher's word."""
LEVELS = 60
"""Quantiles by which log-odds are compared."""


def train_quick(
    lesson: DistinctComments, recipe: Recipe, run: RunFolder, name: str = "quick"
) -> FineTuned:
    """Train a quick encoder on a lesson; its training goes by a name."""
    settings = quick_settings(recipe)
    schedule = Schedule(settings.epochs, recipe.seed, run.checkpoints(name), name)
    return fine_tune(lesson, settings, schedule)


def quick_settings(recipe: Recipe) -> EncoderPart:
    """Give how a quick encoder is fine-tuned: as the encoder, but for what is said."""
    given = recipe.quick.model_dump(
        include={"layers", "epochs", "batch", "learning_rate", "joined", "contrasted"}
    )
    instead = {"convolution": recipe.quick.convolution, "heads": None, "inner": None}
    return recipe.encoder.model_copy(update=given | instead)


def speak_as_loudly(quick: FineTuned, own: Floats, teacher: Floats) -> None:
    """Scale the log-odds of a quick encoder's themes so that they go as far as its teacher's.

    A small network says most things less decidedly than the one that taught it, and finds fewer
    themes by the same cuts. Which comments have a theme rather than others stays as it was.

    Args:
        quick: The quick encoder, which is changed.
        own: (n, themes) its log-odds.
        teacher: (n, themes) its teacher's of the same comments.
    """
    scale, shift = likeness(own.ravel(), teacher.ravel())
    with torch.no_grad():
        quick.network.readout.mul_(scale)
        quick.network.bias.mul_(scale).add_(shift)


def likeness(own: Floats, others: Floats) -> tuple[float, float]:
    """Find the scale and the shift by which high log-odds are spread as others are.

    High are those from the cut at nought down to where three times as many lie above, and up to
    where half as many do: cuts lie among these.

    Args:
        own: (n,) log-odds.
        others: (n,) log-odds.

    Returns:
        Scale, above 0, and shift; 1 and 0 where nothing shows them.
    """
    share = float((others > 0).mean()) if len(others) else 0.0
    levels = np.linspace(max(0, 1 - 3 * share), 1 - share / 2, LEVELS)
    if not 0 < share < 1:
        return 1.0, 0.0
    low, high = np.quantile(own, levels), np.quantile(others, levels)
    if low[-1] <= low[0] or high[-1] <= high[0]:
        return 1.0, 0.0
    scale, shift = np.polyfit(low, high, 1)
    return float(scale), float(shift)
