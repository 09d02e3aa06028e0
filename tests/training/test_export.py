import shutil
from itertools import permutations
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from scipy.special import expit

from labelled_data import LabelledComment, distinct
from models import file_sha256
from models.artefact import EMBEDDINGS, GRAPH
from models.encoder import MOST_HEARD, Encoder
from models.encoding import CommentEncoder
from models.theme_head import ThemeHead
from training import ParityError, Recipe
from training.export import check_parity, export, export_vocabulary, head_of
from training.fine_tune import FineTuned, Schedule, fine_tune
from training.recipe import ConvolutionPart

THEMES = ("waiting", "kindness", "parking")
KINDS: dict[str, dict[str, object]] = {
    "layers": {},
    "relu": {"activation": "relu"},
    "apart": {"apart": True, "activation": "relu"},
    "narrow": {"apart": True, "activation": "relu", "heads": 1, "inner": 48},
    "convolution": {"convolution": ConvolutionPart(words=3, width=40, states=24)},
    "wide convolution": {"convolution": ConvolutionPart(words=7, width=24, states=16)},
    "attention": {"convolution": ConvolutionPart(width=40, states=24, layers=1, heads=4, inner=32)},
    "narrow words": {
        "convolution": ConvolutionPart(narrow=12, width=40, states=24, layers=1, heads=2, inner=32)
    },
    "more attention": {
        "convolution": ConvolutionPart(words=5, width=24, states=16, layers=2, heads=2, inner=24)
    },
}
"""What a recipe says of encoders of each kind."""
ALL, LATTER = slice(0, 3), slice(1, 3)
"""Columns of a codebook that stands alone, and of one that stands after another."""


@pytest.fixture(scope="module", params=list(KINDS.values()), ids=list(KINDS))
def tuned(
    request: pytest.FixtureRequest,
    tiny_recipe: Recipe,
    tiny_comments: list[LabelledComment],
    tmp_path_factory: pytest.TempPathFactory,
) -> FineTuned:
    schedule = Schedule(2, 0, tmp_path_factory.mktemp("work") / "checkpoints", "test")
    settings = tiny_recipe.encoder.model_copy(update=request.param)
    return fine_tune(distinct(tiny_comments, THEMES), settings, schedule)


