from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evaluation import NothingToMeasureError
from evaluation.labelled import NGRAMS, PEER, LabelledFile, benchmark_model, evaluate_model
from labelled_data import LabelError, distinct, split_of, write_labelled
from models import read_manifest, write_manifest
from tests.labelled_data.test_qdc import published

if TYPE_CHECKING:
    from labelled_data import Codebook, LabelledComment


@pytest.fixture
def labelled(
    tmp_path: Path, tiny_comments: list[LabelledComment], tiny_codebook: Codebook
) -> LabelledFile:
    path = tmp_path / "labelled.csv"
    write_labelled(path, tiny_comments, tiny_codebook)
    return LabelledFile(path, "labelled")


def part(comments: list[LabelledComment], name: str) -> list[LabelledComment]:
    return [comment for comment in comments if split_of(comment.text) == name]


def test_a_model_is_measured_on_the_comments_kept_from_training(
    labelled: LabelledFile, tiny_artefact: Path, tiny_comments: list[LabelledComment]
) -> None:
    codebook, evaluation = evaluate_model(tiny_artefact, labelled)
    kept = distinct(part(tiny_comments, "test"), codebook.theme_ids)
    assert codebook.id == "tiny"
    assert evaluation.comments == len(kept)
    assert [theme.theme for theme in evaluation.by_theme] == list(codebook.theme_ids)
    assert [theme.support for theme in evaluation.by_theme] == kept.labels.sum(axis=0).tolist()
    assert evaluation.overall.micro.f1.value == pytest.approx(1, abs=0.2)


def test_a_model_can_be_measured_on_every_comment(
    labelled: LabelledFile, tiny_artefact: Path, tiny_comments: list[LabelledComment]
) -> None:
    _, evaluation = evaluate_model(tiny_artefact, dataclasses.replace(labelled, part="all"))
    assert evaluation.comments == len({comment.text for comment in tiny_comments})


def test_a_theme_with_too_few_examples_is_not_measured(
    labelled: LabelledFile, tiny_artefact: Path, tiny_comments: list[LabelledComment]
) -> None:
    counts = {
        theme: sum(theme in comment.themes for comment in tiny_comments)
        for theme in ("waiting", "kindness", "parking")
    }
    most = max(counts, key=lambda theme: counts[theme])
    only = dataclasses.replace(labelled, minimum_support=counts[most])
    _, evaluation = evaluate_model(tiny_artefact, only)
    assert [theme.theme for theme in evaluation.by_theme] == [most]


@pytest.mark.parametrize("measure", [evaluate_model, benchmark_model])
def test_no_theme_with_enough_examples_is_told(
    labelled: LabelledFile, tiny_artefact: Path, measure: type
) -> None:
    wanting = dataclasses.replace(labelled, minimum_support=1_000)
    with pytest.raises(NothingToMeasureError, match=r"labelled\.csv: no theme has 1000 examples"):
        measure(tiny_artefact, wanting)


@pytest.mark.parametrize("measure", [evaluate_model, benchmark_model])
def test_a_file_without_a_test_comment_is_told(
    labelled: LabelledFile,
    tiny_artefact: Path,
    tiny_comments: list[LabelledComment],
    tiny_codebook: Codebook,
    measure: type,
) -> None:
    write_labelled(labelled.path, part(tiny_comments, "train"), tiny_codebook)
    with pytest.raises(NothingToMeasureError, match=r"labelled\.csv: has no test comment"):
        measure(tiny_artefact, labelled)


@pytest.mark.parametrize("measure", [evaluate_model, benchmark_model])
def test_the_published_file_is_for_models_of_its_codebook(
    tmp_path: Path, tiny_artefact: Path, measure: type
) -> None:
    path = published(tmp_path, {"FFT answer": "On time", "Timeliness of care": "1"})
    with pytest.raises(LabelError, match=r"published\.csv .* 'fft'.* 'tiny'"):
        measure(tiny_artefact, LabelledFile(path, "qdc", "all", 0))


def test_baselines_and_model_are_measured_on_the_same_comments(
    labelled: LabelledFile, tiny_artefact: Path, tiny_comments: list[LabelledComment]
) -> None:
    figures = benchmark_model(tiny_artefact, labelled)
    assert [system.system for system in figures.systems] == [PEER, NGRAMS, "Sayso tiny 1.0.0"]
    assert [gain.system for gain in figures.differences] == [NGRAMS, "Sayso tiny 1.0.0"]
    assert {gain.peer for gain in figures.differences} == {PEER}
    assert figures.comments == len({each.text for each in part(tiny_comments, "test")})
    peer, ngrams, model = figures.systems
    assert peer.seconds_to_train is not None
    assert ngrams.seconds_to_train is not None
    assert model.seconds_to_train is None
    assert model.comments_per_second is not None


def test_a_benchmark_needs_comments_to_train_the_baselines_on(
    labelled: LabelledFile,
    tiny_artefact: Path,
    tiny_comments: list[LabelledComment],
    tiny_codebook: Codebook,
) -> None:
    write_labelled(labelled.path, part(tiny_comments, "test"), tiny_codebook)
    with pytest.raises(NothingToMeasureError, match=r"labelled\.csv: has no comment to train"):
        benchmark_model(tiny_artefact, dataclasses.replace(labelled, minimum_support=1))


@pytest.mark.parametrize("share", [0.05, 0.4])
def test_the_test_comments_are_those_of_the_models_own_training(
    labelled: LabelledFile,
    tiny_artefact: Path,
    tiny_comments: list[LabelledComment],
    tmp_path: Path,
    share: float,
) -> None:
    other = Path(shutil.copytree(tiny_artefact, tmp_path / "other"))
    manifest = read_manifest(other)
    recipe = json.loads(manifest.training.recipe)
    recipe["data"]["test_share"] = share
    training = manifest.training.model_copy(update={"recipe": json.dumps(recipe)})
    write_manifest(other, manifest.model_copy(update={"training": training}))
    texts = {c.text for c in tiny_comments if split_of(c.text, test_share=share) == "test"}
    _, evaluation = evaluate_model(other, labelled)
    assert evaluation.comments == len(texts)
