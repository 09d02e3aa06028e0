"""The quick encoder: a small network that learns what the encoder and the n-grams say together.

A small network learns more from what a large one says of many comments, with all its doubts, than
from people's labels of few (Hinton et al. 2015, arXiv 1503.02531; Turc et al. 2019, arXiv
1908.08962). Where people labelled a comment, it learns the mean of the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.fine_tune import Schedule, fine_tune

if TYPE_CHECKING:
    from labelled_data import DistinctComments
    from training.fine_tune import FineTuned
    from training.recipe import Recipe
    from training.run_folder import RunFolder

LABEL_SHARE = 0.5
"""What a label counts beside the teacher's word."""


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