@pytest.fixture(scope="module")
def folder(
    tuned: FineTuned,
    tiny_comments: list[LabelledComment],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    made = tmp_path_factory.mktemp("exported")
    data = distinct(tiny_comments, THEMES)
    export_vocabulary(tuned, made)
    export(tuned, made, data.texts, data.questions)
    return made


def _encoder(tuned: FineTuned, folder: Path, columns: slice) -> Encoder:
    head_of(tuned.network, columns).save(folder)
    return Encoder(
        graph=folder / GRAPH,
        embeddings=folder / EMBEDDINGS,
        head=ThemeHead.load(folder),
        sha256=(file_sha256(folder / GRAPH), file_sha256(folder / EMBEDDINGS)),
    )


@pytest.mark.parametrize("columns", [ALL, LATTER])
def test_the_exported_encoder_and_head_answer_as_the_network_does(
    tuned: FineTuned, folder: Path, tiny_comments: list[LabelledComment], columns: slice
) -> None:
    data = distinct(tiny_comments, THEMES)
    windows = CommentEncoder(tuned.tokenizer, tuned.limits).windows_of(data.texts, data.questions)
    readings = _encoder(tuned, folder, columns).read(data.texts, windows)
    trained = expit(tuned.scores(data.texts, data.questions)[:, columns])
    logits = expit(np.stack([reading.logits for reading in readings]))
    polarity = expit(np.stack([reading.polarity for reading in readings]))
    for exported, plain in ((logits, trained[..., 0]), (polarity, trained[..., 1:])):
        assert exported.shape == plain.shape
        assert np.abs(exported - plain).mean() < 0.01
        assert np.abs(exported - plain).max() < 0.1


def test_a_question_counts_after_the_export_as_before(
    tuned: FineTuned, folder: Path, tiny_comments: list[LabelledComment]
) -> None:
    texts = [comment.text for comment in tiny_comments[:30]]
    questions = ["what was kind", "how long was parking"] * 15
    windows = CommentEncoder(tuned.tokenizer, tuned.limits).windows_of(texts, questions)
    read = _encoder(tuned, folder, ALL).read(texts, windows)
    exported = expit(np.stack([reading.logits for reading in read]))
    plain = expit(tuned.scores(texts, questions)[..., 0])
    assert np.abs(exported - plain).mean() < 0.01
    assert not np.allclose(plain, expit(tuned.scores(texts, [None] * 30)[..., 0]), atol=1e-4)


def test_all_that_is_read_of_a_comment_is_somewhere_in_it(tuned: FineTuned, folder: Path) -> None:
    text = "Waited 3 hours. A kind smile. No parking within 2 miles."
    windows = CommentEncoder(tuned.tokenizer, tuned.limits).windows_of([text], ["how was it"])
    (reading,) = _encoder(tuned, folder, ALL).read([text], windows)
    ((seen,), (window,)) = reading.readings, reading.windows
    assert len(seen.attention) == len(window.ids)
    # all but what falls on the question and the marks around
    own = seen.attention[window.head : window.head + len(window.spans)].sum(axis=0)
    for theme, weight in enumerate(own):
        assert sum(reading.weights(theme)) == pytest.approx(weight, abs=1e-5)


def test_an_exported_encoder_reads_a_comment_the_same_whatever_is_read_beside_it(
    tuned: FineTuned, folder: Path, tiny_comments: list[LabelledComment]
) -> None:
    texts = ["kind", *(comment.text for comment in tiny_comments[:40]), "waited " * 120]
    longer = "what was kind and how long was parking and all of it"
    questions = ["how was it", None, longer] * 14
    windows = CommentEncoder(tuned.tokenizer, tuned.limits).windows_of(texts, questions)
    encoder = _encoder(tuned, folder, ALL)
    for text, parts, reading in zip(texts, windows, encoder.read(texts, windows), strict=True):
        (alone,) = encoder.read([text], [parts])
        assert reading.logits == pytest.approx(alone.logits, abs=1e-5)
        assert reading.polarity == pytest.approx(alone.polarity, abs=1e-5)
        for theme in range(len(reading.logits)):
            assert reading.weights(theme) == pytest.approx(alone.weights(theme), abs=1e-5)
        assert reading.state == pytest.approx(alone.state, abs=1e-5)


def test_a_question_is_heard_again_after_many_others(tuned: FineTuned, folder: Path) -> None:
    asked = permutations(["waited", "kind", "parking", "hours", "staff"], 4)
    questions = [" ".join(words) for words in asked]
    assert len(questions) > MOST_HEARD
    text = "waited 3 hours, all kind"
    windows = CommentEncoder(tuned.tokenizer, tuned.limits).windows_of(
        [text] * len(questions), questions
    )
    encoder = _encoder(tuned, folder, ALL)
    for parts, reading in zip(windows, encoder.read([text] * len(windows), windows), strict=True):
        assert reading.logits == pytest.approx(encoder.read([text], [parts])[0].logits, abs=1e-5)


def test_a_graph_that_says_nothing_of_itself_is_read_all_the_same(
    tuned: FineTuned, folder: Path, tiny_comments: list[LabelledComment], tmp_path: Path
) -> None:
    """As those of earlier releases are, by windows of one length."""
    silent = Path(shutil.copytree(folder, tmp_path / "silent"))
    graph = onnx.load(silent / GRAPH)
    del graph.metadata_props[:]
    onnx.save(graph, silent / GRAPH)
    texts = [comment.text for comment in tiny_comments[:40]]
    windows = CommentEncoder(tuned.tokenizer, tuned.limits).windows_of(texts, [None] * 40)
    one, other = (_encoder(tuned, place, ALL).read(texts, windows) for place in (folder, silent))
    for reading, like in zip(one, other, strict=True):
        assert reading.logits == pytest.approx(like.logits, abs=1e-5)
        for theme in range(len(reading.logits)):
            assert reading.weights(theme) == pytest.approx(like.weights(theme), abs=1e-5)


def test_a_head_holds_the_themes_of_its_own_columns_and_the_polarity_of_all(
    tuned: FineTuned,
) -> None:
    whole, latter = head_of(tuned.network, ALL), head_of(tuned.network, LATTER)
    assert np.array_equal(latter.attention, whole.attention[:, LATTER])
    assert np.array_equal(latter.readout, whole.readout[LATTER])
    assert np.array_equal(latter.bias, whole.bias[LATTER])
    assert np.array_equal(latter.polarity, whole.polarity)


def test_a_head_reads_the_same_after_it_was_saved(tuned: FineTuned, tmp_path: Path) -> None:
    head = head_of(tuned.network, LATTER)
    head.save(tmp_path)
    states = (
        np.random.default_rng(0).normal(size=(5, tuned.network.readout.shape[1])).astype(np.float32)
    )
    before, after = head.read(states), ThemeHead.load(tmp_path).read(states)
    assert all(np.array_equal(*pair) for pair in zip(
        (before.logits, before.polarity, before.attention),
        (after.logits, after.polarity, after.attention),
        strict=True,
    ))  # fmt: skip


def test_no_comments_get_no_scores(tuned: FineTuned) -> None:
    assert tuned.scores([], []).shape == (0, len(THEMES), 3)


def test_a_comment_is_scored_the_same_whatever_stands_beside_it(
    tuned: FineTuned, tiny_comments: list[LabelledComment]
) -> None:
    texts = [comment.text for comment in tiny_comments[:40]] + ["waited " * 120]
    together = tuned.scores(texts, [None] * len(texts))
    alone = np.concatenate([tuned.scores([text], [None]) for text in texts])
    assert together == pytest.approx(alone, abs=1e-4)


def test_the_difference_is_told_where_it_is_allowed(tuned: FineTuned, folder: Path) -> None:
    encoder = _encoder(tuned, folder, LATTER)
    texts = ["a kind smile from 3 people", "no parking within 2 miles"]
    difference = check_parity(tuned, encoder, LATTER, texts, [None, None], tolerance=0.01)
    assert 0 <= difference <= 0.01


def test_a_graph_that_answers_otherwise_is_refused(tuned: FineTuned, folder: Path) -> None:
    encoder = _encoder(tuned, folder, ALL)
    with torch.no_grad():
        tuned.network.bias.add_(3)
    with pytest.raises(ParityError, match="differ from the trained network's"):
        check_parity(tuned, encoder, ALL, ["a kind nurse"], [None], tolerance=0.01)
    with torch.no_grad():
        tuned.network.bias.sub_(3)


def test_a_head_of_other_columns_is_refused(tuned: FineTuned, folder: Path) -> None:
    texts = ["a kind smile from 3 people", "waited 3 hours to be seen"]
    encoder = _encoder(tuned, folder, slice(0, 2))
    with pytest.raises(ParityError, match="differ from the trained network's"):
        check_parity(tuned, encoder, LATTER, texts, [None, None], tolerance=0.01)
