from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from evaluation import NothingToMeasureError
from evaluation.labelled import NGRAMS, PEER, LabelledFile, benchmark_model, evaluate_model
from labelled_data import LabelError, Polarity, Span, distinct, split_of, write_labelled
from models import load
from tests.evaluation.artefacts import with_test_share
from tests.labelled_data.test_qdc import published

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from labelled_data import Codebook, LabelledComment
    from models import Tagger


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
    labelled: LabelledFile, tiny_tagger: Tagger, tiny_comments: list[LabelledComment]
) -> None:
    evaluation = evaluate_model(tiny_tagger, labelled)
    ids = tiny_tagger.codebook.theme_ids
    kept = distinct(part(tiny_comments, "test"), ids)
    assert evaluation.comments == len(kept)
    assert [theme.theme for theme in evaluation.by_theme] == list(ids)
    assert [theme.support for theme in evaluation.by_theme] == kept.labels.sum(axis=0).tolist()
    assert evaluation.overall.micro.f1.value == pytest.approx(1, abs=0.2)


def test_a_model_can_be_measured_on_every_comment(
    labelled: LabelledFile, tiny_tagger: Tagger, tiny_comments: list[LabelledComment]
) -> None:
    evaluation = evaluate_model(tiny_tagger, dataclasses.replace(labelled, part="all"))
    assert evaluation.comments == len({comment.text for comment in tiny_comments})


def test_a_theme_with_too_few_examples_is_not_measured(
    labelled: LabelledFile, tiny_tagger: Tagger, tiny_comments: list[LabelledComment]
) -> None:
    counts = {
        theme: sum(theme in comment.themes for comment in tiny_comments)
        for theme in ("waiting", "kindness", "parking")
    }
    most = max(counts, key=lambda theme: counts[theme])
    only = dataclasses.replace(labelled, minimum_support=counts[most])
    evaluation = evaluate_model(tiny_tagger, only)
    assert [theme.theme for theme in evaluation.by_theme] == [most]


@pytest.mark.parametrize("measure", [evaluate_model, benchmark_model])
def test_no_theme_with_enough_examples_is_told(
    labelled: LabelledFile, tiny_tagger: Tagger, measure: Callable[..., object]
) -> None:
    wanting = dataclasses.replace(labelled, minimum_support=1_000)
    with pytest.raises(NothingToMeasureError, match=r"labelled\.csv: no theme has 1000 examples"):
        measure(tiny_tagger, wanting)


@pytest.mark.parametrize("measure", [evaluate_model, benchmark_model])
def test_a_file_without_a_test_comment_is_told(
    labelled: LabelledFile,
    tiny_tagger: Tagger,
    tiny_comments: list[LabelledComment],
    tiny_codebook: Codebook,
    measure: Callable[..., object],
) -> None:
    write_labelled(labelled.path, part(tiny_comments, "train"), tiny_codebook)
    with pytest.raises(NothingToMeasureError, match=r"labelled\.csv: has no test comment"):
        measure(tiny_tagger, labelled)


@pytest.mark.parametrize("measure", [evaluate_model, benchmark_model])
def test_the_published_file_is_for_models_of_its_codebook(
    tmp_path: Path, tiny_tagger: Tagger, measure: Callable[..., object]
) -> None:
    path = published(tmp_path, {"FFT answer": "On time", "Timeliness of care": "1"})
    with pytest.raises(LabelError, match=r"published\.csv .* 'fft'.* 'tiny'"):
        measure(tiny_tagger, LabelledFile(path, "qdc", "all", 0))


def test_baselines_and_model_are_measured_on_the_same_comments(
    labelled: LabelledFile, tiny_tagger: Tagger, tiny_comments: list[LabelledComment]
) -> None:
    figures = benchmark_model(tiny_tagger, labelled)
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
    tiny_tagger: Tagger,
    tiny_comments: list[LabelledComment],
    tiny_codebook: Codebook,
) -> None:
    write_labelled(labelled.path, part(tiny_comments, "test"), tiny_codebook)
    with pytest.raises(NothingToMeasureError, match=r"labelled\.csv: has no comment to train"):
        benchmark_model(tiny_tagger, dataclasses.replace(labelled, minimum_support=1))


@pytest.mark.parametrize("share", [0.05, 0.4])
def test_the_test_comments_are_those_of_the_models_own_training(
    labelled: LabelledFile,
    tiny_artefact: Path,
    tiny_comments: list[LabelledComment],
    tmp_path: Path,
    share: float,
) -> None:
    other = with_test_share(tiny_artefact, share, tmp_path / "other")
    texts = {c.text for c in tiny_comments if split_of(c.text, test_share=share) == "test"}
    assert evaluate_model(load(other), labelled).comments == len(texts)


def test_polarity_and_evidence_are_measured_where_a_person_told_them(
    labelled: LabelledFile,
    tiny_tagger: Tagger,
    tiny_comments: list[LabelledComment],
    tiny_codebook: Codebook,
) -> None:
    told = dataclasses.replace(
        tiny_comments[0],
        text="waited 5 hours to be seen. a kind smile from 9 people.",
        themes=("waiting", "kindness"),
        polarity={"waiting": Polarity.NEGATIVE, "kindness": Polarity.POSITIVE},
        evidence={"waiting": (Span(0, 26),), "kindness": (Span(27, 54),)},
    )
    everything = dataclasses.replace(labelled, part="all")
    assert evaluate_model(tiny_tagger, everything).polarity is None
    assert evaluate_model(tiny_tagger, everything).evidence is None
    write_labelled(labelled.path, [*tiny_comments, told], tiny_codebook)
    evaluation = evaluate_model(tiny_tagger, everything)
    (answer,) = tiny_tagger.tag([told.text], told.question)
    given = len(set(answer.themes) & set(told.themes))
    assert given
    assert evaluation.polarity is not None
    assert evaluation.polarity.tags == given
    assert evaluation.evidence is not None
    assert evaluation.evidence.tags == given
