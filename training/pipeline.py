"""A training run from labelled comments to an artefact that stands on its own.

1. Teachers, one for each fold, learn from the human labels of the other folds and score unlabelled
   comments.
2. Students, fold by fold, learn from the same labels and from their teacher's scores; what they
   say of comments that neither has seen sets blend, calibration and thresholds.
3. One student learns from all training comments and from the mean score of all teachers, and is
   exported as int8 ONNX.
4. The finished artefact is measured once on the comments kept for the test.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from evaluation import evaluate, predictions_of, restricted, themes_with
from labelled_data import distinct
from models import Manifest, TrainingRecord, file_sha256, load, read_manifest, write_manifest
from models.artefact import CARD, METRICS, hashes
from training.card import model_card
from training.dataset import learnable, separate
from training.decide import OutOfFold, decide
from training.errors import TrainingError
from training.export import check_parity, export
from training.fine_tune import Schedule, fine_tune
from training.fit_ngrams import fit_ngrams
from training.out_of_fold import (
    ngram_scores,
    student_scores,
    student_settings,
    teacher_opinions,
)
from training.run_folder import RunFolder
from training.transfer import gather_transfer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evaluation import Evaluation
    from labelled_data import Codebook, DistinctComments, LabelledComment
    from models import Decision
    from training.fine_tune import FineTuned
    from training.recipe import Recipe

LIBRARIES = ("torch", "transformers", "onnxruntime", "scikit-learn", "tokenizers", "numpy")
PARITY = 0.01
LEAST_SUPPORT = 25
"""Labelled comments, over all the data, that a theme needs to be measured on the test."""
PARITY_COMMENTS = 200


def train(
    recipe: Recipe,
    codebook: Codebook,
    comments: Sequence[LabelledComment],
    source: Path,
    out: Path,
    unlabelled: Sequence[Path] = (),
) -> Evaluation | None:
    """Train an artefact.

    A killed run goes on where it stopped when started again with the same recipe, data and
    output; what it keeps meanwhile stands in a hidden folder beside the output and holds no text.

    Args:
        recipe: What to do.
        codebook: The themes.
        comments: Labelled comments, test ones included; these are never trained on.
        source: The file they came from, for the record.
        out: The artefact's folder, which must not exist yet.
        unlabelled: Tables of comments that nobody labelled; see ``DistillationPart``.

    Returns:
        The artefact's figures on the test comments, or ``None`` where none were kept.

    Raises:
        TrainingError: The output exists, the data is too small, or the export differs from the
            trained network.
    """
    if out.exists():
        raise TrainingError(f"{out}: exists already; choose another output folder")
    kept, test = separate(comments, recipe.data.test_share)
    data = learnable(kept, codebook.theme_ids)
    run = RunFolder(out.parent / f".{out.name}.training", recipe, [source, *unlabelled])
    learnt, decision = _learn_decision(data, unlabelled, recipe, run)
    draft = run.path / "artefact"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    _fit_models(data, learnt, recipe, run, draft)
    files = [source, *unlabelled]
    record = _record(recipe, len(data), {file.name: file_sha256(file) for file in files})
    write_manifest(draft, _manifest(recipe, codebook, decision, record, draft))
    evaluation = _measure(draft, test, themes_with(comments, codebook.theme_ids, LEAST_SUPPORT))
    _describe(draft, evaluation)
    draft.replace(out)
    run.remove()
    return evaluation


def _learn_decision(
    data: DistinctComments, unlabelled: Sequence[Path], recipe: Recipe, run: RunFolder
) -> tuple[DistinctComments, Decision]:
    """Give what the last student learns from, and the decision."""
    transfer = gather_transfer(data, unlabelled, recipe.seed)
    ngrams = ngram_scores(data, recipe, run)
    opinions = teacher_opinions(data, transfer, recipe, run)
    rows, students = student_scores(data, transfer, opinions, recipe, run)
    scored = OutOfFold(encoder=students, ngrams=ngrams[rows], targets=data.targets[rows])
    opined = transfer.comments.with_targets(expit(opinions.mean(axis=0)))
    return data.and_also(opined), decide(scored, recipe.decision)


def _fit_models(
    data: DistinctComments, learnt: DistinctComments, recipe: Recipe, run: RunFolder, folder: Path
) -> None:
    fit_ngrams(data, recipe.ngrams, recipe.seed).save(folder)
    settings = student_settings(recipe)
    schedule = Schedule(settings.epochs, recipe.seed, run.checkpoints("final"), "final")
    tuned = fine_tune(learnt, settings, schedule)
    export(tuned, folder)
    _check(tuned, data, folder)


def _check(tuned: FineTuned, data: DistinctComments, folder: Path) -> None:
    rows = np.arange(min(PARITY_COMMENTS, len(data)))
    part = data.take(rows)
    check_parity(tuned, folder, part.texts, part.questions, PARITY)


def _record(recipe: Recipe, comments: int, data_sha256: dict[str, str]) -> TrainingRecord:
    return TrainingRecord(
        base_model=recipe.encoder.base,
        seed=recipe.seed,
        comments=comments,
        data_sha256=data_sha256,
        libraries={name: version(name) for name in LIBRARIES},
        recipe=recipe.model_dump_json(exclude={"data": {"path"}}),
    )


def _manifest(
    recipe: Recipe, codebook: Codebook, decision: Decision, record: TrainingRecord, folder: Path
) -> Manifest:
    return Manifest(
        id=recipe.id,
        version=recipe.version,
        created=datetime.now(UTC).date().isoformat(),
        codebook=codebook,
        question_tokens=recipe.encoder.question_tokens,
        window_tokens=recipe.encoder.window_tokens,
        decision=decision,
        training=record,
        files=hashes(folder),
    )


def _measure(
    folder: Path, test: Sequence[LabelledComment], themes: Sequence[str]
) -> Evaluation | None:
    tagger = load(folder)
    data = distinct(test, tagger.codebook.theme_ids)
    if not len(data) or not themes:
        return None
    return evaluate(restricted(predictions_of(tagger, data), themes))


def _describe(folder: Path, evaluation: Evaluation | None) -> None:
    manifest = read_manifest(folder)
    figures = evaluation.model_dump_json(indent=1) if evaluation else "{}"
    (folder / METRICS).write_text(figures + "\n", "utf-8")
    (folder / CARD).write_text(model_card(manifest, evaluation), "utf-8")
    write_manifest(folder, manifest.model_copy(update={"files": hashes(folder)}))
