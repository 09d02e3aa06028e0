"""Scores of comments by models that have not seen them, fold by fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from training.dataset import folds_of
from training.fine_tune import Schedule, fine_tune
from training.fit_ngrams import fit_ngrams

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from labelled_data import DistinctComments
    from training.recipe import EncoderPart, Recipe
    from training.run_folder import RunFolder
    from training.transfer import Transfer

    Floats = npt.NDArray[np.floating]
    Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fold:
    """One part of the comments, held out, and the rest.

    Attributes:
        number: From 0.
        seen: Places of the comments to learn from.
        held: Places of the comments to score.
    """

    number: int
    seen: Rows
    held: Rows


def folds(data: DistinctComments, recipe: Recipe) -> Iterator[Fold]:
    """Give the folds that hold any comment."""
    numbers = folds_of(data, recipe.folds)
    for number in range(recipe.folds):
        held = np.flatnonzero(numbers == number)
        if len(held):
            yield Fold(number, np.flatnonzero(numbers != number), held)


def ngram_scores(data: DistinctComments, recipe: Recipe, run: RunFolder) -> Floats:
    """Score each comment with an n-gram model of the other folds: (n, themes) log-odds."""
    scores = np.zeros(data.targets.shape)
    for fold in folds(data, recipe):

        def work(fold: Fold = fold) -> Floats:
            model = fit_ngrams(data.take(fold.seen), recipe.ngrams, recipe.seed)
            part = data.take(fold.held)
            return model.logits(part.texts, part.questions)

        scores[fold.held] = run.step(f"ngrams-{fold.number}", work)
    return scores


def teacher_opinions(
    data: DistinctComments, transfer: Transfer, recipe: Recipe, run: RunFolder
) -> Floats:
    """Score unlabelled comments with an encoder for each fold, which learns from the others.

    Returns:
        (teachers, unlabelled, themes) log-odds.
    """
    settings, unlabelled = recipe.encoder, transfer.comments
    opinions = []
    for fold in folds(data, recipe):
        step = f"teacher-{fold.number}"
        learnt, held = data.take(fold.seen), data.take(fold.held)
        opinions.append(_encoder_step(step, learnt, held, unlabelled, settings, recipe, run))
    return np.stack(opinions)


def student_scores(
    data: DistinctComments,
    transfer: Transfer,
    opinions: Floats,
    recipe: Recipe,
    run: RunFolder,
) -> tuple[Rows, Floats]:
    """Score the comments of the decision folds with students of the other folds.

    A student's only teacher is the one of its own fold. The others have seen the comments it is
    to score, and what they remember of them would reach it through their opinions of the
    unlabelled ones: it would look far better on them than it is, and the thresholds learnt from
    its scores would be wrong for comments never seen.

    Args:
        data: Comments with the labels people gave.
        transfer: Unlabelled comments.
        opinions: (teachers, unlabelled, themes) log-odds of these, a teacher a fold.
        recipe: The recipe.
        run: Where finished folds are kept.

    Returns:
        Places of the comments scored, and their (scored, themes) log-odds.
    """
    rows, scores = [], []
    chosen = list(zip(folds(data, recipe), opinions, strict=True))
    for fold, opinion in chosen[: recipe.distillation.decision_folds]:
        held = data.take(fold.held)
        apart = transfer.without(fold.held)
        opined = transfer.comments.with_targets(expit(opinion)).take(apart)
        learnt = data.take(fold.seen).and_also(opined)
        step = f"student-{fold.number}"
        settings = student_settings(recipe)
        scores.append(_encoder_step(step, learnt, held, held, settings, recipe, run))
        rows.append(fold.held)
    return np.concatenate(rows), np.concatenate(scores)


def student_settings(recipe: Recipe) -> EncoderPart:
    """Give the settings of the encoder when it learns from its teachers."""
    given = recipe.distillation.model_dump(include={"epochs", "batch", "learning_rate"})
    return recipe.encoder.model_copy(update=given)


def _encoder_step(
    step: str,
    learnt: DistinctComments,
    held: DistinctComments,
    scored: DistinctComments,
    settings: EncoderPart,
    recipe: Recipe,
    run: RunFolder,
) -> Floats:
    def work() -> Floats:
        schedule = Schedule(settings.epochs, recipe.seed, run.checkpoints(step), step)
        tuned = fine_tune(learnt, settings, schedule, validation=held)
        return tuned.logits(scored.texts, scored.questions)

    return run.step(step, work)
