from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest

from evaluation import Evaluation
from evaluation.labelled import LabelledFile
from labelled_data import split_of, write_labelled
from models import load, read_manifest
from models.artefact import METRICS, SENTIMENT
from models.sentiment import STEPS
from training.errors import DataTooSmallError, TrainingError
from training.fit_sentiment import add_sentiment, fit_sentiment

if TYPE_CHECKING:
    from labelled_data import Codebook, LabelledComment
    from tests.command_line import CommandLine


@pytest.fixture
def copy(tiny_artefact: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_artefact, tmp_path / "copy"))


@pytest.fixture
def comments(tiny_comments: list[LabelledComment]) -> list[LabelledComment]:
    """As many kind words, of sentiment 1, as words of waiting, of sentiment 4."""
    return [each for each in tiny_comments if each.themes in {("kindness",), ("waiting",)}]


@pytest.fixture
def data(tmp_path: Path, comments: list[LabelledComment], tiny_codebook: Codebook) -> Path:
    return written(tmp_path / "comments.csv", comments, tiny_codebook)


def written(path: Path, comments: list[LabelledComment], codebook: Codebook) -> Path:
    write_labelled(path, comments, codebook)
    return path


def states_of(told: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.float32]:
    noise = 0.1 * np.random.default_rng(seed).standard_normal((len(told), 6))
    noise[:, 0] += 100 * told  # of another size than the rest
    noise[:, 5] = 7  # and one that tells nothing
    return noise.astype(np.float32)


def test_a_head_learns_an_order_and_keeps_it_for_new_states() -> None:
    told = np.tile(np.arange(1, 6), 80)
    head = fit_sentiment(states_of(told, seed=0), told)
    heard = [head.predict(state) for state in states_of(told, seed=1)]
    assert np.mean(heard == told) > 0.9


@pytest.mark.parametrize("only", [1, 4, 5])
def test_a_sentiment_that_is_always_told_is_always_said(only: int) -> None:
    told = np.full(30, only)
    head = fit_sentiment(states_of(told, seed=0), told)
    assert {head.predict(state) for state in states_of(told, seed=1)} == {only}
    assert head.weights.shape == (6, STEPS)


def test_an_artefact_learns_sentiment_and_tags_as_before(copy: Path, data: Path) -> None:
    texts = ("nurse number 3 was so kind", "waited 9 hours to be seen")
    before = load(copy).tag(texts)
    figures = add_sentiment(copy, LabelledFile(data, "labelled"), "1.1.0")
    after = load(copy)
    assert after.manifest.version == "1.1.0"
    assert [answer.sentiment for answer in after.tag(texts)] == [1, 4]
    assert [replace(answer, sentiment=None) for answer in after.tag(texts)] == before
    assert figures is not None
    assert figures.accuracy.value is not None
    assert figures.accuracy.value > 0.8


def test_figures_and_card_tell_of_sentiment_and_keep_the_rest(copy: Path, data: Path) -> None:
    before = Evaluation.model_validate_json((copy / METRICS).read_text("utf-8"))
    assert before.sentiment is None
    figures = add_sentiment(copy, LabelledFile(data, "labelled"))
    after = Evaluation.model_validate_json((copy / METRICS).read_text("utf-8"))
    assert after == before.model_copy(update={"sentiment": figures})
    assert "sentiment from 1 (very positive)" in (copy / "README.md").read_text("utf-8")
    assert read_manifest(copy).files.keys() >= {SENTIMENT, METRICS}


def test_only_comments_outside_the_test_are_learnt_from(
    copy: Path,
    tmp_path: Path,
    data: Path,
    comments: list[LabelledComment],
    tiny_codebook: Codebook,
) -> None:
    share = read_manifest(copy).training.test_share
    other = [
        replace(comment, sentiment=5)
        if split_of(comment.text, test_share=share) == "test"
        else comment
        for comment in comments
    ]
    changed = written(tmp_path / "other.csv", other, tiny_codebook)
    add_sentiment(copy, LabelledFile(data, "labelled"))
    learnt = (copy / SENTIMENT).read_bytes()
    figures = add_sentiment(copy, LabelledFile(changed, "labelled"))
    assert (copy / SENTIMENT).read_bytes() == learnt
    assert figures is not None
    assert sum(figures.confusion[5].values()) == figures.comments


def test_the_manifest_names_data_that_the_encoder_has_not_seen(
    copy: Path, tmp_path: Path, comments: list[LabelledComment], tiny_codebook: Codebook
) -> None:
    before = read_manifest(copy).training.data_sha256
    other = written(tmp_path / "other.csv", comments[:-1], tiny_codebook)
    add_sentiment(copy, LabelledFile(other, "labelled"))
    after = read_manifest(copy).training.data_sha256
    assert set(after) - set(before) == {"other.csv (sentiment)"}
    assert before.items() <= after.items()


def test_an_artefact_that_was_never_measured_stays_so(copy: Path, data: Path) -> None:
    (copy / METRICS).write_text("{}\n", "utf-8")
    manifest = json.loads((copy / "artefact.json").read_text("utf-8"))
    del manifest["files"][METRICS]
    (copy / "artefact.json").write_text(json.dumps(manifest), "utf-8")
    add_sentiment(copy, LabelledFile(data, "labelled"))
    assert json.loads((copy / METRICS).read_text("utf-8")) == {}
    assert load(copy).tag(["nurse number 3 was so kind"])[0].sentiment == 1


def test_a_shipped_model_needs_another_version(data: Path) -> None:
    for version in (None, load("fft").manifest.version):
        with pytest.raises(TrainingError, match="is shipped"):
            add_sentiment("fft", LabelledFile(data, "labelled"), version)


def test_comments_without_sentiment_are_too_few_to_learn_from(
    copy: Path, tmp_path: Path, comments: list[LabelledComment], tiny_codebook: Codebook
) -> None:
    silent = [replace(comment, sentiment=None) for comment in comments]
    file = written(tmp_path / "silent.csv", silent, tiny_codebook)
    with pytest.raises(DataTooSmallError, match="0 comments with a sentiment"):
        add_sentiment(copy, LabelledFile(file, "labelled"))
    assert not (copy / SENTIMENT).exists()


def test_the_command_fits_and_says_how_well(run: CommandLine, copy: Path, data: Path) -> None:
    ended = run("fit-sentiment", copy, "--data", data, "--format", "labelled")
    assert ended.status == 0
    assert " test comments accuracy " in ended.stdout
    assert f"Written to {copy}" in ended.stdout
    assert load(copy).tag(["nurse number 3 was so kind"])[0].sentiment == 1


def test_the_command_refuses_a_shipped_model_in_one_sentence(run: CommandLine, data: Path) -> None:
    ended = run("fit-sentiment", "fft", "--data", data, "--format", "labelled")
    assert ended.status == 2
    assert "give what it becomes another version" in ended.stderr
