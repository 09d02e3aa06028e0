"""Measuring models on a file of labelled comments, alone or beside the baselines."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from evaluation.baselines import NgramBaseline, PeerBaseline
from evaluation.benchmark import Benchmark, SystemScores, compare
from evaluation.coded_surveys import open_survey
from evaluation.errors import NothingToMeasureError
from evaluation.group_columns import groupings
from evaluation.groups import evaluate_by
from evaluation.taggers import (
    RememberingTagger,
    evaluate_tagger,
    predictions_by_comment,
    predictions_of,
    restricted,
    themes_with,
)
from labelled_data import (
    LabelError,
    distinct,
    normalise,
    read_labelled,
    read_qdc,
    shipped_codebook,
    split_of,
)
from models import file_sha256

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evaluation.baselines import Baseline
    from evaluation.groupings import GroupBy
    from evaluation.metrics import Evaluation
    from labelled_data import Codebook, DistinctComments, LabelledComment
    from models import Tagger

PEER = "peer (TF-IDF + SVC)"
NGRAMS = "n-grams (logistic regression)"


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """Labelled comments to measure on.

    Attributes:
        path: The file.
        format: "qdc" for the published FFT file, "labelled" for Sayso's own, "survey" for the
            definition of a survey that was coded; see `evaluation.coded_surveys`.
        part: "test" for the comments that training leaves aside, "all" for every comment.
        minimum_support: Labelled comments a theme needs in the whole file to be measured.
    """

    path: Path
    format: Literal["qdc", "labelled", "survey"]
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
        if self.format == "survey":
            return open_survey(self.path).comments(codebook)
        comments = read_qdc(self.path)
        if self.needs_crosswalk(codebook):
            raise LabelError(
                f"{self.path} has themes of the codebook 'fft', and the model's is {codebook.id!r}"
            )
        return comments

    def needs_crosswalk(self, codebook: Codebook) -> bool:
        """Tell whether the labels are of another codebook, so that only a crosswalk tells."""
        published = set(shipped_codebook("fft").theme_ids)
        return self.format == "qdc" and not published <= set(codebook.theme_ids)

    def takes(self, text: str, test_share: float) -> bool:
        """Tell whether a comment is of the part.

        Args:
            text: The comment.
            test_share: Share of texts that the model's own training left aside, 0 to 1. Measured
                with another share, it would be measured on what it learnt from.
        """
        return self.part == "all" or split_of(text, test_share=test_share) == "test"

    def sha256(self) -> dict[str, str]:
        """Give the hash of each file that is read, by name."""
        paths = [self.path]
        if self.format == "survey":
            survey = open_survey(self.path)
            paths += [survey.responses, survey.codes]
        return {path.name: file_sha256(path) for path in paths}

    def nothing_to_measure(self) -> NothingToMeasureError:
        """Give the error for a part without a comment."""
        kind = "test comment" if self.part == "test" else "comment"
        return NothingToMeasureError(f"{self.path}: has no {kind} to measure on")

    def too_few_examples(self) -> NothingToMeasureError:
        """Give the error for a file without a theme that has enough examples."""
        return NothingToMeasureError(f"{self.path}: no theme has {self.minimum_support} examples")


def evaluate_model(
    tagger: Tagger,
    labelled: LabelledFile,
    operating_point: str = "balanced",
    by: Sequence[GroupBy] = (),
) -> Evaluation:
    """Measure a model on labelled comments.

    Args:
        tagger: The model.
        labelled: The comments.
        operating_point: Which thresholds to use.
        by: Characteristics whose groups are measured too: on every comment of the part, since
            equal words are of several people, and over all themes that these carry.

    Raises:
        NothingToMeasureError: The part has no comment, or no theme has enough examples.
        DataError: The file cannot be read as what it is said to be, its labels are not of the
            model's codebook, or it lacks a group.
    """
    ids = tagger.codebook.theme_ids
    comments = labelled.read(tagger.codebook)
    share = tagger.manifest.training.test_share
    data, themes = measurable(labelled, comments, ids, share)
    if not by:
        return evaluate_tagger(tagger, data, themes, operating_point)
    every = [c for c in comments if normalise(c.text) and labelled.takes(c.text, share)]
    parted, remembering = groupings(labelled, every, by), RememberingTagger(tagger)
    evaluation = evaluate_tagger(remembering, data, themes, operating_point)
    carried = themes_with(every, ids, 1)
    predictions = predictions_by_comment(remembering, every, carried, operating_point)
    rows = [comment.source_row for comment in every]
    by_group = {
        characteristic: evaluate_by(predictions, grouping, evaluation.settings, rows)
        for characteristic, grouping in parted.items()
    }
    return evaluation.model_copy(update={"by_group": by_group})


def benchmark_model(tagger: Tagger, labelled: LabelledFile) -> Benchmark:
    """Train the baselines on the rows a model learnt from, and measure all on the test rows.

    Raises:
        NothingToMeasureError: No comment is kept for the test, none is left to train on, or no
            theme has enough examples.
        DataError: The file cannot be read as what it is said to be, or its labels are not of the
            model's codebook.
    """
    ids, share = tagger.codebook.theme_ids, tagger.manifest.training.test_share
    train, test, themes = train_and_test(labelled, labelled.read(tagger.codebook), ids, share)
    columns = [ids.index(theme) for theme in themes]
    systems = {
        PEER: _baseline(PeerBaseline(), train, test, columns),
        NGRAMS: _baseline(NgramBaseline(), train, test, columns),
        f"Sayso {tagger.manifest.id} {tagger.manifest.version}": _tagger(tagger, test, themes),
    }
    return compare(systems, test.labels[:, columns], themes, peer=PEER)


def train_and_test(
    labelled: LabelledFile,
    comments: Sequence[LabelledComment],
    theme_ids: Sequence[str],
    test_share: float,
) -> tuple[DistinctComments, DistinctComments, tuple[str, ...]]:
    """Part comments as a model's training did; see ``measurable`` for the arguments.

    Returns:
        What baselines learn from, what all are measured on, and the themes that are measured.

    Raises:
        NothingToMeasureError: One of the parts has no comment, or no theme has enough examples.
    """
    test, themes = measurable(replace(labelled, part="test"), comments, theme_ids, test_share)
    learnt = [c for c in comments if split_of(c.text, test_share=test_share) == "train"]
    train = distinct(learnt, theme_ids)
    if not len(train):
        raise NothingToMeasureError(f"{labelled.path}: has no comment to train the baselines on")
    return train, test, themes


def measurable(
    labelled: LabelledFile,
    comments: Sequence[LabelledComment],
    theme_ids: Sequence[str],
    test_share: float,
) -> tuple[DistinctComments, tuple[str, ...]]:
    """Give the comments to measure on, and the themes with enough examples in the whole file.

    Args:
        labelled: The file.
        comments: Every comment of the file.
        theme_ids: The themes, columns of the comments' targets.
        test_share: Share of texts that the model's own training left aside, 0 to 1.

    Raises:
        NothingToMeasureError: The part has no comment, or no theme has enough examples.
    """
    data = distinct([c for c in comments if labelled.takes(c.text, test_share)], theme_ids)
    if not len(data):
        raise labelled.nothing_to_measure()
    themes = themes_with(comments, theme_ids, labelled.minimum_support)
    if not themes:
        raise labelled.too_few_examples()
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
