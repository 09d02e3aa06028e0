"""Scores of comments by models that have not seen them, fold by fold."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.dataset import folds_of
from training.fine_tune import Schedule, fine_tune
from training.fit_ngrams import fit_ngrams
from training.transfer import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from labelled_data import DistinctComments
    from training.joint import Joint
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


def ngram_scores(joint: Joint, task: int, recipe: Recipe, run: RunFolder) -> Floats:
    """Score comments with n-gram models of the other folds, for one task.

    Returns:
        (n, themes of the task) log-odds, zero for comments that tell nothing of its themes.
    """
    columns, known = joint.columns(task), joint.known_to(task)
    data = joint.data.with_targets(joint.data.targets[:, columns])
    name = joint.tasks[task].codebook.id
    scores = np.zeros(data.targets.shape)
    for fold in folds(data, recipe):
        seen, held = np.intersect1d(fold.seen, known), np.intersect1d(fold.held, known)

        def work(seen: Rows = seen, held: Rows = held) -> Floats:
            model = fit_ngrams(data.take(seen), recipe.ngrams, recipe.seed)
            part = data.take(held)
            return model.logits(part.texts, part.questions)

        if len(held):
            scores[held] = run.step(f"ngrams-{name}-{fold.number}", work)
    return scores


@dataclass(frozen=True, slots=True)
class Opinions:
    """What teachers said of n labelled comments and then of m transfer ones.

    Attributes:
        logits: (n + m, themes) mean log-odds, NaN for the themes of codebooks without teachers.
        unseen: (n, themes, 3) log-odds of each labelled comment by the teacher that has not seen
            it, see ``FineTuned.scores``; NaN where there is none.
    """

    logits: Floats
    unseen: Floats


def teacher_opinions(joint: Joint, transfer: Transfer, recipe: Recipe, run: RunFolder) -> Opinions:
    """Score all comments with encoders that learnt one codebook, one for each fold left out.

    Only codebooks that the recipe calls ``taught`` have teachers.
    """
    data, numbered = joint.data, list(folds(joint.data, recipe))
    scored = data.and_also(transfer.comments)
    logits = np.full((len(scored), data.targets.shape[1]), np.nan)
    unseen = np.full((*data.targets.shape, 3), np.nan)
    for task in (place for place, part in enumerate(recipe.learn) if part.taught):
        own, columns = joint.rows(task), joint.columns(task)
        logits[:, columns] = 0
        for fold in numbered:
            seen, held = np.intersect1d(fold.seen, own), np.intersect1d(fold.held, own)
            step = f"teacher-{recipe.learn[task].id}-{fold.number}"
            learnt = data.take(seen), data.take(held)
            scores = _encoder_step(step, *learnt, scored, recipe.encoder, recipe, run)[:, columns]
            logits[:, columns] += scores[..., 0] / len(numbered)
            unseen[held, columns] = scores[held]
    return Opinions(logits, unseen)


def lesson(
    data: DistinctComments, transfer: Transfer, opinions: Opinions, held: Rows
) -> DistinctComments:
    """Give what the student learns: what people said, and its teachers' word for the rest.

    Args:
        data: Labelled comments.
        transfer: Comments that nobody labelled.
        opinions: What its teachers said of both.
        held: Places of the labelled comments it must not see, nor their sentences.
    """
    rows, apart = np.setdiff1d(np.arange(len(data)), held), transfer.without(held)
    own = filled(data.take(rows), opinions.logits[rows])
    others = opinions.logits[len(data) + apart]
    return own.and_also(filled(transfer.comments.take(apart), others))


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
        tuned = fine_tune(learnt, settings, schedule, validation=held if len(held) else None)
        return tuned.scores(scored.texts, scored.questions)

    scores = run.step(step, work)
    shutil.rmtree(run.checkpoints(step), ignore_errors=True)
    return scores
