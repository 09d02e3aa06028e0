from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest

from evaluation.labelled import LabelledFile
from evaluation.speed.comments import SpeedData
from evaluation.speed.encoder_share import measure_encoder, run_shapes
from labelled_data import Codebook, LabelledComment, distinct, write_labelled
from models import Tagger, load, read_manifest
from models.artefact import GRAPH, hashes, write_manifest
from models.onnx_runtime import one_thread_session
from training.export import export, head_of
from training.fine_tune import Schedule, fine_tune
from training.speed import given_graphs

if TYPE_CHECKING:
    from training import Recipe

TEXTS = ["waited 3 hours to be seen", "all 4 of the staff were lovely and kind " * 3]
QUESTIONS = ["What could we do better?"] * 2


@pytest.fixture(scope="module")
def apart_tagger(
    tiny_artefact: Path,
    tiny_recipe: Recipe,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
    tmp_path_factory: pytest.TempPathFactory,
) -> Tagger:
    """An artefact whose encoder reads comments apart from their question, with one head of two."""
    made = tmp_path_factory.mktemp("apart")
    folder = Path(shutil.copytree(tiny_artefact, made / "apart"))
    data = distinct(tiny_comments, tiny_codebook.theme_ids)
    settings = tiny_recipe.encoder.model_copy(update={"apart": True, "heads": 1})
    tuned = fine_tune(data, settings, Schedule(1, 0, made / "checkpoints", "test"))
    manifest = read_manifest(folder)
    export(tuned, folder, data.texts, data.questions)
    head_of(tuned.network, slice(None)).save(folder)
    write_manifest(folder, manifest.model_copy(update={"files": hashes(folder)}))
    return load(folder)


@pytest.fixture(params=["tiny_tagger", "apart_tagger"])
def tagger(request: pytest.FixtureRequest) -> Tagger:
    found: Tagger = request.getfixturevalue(request.param)
    return found


def test_the_encoder_in_float32_reads_as_the_one_in_whole_numbers(tagger: Tagger) -> None:
    windows = tagger.comments.windows_of(TEXTS, QUESTIONS)
    whole = np.concatenate(tagger.states(TEXTS, QUESTIONS))
    in_order = [window for parts in windows for window in parts]
    plain = np.concatenate(given_graphs(tagger).float32(in_order[::-1])[::-1])
    assert np.corrcoef(whole.ravel(), plain.ravel())[0, 1] > 0.99


def test_the_products_are_those_of_the_graph(
    request: pytest.FixtureRequest, tagger: Tagger
) -> None:
    groups = given_graphs(tagger).products
    heads = 16 if "apart_tagger" in request.fixturenames else 32
    assert [(group.inner, group.outer) for group in groups] == [
        (32, (heads, heads, heads)),
        (heads, (32,)),
        (32, (64,)),
        (64, (32,)),
    ] * 2
    given = np.random.default_rng(0).integers(0, 256, (5, 32), np.uint8)
    first, *_ = one_thread_session(groups[0].whole).run(None, {"given": given})
    graph = onnx.load(str(tagger.file(GRAPH))).graph
    weights = {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}
    expected = given.astype(int) @ weights["layer0.key.weights"].astype(int)
    assert (first == expected).all()
    plain = one_thread_session(groups[0].plain).run(None, {"given": np.ones((5, 32), np.float32)})
    assert [(each.shape, each.dtype) for each in plain] == [((5, heads), np.float32)] * 3


def test_the_tokens_of_a_run_are_those_that_the_encoder_reads(
    tiny_tagger: Tagger, apart_tagger: Tagger
) -> None:
    windows = tiny_tagger.comments.windows_of(TEXTS, QUESTIONS)
    whole, own = (
        {tokens for _, tokens in run_shapes(tagger.encoder, TEXTS, windows)}
        for tagger in (tiny_tagger, apart_tagger)
    )
    assert whole == {len(window.ids) for parts in windows for window in parts}
    assert own == {len(window.ids) - window.head for parts in windows for window in parts}


def test_an_encoder_is_held_against_its_products_on_as_many_tokens(
    tagger: Tagger,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
    tmp_path: Path,
) -> None:
    file = tmp_path / "comments.csv"
    write_labelled(file, tiny_comments, tiny_codebook)
    data = SpeedData.of(LabelledFile(file, "labelled", minimum_support=1), tagger)
    share = measure_encoder(tagger, data, given_graphs(tagger).products, 1)
    windows = tagger.comments.windows_of(data.test.texts, data.test.questions)
    shapes = run_shapes(tagger.encoder, data.test.texts, windows)
    assert share.tokens == sum(count * tokens for count, tokens in shapes)
    assert min(share.encoder_seconds, share.whole_seconds, share.plain_seconds) > 0
