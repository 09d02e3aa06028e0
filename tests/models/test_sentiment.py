import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from models import (
    DamagedArtefactError,
    Prediction,
    Status,
    Tagger,
    load,
    read_manifest,
    write_manifest,
)
from models.artefact import SENTIMENT, hashes
from models.encoder import mean_state
from models.sentiment import STEPS, SentimentHead

Floats = npt.NDArray[np.float32]

COMMENTS = ("waited 5 hours to be seen", "no parking but so kind", "nothing more to say")


def array(seed: int, *shape: int) -> Floats:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def a_head(hidden: int = 3, seed: int = 0) -> SentimentHead:
    return SentimentHead(array(seed, hidden, STEPS), array(seed + 1, STEPS))


@pytest.fixture
def copy(tiny_artefact: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_artefact, tmp_path / "copy"))


@pytest.fixture
def hearing(copy: Path, tiny_tagger: Tagger) -> Path:
    """The tiny artefact with a head whose answer depends on the comment, and no other reader."""
    states = [mean_state(each) for each in tiny_tagger.states(COMMENTS, [None] * len(COMMENTS))]
    apart = states[1] - states[0]
    half = float(apart @ (states[0] + states[1]) / 2)
    head = SentimentHead(np.tile(apart[:, None], (1, STEPS)), np.full(STEPS, -half, np.float32))
    head.save(copy)
    changes = {"files": hashes(copy), "cascade": None}
    write_manifest(copy, read_manifest(copy).model_copy(update=changes))
    return copy


@given(st.integers(0, 999))
def test_a_sentiment_is_one_of_five(seed: int) -> None:
    assert a_head(seed=seed).predict(array(seed + 2, 3)) in (1, 2, 3, 4, 5)


@pytest.mark.parametrize("sentiment", [1, 2, 3, 4, 5])
def test_a_sentiment_is_worse_by_each_step_that_is_more_likely_than_not(sentiment: int) -> None:
    bias = np.where(np.arange(STEPS) < sentiment - 1, 1.0, -1.0).astype(np.float32)
    head = SentimentHead(np.zeros((3, STEPS), np.float32), bias)
    assert head.predict(array(0, 3)) == sentiment


@given(st.integers(0, 999), st.floats(0, 10))
def test_what_points_to_worse_never_makes_a_comment_better(seed: int, more: float) -> None:
    worse = np.abs(array(seed, 3, 1))
    head = SentimentHead(np.tile(worse, (1, STEPS)), array(seed + 1, STEPS))
    state = array(seed + 2, 3)
    assert head.predict(state + np.float32(more)) >= head.predict(state)


def test_a_saved_head_hears_as_before(tmp_path: Path) -> None:
    a_head().save(tmp_path)
    again = SentimentHead.load(tmp_path)
    assert np.array_equal(again.weights, a_head().weights)
    assert np.array_equal(again.bias, a_head().bias)


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\xff" * 64])
def test_a_file_that_is_no_head_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SENTIMENT).write_bytes(content)
    with pytest.raises(DamagedArtefactError, match=r"sentiment\.safetensors"):
        SentimentHead.load(tmp_path)


@pytest.mark.parametrize(
    "arrays",
    [
        {"weights": array(0, 3, STEPS)},
        {"weights": array(0, 3, STEPS), "bias": array(1, STEPS), "surprise": array(2, 1)},
        {"weights": array(0, 3, 5), "bias": array(1, 5)},
        {"weights": array(0, STEPS), "bias": array(1, STEPS)},
    ],
)
def test_other_arrays_than_those_of_a_head_are_refused_by_name(
    tmp_path: Path, arrays: dict[str, Floats]
) -> None:
    save_file(arrays, tmp_path / SENTIMENT)
    with pytest.raises(DamagedArtefactError, match=r"sentiment\.safetensors: does not hold"):
        SentimentHead.load(tmp_path)


def test_a_tagger_without_a_head_tells_no_sentiment(tiny_tagger: Tagger) -> None:
    assert [answer.sentiment for answer in tiny_tagger.tag(COMMENTS)] == [None, None, None]


def test_a_tagger_with_a_head_tells_a_sentiment_and_the_same_themes(
    hearing: Path, copy: Path
) -> None:
    heard = load(hearing).tag(COMMENTS)
    manifest = read_manifest(copy)
    files = {name: sha256 for name, sha256 in manifest.files.items() if name != SENTIMENT}
    write_manifest(copy, manifest.model_copy(update={"files": files}))
    plain = load(copy).tag(COMMENTS)
    assert [answer.sentiment for answer in heard[:2]] == [1, 5]
    assert all(answer.sentiment for answer in heard)
    assert [(a.status, a.tags, a.scores) for a in heard] == [
        (a.status, a.tags, a.scores) for a in plain
    ]


def test_a_comment_that_is_not_read_has_no_sentiment(hearing: Path) -> None:
    assert load(hearing).tag(["...", ""]) == [Prediction(Status.EMPTY)] * 2


def test_a_long_comment_has_the_sentiment_of_all_its_windows(hearing: Path) -> None:
    tagger, text = load(hearing), " ".join(f"{comment}." for comment in COMMENTS * 10)
    (states,) = tagger.states([text], [None])
    assert len(states) > 2 * tagger.limits.window
    (answer,) = tagger.tag([text])
    assert answer.sentiment == SentimentHead.load(hearing).predict(mean_state(states))


def test_a_head_that_the_manifest_does_not_vouch_for_is_not_read(copy: Path) -> None:
    (copy / SENTIMENT).write_bytes(b"not safetensors")
    assert load(copy).tag(COMMENTS[:1])[0].sentiment is None


def test_a_changed_head_is_refused(hearing: Path) -> None:
    with (hearing / SENTIMENT).open("ab") as file:
        file.write(b" ")
    with pytest.raises(DamagedArtefactError, match=SENTIMENT):
        load(hearing)
