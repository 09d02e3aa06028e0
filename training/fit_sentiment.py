"""Fitting a sentiment head to an artefact that stays as it is otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from evaluation import Evaluation, EvaluationSettings
from evaluation.sentiment import (
    UNTOLD,
    measure_sentiment,
    said_sentiments,
    told_sentiments,
)
from evaluation.taggers import answers_of
from labelled_data import distinct, repair
from models import file_sha256, load, read_manifest, write_manifest
from models.artefact import CARD, METRICS, QUICK_SENTIMENT, hashes
from models.encoder import mean_state
from models.ngrams import NgramModel
from models.plain_reading import SIDES
from models.sentiment import STEPS, SentimentHead
from models.tagger import PRETRAINED
from training.card import model_card
from training.dataset import LEAST_COMMENTS, in_english, separate
from training.errors import DataTooSmallError, TrainingError
from training.fit_ngrams import fit_columns
from training.recipe import NgramPart

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from evaluation.labelled import LabelledFile
    from evaluation.sentiment import SentimentFigures, Sentiments
    from labelled_data import DistinctComments, LabelledComment
    from models import Manifest, Tagger

    Floats = npt.NDArray[np.floating]

REGULARISATION = 30
"""Inverse of its strength, by the number of comments. It is strong, since the encoder has seen the
comments and its states tell more of them than of new ones."""
LEAST_EXAMPLES = 2
SEED = 0


def add_sentiment(
    model: str | Path, labelled: LabelledFile, version: str | None = None
) -> SentimentFigures | None:
    """Fit a sentiment head to an artefact, and write it with figures and card into its folder.

    Args:
        model: A shipped model, or the folder of an artefact.
        labelled: Comments with sentiments; those that the artefact's own training kept for the
            test are only measured on.
        version: The artefact's new version; by default it keeps its own.

    Returns:
        The figures on the test comments, ``None`` where none of them has a sentiment.

    Raises:
        TrainingError: The artefact is shipped under the version it would keep, or too few comments
            have a sentiment.
        DataError: The file cannot be read as what it is said to be.
        ModelError: The artefact cannot be loaded.
    """
    tagger = load(model)
    version = version or tagger.manifest.version
    _refuse_shipped(tagger, version)
    comments = labelled.read(tagger.codebook)
    learnt, kept = separate(comments, tagger.manifest.training.test_share)
    some, told = _told(in_english(learnt, tagger.codebook.theme_ids))
    folder = tagger.file(CARD).parent
    _fitted(tagger, some, told).save(folder)
    if tagger.manifest.cascade is not None:
        _fitted(tagger, some, told, quick=True).save(folder, QUICK_SENTIMENT)
        _with_sentiment(tagger, some, told).save(folder)
    write_manifest(folder, _renewed(folder, tagger.manifest, version, labelled.path))
    figures = _measure(load(folder), kept)
    _describe(folder, figures)
    return figures


def fit_sentiment(states: Floats, told: Sentiments) -> SentimentHead:
    """Fit the head.

    Args:
        states: (n, h) mean token states.
        told: (n,) sentiments, 1 to 5.
    """
    mean, spread = states.mean(axis=0), states.std(axis=0)
    spread = np.where(spread > 0, spread, 1)
    steps = [_fit_step((states - mean) / spread, told > step) for step in range(1, STEPS + 1)]
    weights = np.stack([weights for weights, _ in steps], axis=1) / spread[:, None]
    bias = np.array([bias for _, bias in steps]) - mean @ weights
    return SentimentHead(weights.astype(np.float32), bias.astype(np.float32))


def _fit_step(states: Floats, worse: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    if min(worse.sum(), (~worse).sum()) < LEAST_EXAMPLES:
        share = (worse.sum() + 0.5) / (len(worse) + 1)
        return np.zeros(states.shape[1]), float(np.log(share / (1 - share)))
    model = LogisticRegression(C=REGULARISATION / len(states), max_iter=1_000).fit(states, worse)
    return model.coef_[0], float(model.intercept_[0])


def _refuse_shipped(tagger: Tagger, version: str) -> None:
    shipped = tagger.file(CARD).resolve().parent.parent == PRETRAINED.resolve()
    if shipped and version == tagger.manifest.version:
        raise TrainingError(
            f"{tagger.manifest.id} {version} is shipped; give what it becomes another version"
        )


def _told(data: DistinctComments) -> tuple[DistinctComments, Sentiments]:
    """Give the comments with a sentiment, mended, and what it is."""
    told = told_sentiments(data)
    rows = np.flatnonzero(told != UNTOLD)
    if len(rows) < LEAST_COMMENTS:
        raise DataTooSmallError(
            f"{len(rows)} comments with a sentiment are too few to learn from, at least"
            f" {LEAST_COMMENTS} are needed"
        )
    some = data.take(rows)
    return replace(some, texts=tuple(repair(text) for text in some.texts)), told[rows]


def _fitted(
    tagger: Tagger, some: DistinctComments, told: Sentiments, *, quick: bool = False
) -> SentimentHead:
    states = tagger.states(some.texts, some.questions, quick=quick)
    return fit_sentiment(np.stack([mean_state(each) for each in states]), told)


def _with_sentiment(tagger: Tagger, some: DistinctComments, told: Sentiments) -> NgramModel:
    """Teach the n-grams sentiment: four columns between those of the themes and the last two."""
    ngrams, themes = tagger.ngrams, len(tagger.codebook.theme_ids)
    worse = np.stack([told > step for step in range(1, STEPS + 1)], axis=1).astype(np.float64)
    weights, intercepts = fit_columns(ngrams.features, some.with_targets(worse), NgramPart(), SEED)
    parted = slice(themes), slice(-SIDES, None)
    own = [ngrams.weights[:, part] for part in parted]
    shifts = [ngrams.intercepts[part] for part in parted]
    return NgramModel(
        ngrams.features,
        np.concatenate([own[0], weights, own[1]], axis=1),
        np.concatenate([shifts[0], intercepts, shifts[1]]),
    )


def _renewed(folder: Path, manifest: Manifest, version: str, data: Path) -> Manifest:
    known, sha256 = manifest.training.data_sha256, file_sha256(data)
    if sha256 not in known.values():
        known = known | {f"{data.name} (sentiment)": sha256}
    training = manifest.training.model_copy(update={"data_sha256": known})
    return manifest.model_copy(
        update={"version": version, "training": training, "files": hashes(folder)}
    )


def _measure(tagger: Tagger, kept: list[LabelledComment]) -> SentimentFigures | None:
    data = distinct(kept, tagger.codebook.theme_ids)
    said = said_sentiments(answers_of(tagger, data))
    return measure_sentiment(told_sentiments(data), said, EvaluationSettings())


def _describe(folder: Path, figures: SentimentFigures | None) -> None:
    """Renew figures and card; an artefact that was never measured stays so but for the card."""
    manifest = read_manifest(folder)
    measured = (folder / METRICS).read_text("utf-8")
    evaluation = None
    if measured.strip() != "{}":
        earlier = Evaluation.model_validate_json(measured)
        evaluation = earlier.model_copy(update={"sentiment": figures})
        (folder / METRICS).write_text(evaluation.model_dump_json(indent=1) + "\n", "utf-8")
    (folder / CARD).write_text(model_card(manifest, evaluation), "utf-8")
    write_manifest(folder, manifest.model_copy(update={"files": hashes(folder)}))
