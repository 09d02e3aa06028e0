"""A training run from labelled comments to artefacts that stand on their own.

One encoder learns all the codebooks of a recipe, each with a head of its own.

1. Teachers, one for each fold, learn one codebook from the human labels of the other folds, and
   score what people did not code with it: comments of the other codebooks, the sentences of longer
   comments, and comments put together from these.
2. One student learns all codebooks, from the labels and from the mean score of the teachers, and is
   exported as int8 ONNX.
3. A quick encoder, of a few layers or a convolution, learns from what the student and the n-grams
   say together, of these comments and of more that are put together for it alone.
4. Blend, calibration, thresholds and polarity are learnt from comments that whoever scores them has
   not seen: of a codebook with teachers, those of each teacher's own fold, whose scores are then
   spread as the student's are; of one without, some that are set aside from the student. So is
   when a cheaper reader may answer in its place, from comments that are set aside from the quick
   encoder: of a codebook with teachers by a student and a quick encoder of the first teacher alone,
   which has not seen them, since the student that is shipped has.
5. Each finished artefact is measured once on the comments kept for its test.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from models import file_sha256
from models.artefact import EMBEDDINGS, GRAPH, HEAD, QUICK_GRAPH, QUICK_HEAD, SHARED, artefact_file
from models.encoder import Encoder
from models.plain_reading import SIDES
from models.theme_head import ThemeHead
from training.cascades import Unseen, cascade_of
from training.dataset import folds_of
from training.decide import OutOfFold, decide, spread_as
from training.errors import DataTooSmallError, TrainingError
from training.export import (
    RANGE_COMMENTS,
    check_parity,
    export,
    export_vocabulary,
    exported_scores,
    head_of,
)
from training.fine_tune import Schedule, base_words, fine_tune
from training.finish import Finished, finish, training_record
from training.joint import Task, books_of, gather
from training.mixed import mixed
from training.near_words import NearWords, with_near_words
from training.out_of_fold import lesson, ngram_scores, teacher_opinions
from training.rehearsal import Lessons, ngram_model, rehearse, set_apart
from training.run_folder import RunFolder
from training.source import kept_texts, without
from training.transfer import gather_transfer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from evaluation import Evaluation
    from labelled_data import DistinctComments
    from models import Decision
    from models.cascade import Cascade
    from models.ngrams import NgramModel
    from training.fine_tune import FineTuned
    from training.joint import Joint
    from training.out_of_fold import Opinions
    from training.recipe import EncoderPart, Recipe
    from training.source import Source
    from training.transfer import Transfer

    Floats = npt.NDArray[np.floating]
    Rows = npt.NDArray[np.int64]

PARITY = 0.01
PARITY_COMMENTS = 200


def train(
    recipe: Recipe, sources: Sequence[Source], out: Path, unlabelled: Sequence[Path] = ()
) -> dict[str, Evaluation | None]:
    """Train the artefacts of a recipe.

    A killed run goes on where it stopped when started again with the same recipe, data and
    output; what it keeps meanwhile stands in a hidden folder beside the output and holds no text.

    Args:
        recipe: What to do.
        sources: What each of its codebooks is learnt from, in its order.
        out: The folder of the artefact where there is one codebook; else the folder that holds an
            artefact for each, and their encoder in a folder ``shared``. It must not exist yet.
        unlabelled: Tables of comments that nobody labelled; see ``DistillationPart``.

    Returns:
        The figures on the test comments by artefact, ``None`` where none were kept.

    Raises:
        TrainingError: The output exists, the data is too small, or the export differs from the
            trained network.
    """
    if out.exists():
        raise TrainingError(f"{out}: exists already; choose another output folder")
    joint = gather(tasks_of(sources))
    held = _set_aside(joint, recipe)
    files = [*(file for source in sources for file in source.files), *unlabelled]
    place = out.parent / f".{out.name}.training"
    run = RunFolder(place, recipe, files, books_of(joint.tasks))
    transfer = _transfer(joint, recipe, unlabelled)
    ngrams = [ngram_scores(joint, task, recipe, run) for task in range(len(joint.tasks))]
    opinions = teacher_opinions(joint, transfer, recipe, run)
    share = recipe.distillation.label_share
    student = partial(_student, recipe=recipe, run=run)
    tuned = student(lesson(joint.data, transfer, opinions, held, share), "student")
    unseen = _unseen_scores(joint, opinions, held, tuned)
    decisions = _decisions(joint, unseen, ngrams, recipe)
    models = [ngram_model(joint, task, recipe) for task in range(len(joint.tasks))]
    further, apart = _further(joint, transfer, recipe), set_apart(joint, recipe)
    lessons = Lessons(joint, transfer, further, apart, decisions, recipe, run)
    quick = lessons.quick_encoder("quick", models, tuned)
    scores = Unseen(unseen, lessons.unseen_scores(quick), ngrams)
    if rehearsed := rehearse(lessons, opinions, held, student):
        both = [lessons.unseen_scores(each) for each in rehearsed]
        scores = Unseen(_of_taught(joint, recipe, both[0], unseen), both[1], ngrams)
    cascades = [
        cascade_of(joint, task, scores, decision, recipe) for task, decision in enumerate(decisions)
    ]
    draft = run.path / "artefacts"
    shutil.rmtree(draft, ignore_errors=True)
    made = _Made(tuned, quick, models, decisions, cascades)
    figures = _write(draft, recipe, sources, joint, made, files)
    (draft if len(sources) > 1 else draft / sources[0].part.id).replace(out)
    run.remove()
    return figures


def tasks_of(sources: Sequence[Source]) -> list[Task]:
    """Give what to learn, without the texts that any codebook keeps for its test."""
    kept = kept_texts(sources)
    return [
        Task(
            each.codebook,
            without(each.separated()[0], kept),
            each.part.crosswalks,
            without(each.learnt_only(), kept),
        )
        for each in sources
    ]


def _transfer(joint: Joint, recipe: Recipe, unlabelled: Sequence[Path]) -> Transfer:
    """Gather what nobody labelled; what is put together is so within what is held out together."""
    found = gather_transfer(joint.data, unlabelled, recipe.seed)
    return found.and_also(_mixed(joint, recipe, recipe.distillation.mixed, 0))


def _further(joint: Joint, transfer: Transfer, recipe: Recipe) -> Transfer:
    """Put more together for the quick encoder, in some of which words are replaced."""
    found = _mixed(joint, recipe, recipe.quick.mixed, 1)
    if not recipe.quick.replaced:
        return found
    texts = [*joint.data.texts, *transfer.comments.texts]
    near = NearWords(*base_words(recipe.encoder), texts)
    more = _mixed(joint, recipe, recipe.quick.replaced, 2)
    return found.and_also(with_near_words(more, transfer, near, recipe.seed))


def _mixed(joint: Joint, recipe: Recipe, count: int, draw: int) -> Transfer:
    """Put comments together, none of sentences that are held out apart; draws differ."""
    folds, set_aside = (
        folds_of(joint.data, many) for many in (recipe.folds, recipe.distillation.set_aside)
    )
    alike = np.stack([folds, set_aside, joint.owners, joint.further], axis=1)
    parts = np.unique(alike, axis=0, return_inverse=True)[1]
    return mixed(joint.data, parts, count, recipe.seed + draw)


def _set_aside(joint: Joint, recipe: Recipe) -> Rows:
    """Give the places of the comments that the student must not see.

    Raises:
        DataTooSmallError: A codebook without teachers has too few for any to be among them.
    """
    parts = folds_of(joint.data, recipe.distillation.set_aside)
    held = [np.zeros(0, dtype=np.int64)]
    for task in (place for place, part in enumerate(recipe.learn) if not part.taught):
        own = joint.sample(task)
        held.append(own[parts[own] == 0])
        if not len(held[-1]):
            raise DataTooSmallError(
                f"none of the {len(own)} comments of {recipe.learn[task].id!r} can be set aside to"
                " show how to decide: give it more, or teachers (taught: true)"
            )
    return np.concatenate(held)


def student_settings(recipe: Recipe) -> EncoderPart:
    """Give how a student is fine-tuned: as the encoder, but for what the recipe says."""
    given = recipe.distillation.model_dump(include={"epochs", "batch", "learning_rate"})
    return recipe.encoder.model_copy(update=given)


def _student(learnt: DistinctComments, name: str, recipe: Recipe, run: RunFolder) -> FineTuned:
    settings = student_settings(recipe)
    schedule = Schedule(settings.epochs, recipe.seed, run.checkpoints(name), name)
    return fine_tune(learnt, settings, schedule)


def _unseen_scores(joint: Joint, opinions: Opinions, held: Rows, tuned: FineTuned) -> Floats:
    """Give (n, themes, 3) log-odds by models that have not seen a comment, NaN where none has.

    Where a teacher stands for the student, its themes' log-odds are spread as the student's are.
    """
    scores = opinions.unseen.copy()
    told = ~np.isnan(scores[..., 0])
    rows = np.flatnonzero(told.any(axis=1))
    if len(rows):
        own = np.full(told.shape, np.nan)
        own[rows] = exported_scores(tuned, joint.data.take(rows))[..., 0]
        scores[told, 0] = spread_as(scores[told, 0], own[told])
    part = joint.data.take(held)
    scores[held] = tuned.scores(part.texts, part.questions)
    return scores


def _of_taught(joint: Joint, recipe: Recipe, rehearsed: Floats, others: Floats) -> Floats:
    """Give (n, themes, 3) the scores of the rehearsal for codebooks with teachers, else others."""
    scores = others.copy()
    for task in (place for place, part in enumerate(recipe.learn) if part.taught):
        columns = joint.columns(task)
        scores[:, columns] = rehearsed[:, columns]
    return scores


def _decisions(
    joint: Joint, unseen: Floats, ngrams: Sequence[Floats], recipe: Recipe
) -> list[Decision]:
    decisions = []
    for task in range(len(joint.tasks)):
        columns = joint.columns(task)
        own = joint.sample(task)
        rows = own[~np.isnan(unseen[own, columns, 0]).any(axis=1)]
        scored = OutOfFold(
            encoder=unseen[rows, columns, 0],
            ngrams=ngrams[task][rows, :-SIDES],
            targets=joint.data.targets[rows, columns],
            polarity=unseen[rows, columns, 1:],
            polarity_targets=joint.data.polarity[rows, columns],
        )
        decisions.append(decide(scored, recipe.decision))
    return decisions


@dataclass(frozen=True, slots=True)
class _Made:
    """What a run has learnt; of lists, one for each task."""

    tuned: FineTuned
    quick: FineTuned
    ngrams: Sequence[NgramModel]
    decisions: Sequence[Decision]
    cascades: Sequence[tuple[Decision, Cascade] | None]


def _write(
    draft: Path,
    recipe: Recipe,
    sources: Sequence[Source],
    joint: Joint,
    made: _Made,
    files: Sequence[Path],
) -> dict[str, Evaluation | None]:
    shared = draft / (SHARED if len(sources) > 1 else sources[0].part.id)
    shared.mkdir(parents=True)
    drawn = _drawn(joint, recipe)
    export_vocabulary(made.tuned, shared)
    export(made.tuned, shared, drawn.texts, drawn.questions)
    export(made.quick, shared, drawn.texts, drawn.questions, QUICK_GRAPH)
    figures = {}
    for task, source in enumerate(sources):
        folder = draft / source.part.id
        folder.mkdir(exist_ok=True)
        made.ngrams[task].save(folder)
        head_of(made.tuned.network, joint.columns(task)).save(folder)
        head_of(made.quick.network, joint.columns(task)).save(folder, QUICK_HEAD)
        _check(made.tuned, joint, task, folder, GRAPH, HEAD)
        _check(made.quick, joint, task, folder, QUICK_GRAPH, QUICK_HEAD)
        known = joint.known_to(task)
        comments = len(known), int(joint.further[known].sum())
        record = training_record(recipe, source, comments, _bases(recipe), files)
        decision, cascade = made.cascades[task] or (made.decisions[task], None)
        done = Finished(decision, made.tuned.limits, record, cascade)
        figures[source.part.id] = finish(folder, recipe, source, done)
    return figures


def _bases(recipe: Recipe) -> str:
    """Name the base models that the weights come from."""
    taught_by = recipe.teachers.mpnet
    return recipe.encoder.base + (f" and taught by {taught_by}" if taught_by else "")


def _drawn(joint: Joint, recipe: Recipe) -> DistinctComments:
    """Draw comments, of all codebooks, by which an export finds its scales."""
    order = np.random.default_rng(recipe.seed).permutation(len(joint.data))
    return joint.data.take(order[:RANGE_COMMENTS])


def _check(tuned: FineTuned, joint: Joint, task: int, folder: Path, graph: str, head: str) -> None:
    part = joint.data.take(joint.rows(task)[:PARITY_COMMENTS])
    places = artefact_file(folder, graph), artefact_file(folder, EMBEDDINGS)
    encoder = Encoder(
        graph=places[0],
        embeddings=places[1],
        head=ThemeHead.load(folder, head),
        sha256=(file_sha256(places[0]), file_sha256(places[1])),
    )
    check_parity(tuned, encoder, joint.columns(task), part.texts, part.questions, PARITY)
