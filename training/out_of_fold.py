"""Scores of comments by models that have not seen them, fold by fold."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from training.dataset import folds_of
from training.fine_tune import Schedule, fine_tune, uses_bfloat16
from training.fit_ngrams import fit_ngrams
from training.sides import with_sides
from training.taught import taught

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


FIRST = 0
"""The fold whose comments neither its teachers nor the rehearsed quick encoder have seen."""


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
        (n, themes of the task + 2) log-odds, the last two of praise and of blame; zero for
        comments that tell nothing of its themes.
    """
    known, data = joint.known_to(task), counted(joint, task)
    name = joint.tasks[task].codebook.id
    scores = np.zeros(data.targets.shape)
    for fold in folds(data, recipe):
        seen, held = np.intersect1d(fold.seen, known), np.intersect1d(fold.held, known)

        def work(seen: Rows = seen, held: Rows = held) -> Floats:
            sample = ~joint.further[seen]
            model = fit_ngrams(data.take(seen), recipe.ngrams, recipe.seed, sample)
            part = data.take(held)
            return model.logits(part.texts, part.questions)

        if len(held):
            scores[held] = run.step(f"ngrams-{name}-{fold.number}", work)
    return scores


def counted(joint: Joint, task: int) -> DistinctComments:
    """Give what the n-grams of a task learn: its themes, and praise and blame of the whole."""
    columns = joint.columns(task)
    data = replace(
        joint.data,
        targets=joint.data.targets[:, columns],
        polarity=joint.data.polarity[:, columns],
    )
    return with_sides(data)


@dataclass(frozen=True, slots=True)
class Opinions:
    """What teachers said of n labelled comments and then of m transfer ones.

    Attributes:
        mean: (n + m, themes, 3) mean log-odds, see ``FineTuned.scores``; NaN for the themes of
            codebooks without teachers and for comments of which people said all that a codebook
            asks.
        unseen: (n, themes, 3) log-odds of each labelled comment by the teacher that has not seen
            it; NaN where there is none.
        first: (n + m, themes, 3) log-odds by the teachers that have not seen the first fold.
    """

    mean: Floats
    unseen: Floats
    first: Floats


def teacher_opinions(joint: Joint, transfer: Transfer, recipe: Recipe, run: RunFolder) -> Opinions:
    """Score all comments with encoders that learnt one codebook, one for each fold left out.

    Only codebooks that the recipe calls ``taught`` have teachers, and as many as it says.
    """
    data, numbered = joint.data, list(folds(joint.data, recipe))[: recipe.teachers.count]
    scored = data.and_also(transfer.comments)
    mean = np.full((*scored.targets.shape, 3), np.nan)
    first = np.full_like(mean, np.nan)
    unseen = np.full((*data.targets.shape, 3), np.nan)
    for task in (place for place, part in enumerate(recipe.learn) if part.taught):
        own, columns = joint.rows(task), joint.columns(task)
        untold = np.flatnonzero(np.isnan(scored.targets[:, columns]).any(axis=1))
        mean[:, columns] = 0
        for fold in numbered:
            seen, held = np.intersect1d(fold.seen, own), np.intersect1d(fold.held, own)
            step = f"teacher-{recipe.learn[task].id}-{fold.number}"
            learnt, asked = (data.take(seen), data.take(held)), np.union1d(untold, held)
            scores = _encoder_step(step, *learnt, scored, asked, recipe, run)[:, columns]
            mean[:, columns] += scores / len(numbered)
            unseen[held, columns] = scores[held]
            if fold.number == FIRST:
                first[:, columns] = scores
    return Opinions(mean, unseen, first)


def teacher_settings(recipe: Recipe) -> EncoderPart:
    """Give how a teacher is fine-tuned: as the encoder, but for what the recipe says of them."""
    given = recipe.teachers.model_dump(exclude={"count"}, exclude_none=True)
    return recipe.encoder.model_copy(update=given)


def lesson(
    data: DistinctComments,
    transfer: Transfer,
    opinions: Opinions,
    held: Rows,
    label_share: float = 1.0,
) -> DistinctComments:
    """Give what the student learns: what people said, and its teachers' word for the rest.

    Args:
        data: Labelled comments.
        transfer: Comments that nobody labelled.
        opinions: What its teachers said of both.
        held: Places of the labelled comments it must not see, nor their sentences.
        label_share: What a label counts beside the word of a teacher that has not seen it.
    """
    rows, apart = np.setdiff1d(np.arange(len(data)), held), transfer.without(held)
    own = taught(data.take(rows), opinions.unseen[rows], label_share)
    others = taught(transfer.comments.take(apart), opinions.mean[len(data) + apart])
    return taught(own, opinions.mean[rows]).and_also(others)


def _encoder_step(
    step: str,
    learnt: DistinctComments,
    held: DistinctComments,
    scored: DistinctComments,
    asked: Rows,
    recipe: Recipe,
    run: RunFolder,
) -> Floats:
    """Train one teacher and score those comments that are asked for; the rest is NaN."""
    settings = teacher_settings(recipe)

    def work() -> Floats:
        schedule = Schedule(settings.epochs, recipe.seed, run.checkpoints(step), step)
        tuned = fine_tune(learnt, settings, schedule, validation=held if len(held) else None)
        part, scores = scored.take(asked), np.full((*scored.targets.shape, 3), np.nan, np.float32)
        bfloat16 = uses_bfloat16(settings)
        scores[asked] = tuned.scores(part.texts, part.questions, bfloat16=bfloat16)
        return scores

    scores = run.step(step, work)
    shutil.rmtree(run.checkpoints(step), ignore_errors=True)
    return scores
