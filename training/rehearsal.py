"""The quick encoder of a run: what it learns from, and a rehearsal that shows how well it does.

Where a codebook has teachers, the student has seen all its comments, and what it says of others
gives these away to the quick encoder. So both are trained once more without the comments set apart,
by a teacher that has not seen them either: what these two say of them shows how far the quick
encoder falls behind the other on comments that nobody has seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.plain_reading import SIDES
from training.dataset import folds_of
from training.export import exported_scores
from training.fit_ngrams import fit_ngrams
from training.out_of_fold import FIRST, counted, lesson
from training.quick import LABEL_SHARE, speak_as_loudly, train_quick
from training.taught import taught

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from labelled_data import DistinctComments
    from models import Decision
    from models.ngrams import NgramModel
    from training.fine_tune import FineTuned
    from training.joint import Joint
    from training.out_of_fold import Opinions
    from training.recipe import Recipe
    from training.run_folder import RunFolder
    from training.transfer import Transfer

    Floats = npt.NDArray[np.floating]
    Rows = npt.NDArray[np.int64]


def set_apart(joint: Joint, recipe: Recipe) -> Rows:
    """Give the places of the comments that the quick encoder must not see.

    Of a codebook without teachers those that the student has not seen either; of one with
    teachers those of the first fold, which its first teacher has not seen.
    """
    parts = folds_of(joint.data, recipe.distillation.set_aside)
    firsts = folds_of(joint.data, recipe.folds)
    found = []
    for task, part in enumerate(recipe.learn):
        own = joint.sample(task)
        found.append(own[(firsts[own] == FIRST) if part.taught else (parts[own] == 0)])
    return np.sort(np.concatenate(found))


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a quick encoder may learn from: all comments but those set apart, and their sentences.

    Attributes:
        joint: The labelled comments.
        transfer: Those that nobody labelled.
        further: More of those, which only the quick encoder learns from that is shipped.
        apart: Places of the labelled comments it must not see.
        decisions: How the encoder decides, for each task.
        recipe: The recipe.
        run: Where finished steps are kept.
    """

    joint: Joint
    transfer: Transfer
    further: Transfer
    apart: Rows
    decisions: Sequence[Decision]
    recipe: Recipe
    run: RunFolder

    def everything(self) -> DistinctComments:
        """Give all that is learnt from, the labelled comments first."""
        known = self.joint.data.take(np.setdiff1d(np.arange(len(self.joint.data)), self.apart))
        transfer, further = (
            each.comments.take(each.without(self.apart)) for each in (self.transfer, self.further)
        )
        return known.and_also(transfer).and_also(further)

    def quick_encoder(self, name: str, ngrams: Sequence[NgramModel], tuned: FineTuned) -> FineTuned:
        """Train a quick encoder.

        Args:
            name: Of the training.
            ngrams: The n-gram model of each task.
            tuned: The student, from whose scores it learns, as it is exported: that is far faster.
        """
        learnt = self.everything()
        blended = self.run.step(f"{name}-lesson", lambda: exported_scores(tuned, learnt))
        for task, (model, decision) in enumerate(zip(ngrams, self.decisions, strict=True)):
            columns, weight = self.joint.columns(task), decision.encoder_weight
            plain = model.logits(learnt.texts, learnt.questions)[:, :-SIDES]
            blended[:, columns, 0] = weight * blended[:, columns, 0] + (1 - weight) * plain
        quick = train_quick(taught(learnt, blended, LABEL_SHARE), self.recipe, self.run, name)
        labelled = slice(0, len(self.joint.data) - len(self.apart))
        own = quick.scores(learnt.texts[labelled], learnt.questions[labelled])
        speak_as_loudly(quick, own[..., 0], blended[labelled, :, 0])
        return quick

    def unseen_scores(self, tuned: FineTuned) -> Floats:
        """Give (n, themes, 3) log-odds by one who has not seen those set apart, NaN of others."""
        part = self.joint.data.take(self.apart)
        scores = np.full((*self.joint.data.targets.shape, 3), np.nan)
        scores[self.apart] = tuned.scores(part.texts, part.questions)
        return scores


def rehearse(
    lessons: Lessons,
    opinions: Opinions,
    held: Rows,
    student: Callable[[DistinctComments, str], FineTuned],
) -> tuple[FineTuned, FineTuned] | None:
    """Train both encoders without so much as a word of the comments set apart.

    Args:
        lessons: What a quick encoder learns from.
        opinions: What the teachers said.
        held: Places of the comments that the student that is shipped has not seen.
        student: Trains a student on a lesson, under a name.

    Returns:
        A student of the first teacher alone and its quick encoder; ``None`` where no codebook has
        teachers, since those that are shipped have not seen the comments either.
    """
    recipe, joint = lessons.recipe, lessons.joint
    if not any(part.taught for part in recipe.learn):
        return None
    first = replace(opinions, mean=opinions.first, unseen=np.full_like(opinions.unseen, np.nan))
    hidden = np.union1d(lessons.apart, held)
    learnt = lesson(joint.data, lessons.transfer, first, hidden)
    tuned = student(learnt, "first-student")
    ngrams = [ngram_model(joint, task, recipe, lessons.apart) for task in range(len(joint.tasks))]
    return tuned, lessons.quick_encoder("rehearsal", ngrams, tuned)


def ngram_model(joint: Joint, task: int, recipe: Recipe, apart: Rows | None = None) -> NgramModel:
    """Fit the n-gram model of a task to all comments that tell of its themes, but for some."""
    rows = joint.known_to(task) if apart is None else np.setdiff1d(joint.known_to(task), apart)
    sample = ~joint.further[rows]
    return fit_ngrams(counted(joint, task).take(rows), recipe.ngrams, recipe.seed, sample)
