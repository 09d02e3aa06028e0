"""Scores of comments by models that have not seen them, fold by fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.dataset import folds_of
from training.decide import OutOfFold
from training.fine_tune import Schedule, fine_tune
from training.fit_ngrams import fit_ngrams

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from labelled_data import DistinctComments
    from training.recipe import Recipe
    from training.run_folder import RunFolder

    Floats = npt.NDArray[np.floating]
    Rows = npt.NDArray[np.int64]


def ngram_scores(data: DistinctComments, recipe: Recipe, run: RunFolder) -> Floats:
    """Score each comment with an n-gram model of the other folds: (n, themes) log-odds."""

    def one_fold(fold: int, seen: Rows, held: Rows) -> Floats:
        model = fit_ngrams(data.take(seen), recipe.ngrams, recipe.seed)
        part = data.take(held)
        return model.logits(part.texts, part.questions)

    return _fold_by_fold(data, recipe, run, "ngrams", one_fold)


def encoder_scores(
    data: DistinctComments,
    learnt: DistinctComments,
    recipe: Recipe,
    run: RunFolder,
    name: str,
    epochs: int,
) -> Floats:
    """Score each comment with an encoder of the other folds: (n, themes) log-odds.

    Args:
        data: Comments with the labels people gave, to validate on.
        learnt: The same comments with the targets to learn from.
        recipe: The recipe.
        run: Where finished folds are kept.
        name: Names the steps in the run's folder.
        epochs: Passes over the data.
    """

    def one_fold(fold: int, seen: Rows, held: Rows) -> Floats:
        step = f"{name}-{fold}"
        schedule = Schedule(epochs, recipe.seed + fold, run.checkpoints(step), step)
        part = data.take(held)
        tuned = fine_tune(learnt.take(seen), recipe.encoder, schedule, validation=part)
        return tuned.logits(part.texts, part.questions)

    return _fold_by_fold(data, recipe, run, name, one_fold)


def gather(encoder: Floats, ngrams: Floats, data: DistinctComments) -> OutOfFold:
    """Put both models' out-of-fold log-odds beside what people said."""
    return OutOfFold(encoder=encoder, ngrams=ngrams, targets=data.targets)


def _fold_by_fold(
    data: DistinctComments,
    recipe: Recipe,
    run: RunFolder,
    name: str,
    one_fold: Callable[[int, Rows, Rows], Floats],
) -> Floats:
    scores, folds = np.zeros(data.targets.shape), folds_of(data, recipe.folds)
    for fold in range(recipe.folds):
        seen, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)

        def work(fold: int = fold, seen: Rows = seen, held: Rows = held) -> Floats:
            return one_fold(fold, seen, held)

        if len(held):
            scores[held] = run.step(f"{name}-{fold}", work)
    return scores
