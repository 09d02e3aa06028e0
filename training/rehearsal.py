"""The quick encoder of a run: what it learns from, and a rehearsal that shows how well it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.plain_reading import SIDES
from training.dataset import folds_of
from training.export import exported_scores
from training.fit_ngrams import fit_ngrams
from training.out_of_fold import FIRST, counted
from training.quick import LABEL_SHARE, speak_as_loudly, train_quick
from training.taught import taught

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    @property
    def places(self) -> Rows:
        """Places among the labelled comments and the transfer ones after them."""
        rows = np.setdiff1d(np.arange(len(self.joint.data)), self.apart)
        return np.concatenate([rows, len(self.joint.data) + self.transfer.without(self.apart)])

    @property
    def comments(self) -> DistinctComments:
        """What is learnt from but for the further ones."""
        return self.joint.data.and_also(self.transfer.comments).take(self.places)

    def everything(self) -> DistinctComments:
        """Give the further ones too, after the others."""
        rows = self.further.without(self.apart)
        return self.comments.and_also(self.further.comments.take(rows))

    def scores(self, tuned: FineTuned) -> Floats:
        """Score everything with the student as it is shipped, which is far faster."""
        learnt = self.everything()
        return self.run.step("lesson", lambda: exported_scores(tuned, learnt))

    def quick_encoder(
        self,
        name: str,
        ngrams: Sequence[NgramModel],
        tuned: FineTuned,
        teachers: Floats | None = None,
    ) -> FineTuned:
        """Train a quick encoder.

        Args:
            name: Of the training.
            ngrams: The n-gram model of each task.
            tuned: The student, from whose scores it learns.
            teachers: What others say of the comments, NaN where it is left to the student. They
                did not score the further ones, from which nothing is learnt then.
        """
        learnt, scores = self.everything(), self.scores(tuned)
        if teachers is not None:
            learnt, scores = self.comments, scores[: len(teachers)]
            scores = np.where(np.isnan(teachers), scores, teachers)
        blended = scores.copy()
        for task, (model, decision) in enumerate(zip(ngrams, self.decisions, strict=True)):
            columns, weight = self.joint.columns(task), decision.encoder_weight
            plain = model.logits(learnt.texts, learnt.questions)[:, :-SIDES]
            blended[:, columns, 0] = weight * scores[:, columns, 0] + (1 - weight) * plain
        quick = train_quick(taught(learnt, blended, LABEL_SHARE), self.recipe, self.run, name)
        labelled = slice(0, len(self.joint.data) - len(self.apart))
        own = quick.scores(learnt.texts[labelled], learnt.questions[labelled])
        speak_as_loudly(quick, own[..., 0], blended[labelled, :, 0])
        return quick

    def unseen_scores(self, quick: FineTuned) -> Floats:
        """Give (n, themes, 3) log-odds by a quick encoder, NaN for the comments it has seen."""
        part = self.joint.data.take(self.apart)
        scores = np.full((*self.joint.data.targets.shape, 3), np.nan)
        scores[self.apart] = quick.scores(part.texts, part.questions)
        return scores


def rehearse(lessons: Lessons, opinions: Opinions, tuned: FineTuned) -> FineTuned | None:
    """Train a quick encoder that has not so much as heard of the comments set apart.

    Where a codebook has teachers, the student has seen all its comments, and what it says of others
    gives these away to the quick encoder. So one learns from the first teacher instead, to show how
    the other does on comments that nobody has seen.

    Returns:
        That quick encoder; ``None`` where no codebook has teachers, since the other serves.
    """
    recipe, joint = lessons.recipe, lessons.joint
    if not any(part.taught for part in recipe.learn):
        return None
    ngrams = [ngram_model(joint, task, recipe, lessons.apart) for task in range(len(joint.tasks))]
    return lessons.quick_encoder("rehearsal", ngrams, tuned, opinions.first[lessons.places])


def ngram_model(joint: Joint, task: int, recipe: Recipe, apart: Rows | None = None) -> NgramModel:
    """Fit the n-gram model of a task to all comments that tell of its themes, but for some."""
    rows = joint.known_to(task) if apart is None else np.setdiff1d(joint.known_to(task), apart)
    return fit_ngrams(counted(joint, task).take(rows), recipe.ngrams, recipe.seed)
