"""Measuring models on a file of labelled comments, alone or beside the baselines."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evaluation.baselines import NgramBaseline, PeerBaseline
from evaluation.benchmark import Benchmark, SystemScores, compare
from evaluation.errors import NothingToMeasureError
from evaluation.metrics import Evaluation, evaluate
from evaluation.taggers import predictions_of, restricted, themes_with
from labelled_data import (
    LabelError,
    distinct,
    read_labelled,
    read_qdc,
    shipped_codebook,
    split_of,
)
from models import load

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.baselines import Baseline
    from labelled_data import Codebook, DistinctComments, LabelledComment
    from models import Tagger

PEER = "peer (TF-IDF + SVC)"
NGRAMS = "n-grams (logistic regression)"


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """Labelled comments to measure on.

    Attributes:
        path: The file.
        format: "qdc" for the published FFT file, "labelled" for Sayso's own.
        part: "test" for the comments that training leaves aside, "all" for every comment.
        minimum_support: Labelled comments a theme needs in the whole file to be measured.
    """

    path: Path
    format: Literal["qdc", "labelled"]
    part: Literal["test", "all"] = "test"
    minimum_support: int = 25

    def read(self, codebook: Codebook) -> list[LabelledComment]:
        """Read every comment of the file, whatever the part.

        Raises:
            DataError: The file cannot be read as what it is said to be, or its labels are not of
                the codebook.
        """
        if self.format == "labelled":
            return read_labelled(self.path, codebook)
        comments = read_qdc(self.path)
        if not set(shipped_codebook("fft").theme_ids) <= set(codebook.theme_ids):
            raise LabelError(
                f"{self.path} has themes of the codebook 'fft', and the model's is {codebook.id!r}"
            )
        return comments


def evaluate_model(
    model: str | Path, labelled: LabelledFile, operating_point: str = "balanced"
) -> tuple[Codebook, Evaluation]:
    """Measure a model on labelled comments.

    Returns:
        The model's codebook and its figures.

    Raises:
        NothingToMeasureError: The part has no comment, or no theme has enough examples.
    """
    tagger = load(model)
    comments = labelled.read(tagger.codebook)
    part = comments if labelled.part == "all" else _of("test", comments, tagger)
    data, themes = _measurable(tagger, comments, part, labelled)
    predictions = predictions_of(tagger, data, operating_point)
    return tagger.codebook, evaluate(restricted(predictions, themes))


def benchmark_model(model: str | Path, labelled: LabelledFile) -> Benchmark:
    """Train the baselines on the rows a model learnt from, and measure all on the test rows.

    Raises:
        NothingToMeasureError: No comment is kept for the test, none is left to train on, or no
            theme has enough examples.
    """
    tagger = load(model)
    comments = labelled.read(tagger.codebook)
    test, themes = _measurable(tagger, comments, _of("test", comments, tagger), labelled)
    train = distinct(_of("train", comments, tagger), tagger.codebook.theme_ids)
    if not len(train):
        raise NothingToMeasureError(f"{labelled.path}: has no comment to train the baselines on")
    columns = [tagger.codebook.theme_ids.index(theme) for theme in themes]
    systems = {
        PEER: _baseline(PeerBaseline(), train, test, columns),
        NGRAMS: _baseline(NgramBaseline(), train, test, columns),
        f"Sayso {tagger.manifest.id} {tagger.manifest.version}": _tagger(tagger, test, themes),
    }
    return compare(systems, test.labels[:, columns], themes, peer=PEER)


def _of(
    part: Literal["train", "test"], comments: list[LabelledComment], tagger: Tagger
) -> list[LabelledComment]:
    """Split as the model's own training did, lest it be measured on what it learnt from."""
    share = tagger.manifest.training.test_share
    return [c for c in comments if split_of(c.text, test_share=share) == part]


def _measurable(
    tagger: Tagger,
    comments: list[LabelledComment],
    part: list[LabelledComment],
    labelled: LabelledFile,
) -> tuple[DistinctComments, tuple[str, ...]]:
    ids = tagger.codebook.theme_ids
    data, themes = distinct(part, ids), themes_with(comments, ids, labelled.minimum_support)
    if not len(data):
        kind = "test comment" if labelled.part == "test" else "comment"
        raise NothingToMeasureError(f"{labelled.path}: has no {kind} to measure on")
    if not themes:
        raise NothingToMeasureError(
            f"{labelled.path}: no theme has {labelled.minimum_support} examples"
        )
    return data, themes


def _baseline(
    baseline: Baseline, train: DistinctComments, test: DistinctComments, columns: list[int]
) -> SystemScores:
    started = time.perf_counter()
    baseline.fit(train.texts, train.labels[:, columns])
    trained = time.perf_counter()
    scores = baseline.scores(test.texts)
    return SystemScores(
        scores, scores >= baseline.cut, trained - started, time.perf_counter() - trained
    )


def _tagger(tagger: Tagger, test: DistinctComments, themes: tuple[str, ...]) -> SystemScores:
    started = time.perf_counter()
    predictions = restricted(predictions_of(tagger, test), themes)
    seconds = time.perf_counter() - started
    return SystemScores(predictions.scores, predictions.predicted, None, seconds)
