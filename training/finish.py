"""The last steps of every training: manifest, figures on the test comments, and card."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from evaluation import EffortFigures, evaluate, evaluate_tagger, restricted, themes_with
from evaluation.taggers import answered
from labelled_data import distinct
from models import Manifest, TrainingRecord, file_sha256, load, read_manifest, write_manifest
from models.artefact import CARD, METRICS, hashes
from models.predictions import Effort
from training.card import model_card

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evaluation import Evaluation
    from models import Decision
    from models.cascade import Cascade
    from models.encoding import EncodingLimits
    from training.recipe import Recipe
    from training.source import Source

LIBRARIES = ("torch", "transformers", "onnxruntime", "scikit-learn", "tokenizers", "numpy")
LEAST_SUPPORT = 25
"""Labelled comments, over all the data, that a theme needs to be measured on the test."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a training learnt besides the weights.

    Attributes:
        decision: Blend, calibration and thresholds.
        limits: Token limits of the encoder.
        record: Where the artefact comes from.
        cascade: When cheaper readers answer, where there are any.
    """

    decision: Decision
    limits: EncodingLimits
    record: TrainingRecord
    cascade: Cascade | None = None


def training_record(
    recipe: Recipe,
    source: Source,
    comments: tuple[int, int],
    base_model: str,
    files: Sequence[Path],
) -> TrainingRecord:
    """Say where an artefact comes from.

    Args:
        recipe: The recipe.
        source: What its codebook was learnt from.
        comments: Number of distinct comments that told anything of its themes, and of those among
            them that are only learnt from.
        base_model: The encoder it was trained from, and what taught it.
        files: The data files of the training.
    """
    return TrainingRecord(
        base_model=base_model,
        seed=recipe.seed,
        comments=comments[0],
        further=comments[1],
        data_sha256=hashes_by_name(files),
        libraries={name: version(name) for name in LIBRARIES},
        recipe=json.dumps(recipe.settings()),
        test_share=source.part.data.test_share,
    )


def hashes_by_name(files: Sequence[Path]) -> dict[str, str]:
    """Hash files by name; those of one name by as many of their folders as tell them apart."""
    places = tuple(dict.fromkeys(file.resolve() for file in files))
    return {_name(place, places): file_sha256(place) for place in places}


def _name(place: Path, places: Sequence[Path]) -> str:
    for depth in range(1, len(place.parts)):
        tail = place.parts[-depth:]
        if [other.parts[-depth:] for other in places].count(tail) == 1:
            return "/".join(tail)
    return str(place)


def finish(folder: Path, recipe: Recipe, source: Source, done: Finished) -> Evaluation | None:
    """Write manifest, figures and card into a folder that holds the weights.

    Returns:
        The figures on the test comments, ``None`` where none were kept.
    """
    manifest = Manifest(
        id=source.part.id,
        version=recipe.version,
        created=datetime.now(UTC).date().isoformat(),
        codebook=source.codebook,
        question_tokens=done.limits.question,
        window_tokens=done.limits.window,
        decision=done.decision,
        cascade=done.cascade,
        training=done.record,
        files=hashes(folder),
    )
    write_manifest(folder, manifest)
    evaluation = _measure(folder, source)
    _describe(folder, evaluation)
    return evaluation


def _measure(folder: Path, source: Source) -> Evaluation | None:
    tagger = load(folder)
    themes = themes_with(source.comments, source.codebook.theme_ids, LEAST_SUPPORT)
    data = distinct(source.separated()[1], source.codebook.theme_ids)
    if not len(data) or not themes:
        return None
    evaluation = evaluate_tagger(tagger, data, themes)
    if tagger.manifest.cascade is None:
        return evaluation
    answers = tagger.tag(data.texts, data.questions, effort=Effort.FAST)
    found = answered(answers, tagger.codebook, data, tagger.codebook.theme_ids)
    fast = evaluate(restricted(found, themes)).overall
    figures = EffortFigures(micro_f1=fast.micro.f1.value, macro_f1=fast.macro.f1.value)
    return evaluation.model_copy(update={"by_effort": {Effort.FAST.value: figures}})


def _describe(folder: Path, evaluation: Evaluation | None) -> None:
    manifest = read_manifest(folder)
    figures = evaluation.model_dump_json(indent=1) if evaluation else "{}"
    (folder / METRICS).write_text(figures + "\n", "utf-8")
    (folder / CARD).write_text(model_card(manifest, evaluation), "utf-8")
    write_manifest(folder, manifest.model_copy(update={"files": hashes(folder)}))
