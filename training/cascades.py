"""The cascade of each artefact of a run, from what its readers say of comments not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.plain_reading import SIDES
from training.decide import OutOfFold, best_blend, decide
from training.fit_cascade import Seen, Told, learn_cascade

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from models import Decision
    from models.cascade import Cascade
    from training.joint import Joint
    from training.recipe import Recipe

    Floats = npt.NDArray[np.floating]
    Rows = npt.NDArray[np.int64]

LEAST_COMMENTS = 50
"""Fewer show nothing of who may answer."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """What models say of n comments they have not seen; NaN where none has not.

    Attributes:
        encoder: (n, themes of all tasks, 3) log-odds, see ``FineTuned.scores``.
        quick: The same by the quick encoder.
        ngrams: For each task, (n, themes of the task + 2).
    """

    encoder: Floats
    quick: Floats
    ngrams: Sequence[Floats]


def cascade_of(
    joint: Joint, task: int, unseen: Unseen, decision: Decision, recipe: Recipe
) -> tuple[Decision, Cascade] | None:
    """Learn the cascade of one task's artefact, and how its last reader decides.

    The last reader is the mean of the encoder and the quick encoder, which is better than either.
    Of a codebook with teachers it is the encoder alone: what the quick encoder knows comes from it.

    There the student has seen all comments, and one that has not seen them stands for it; all
    neural readers then decide as the teachers showed on all comments, which tells more than the few
    by which the cascade is learnt. But how much the quick encoder counts beside the n-grams is its
    own: it has learnt their word with its teacher's.

    Args:
        joint: The comments.
        task: Which task.
        unseen: What is said of them.
        decision: How the encoder decides alone.
        recipe: What the cascade may cost.

    Returns:
        The decision and the cascade, ``None`` where too few comments are seen by no reader.
    """
    columns, own = joint.columns(task), joint.sample(task)
    both = unseen.encoder[own, columns, 0] + unseen.quick[own, columns, 0]
    rows = own[~np.isnan(both).any(axis=1)]
    if len(rows) < LEAST_COMMENTS:
        return None
    plain = unseen.ngrams[task]
    themes = plain.shape[1] - SIDES
    logits, sides = plain[rows, :themes], plain[rows, themes:]
    quick, last = unseen.quick[rows, columns], unseen.encoder[rows, columns]
    taught = recipe.learn[task].taught
    alone = decide(_alone(joint, task, own, plain), recipe.decision)
    scored = _scored(joint, task, rows, quick, plain)
    if taught:
        quick_decision = decision.model_copy(update={"encoder_weight": best_blend(scored)})
    else:
        last = (quick + last) / 2
        decision = decide(_scored(joint, task, rows, last, plain), recipe.decision)
        quick_decision = decide(scored, recipe.decision)
    cascade = learn_cascade(
        ngrams=Seen(alone, alone.scores(logits, logits), _of_each(sides, themes), sides),
        quick=_seen(quick_decision, quick, logits),
        encoder=_seen(decision, last, logits),
        told=Told(
            labels=joint.data.labels[rows, columns],
            polarity=joint.data.polarity[rows, columns],
            characters=np.array([len(joint.data.texts[row]) for row in rows]),
        ),
        settings=recipe.cascade,
        alone=taught,
    )
    return decision, cascade


def _seen(decision: Decision, scores: Floats, plain: Floats) -> Seen:
    polarity = scores[..., 1:]
    blended = decision.scores(scores[..., 0], plain)
    return Seen(decision, blended, polarity, polarity.max(axis=1))


def _alone(joint: Joint, task: int, rows: Rows, plain: Floats) -> OutOfFold:
    """Set the n-grams' own scores in the place of an encoder's."""
    themes = plain.shape[1] - SIDES
    sides = _of_each(plain[rows, themes:], themes)
    scores = np.concatenate([plain[rows, :themes, None], sides], axis=2)
    return _scored(joint, task, rows, scores, plain)


def _scored(joint: Joint, task: int, rows: Rows, scores: Floats, plain: Floats) -> OutOfFold:
    columns = joint.columns(task)
    return OutOfFold(
        encoder=scores[..., 0],
        ngrams=plain[rows, :-SIDES],
        targets=joint.data.targets[rows, columns],
        polarity=scores[..., 1:],
        polarity_targets=joint.data.polarity[rows, columns],
    )


def _of_each(sides: Floats, themes: int) -> Floats:
    """Take praise and blame of the whole comment for those of each theme: (n, themes, 2)."""
    return np.repeat(sides[:, None], themes, axis=1)
