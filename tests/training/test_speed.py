from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx

from models.artefact import GRAPH
from models.onnx_runtime import one_thread_session
from training.speed import given_graphs

if TYPE_CHECKING:
    from models import Tagger


def test_the_encoder_in_float32_reads_as_the_one_in_whole_numbers(tiny_tagger: Tagger) -> None:
    texts = ["waited 3 hours to be seen", "all 4 of the staff were lovely and kind " * 3]
    windows = tiny_tagger.comments.windows_of(texts, ["What could we do better?"] * 2)
    whole = np.concatenate(tiny_tagger.states(texts, ["What could we do better?"] * 2))
    in_order = [window for parts in windows for window in parts]
    plain = np.concatenate(given_graphs(tiny_tagger).float32(in_order[::-1])[::-1])
    assert np.corrcoef(whole.ravel(), plain.ravel())[0, 1] > 0.99


def test_the_products_are_those_of_the_graph(tiny_tagger: Tagger) -> None:
    groups = given_graphs(tiny_tagger).products
    assert [(group.inner, group.outer) for group in groups] == [
        (32, (32, 32, 32)),
        (32, (32,)),
        (32, (64,)),
        (64, (32,)),
    ] * 2
    given = np.random.default_rng(0).integers(0, 256, (5, 32), np.uint8)
    first, *_ = one_thread_session(groups[0].whole).run(None, {"given": given})
    graph = onnx.load(str(tiny_tagger.file(GRAPH))).graph
    weights = {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}
    expected = given.astype(int) @ weights["layer0.key.weights"].astype(int)
    assert (first == expected).all()
    plain = one_thread_session(groups[0].plain).run(None, {"given": np.ones((5, 32), np.float32)})
    assert [(each.shape, each.dtype) for each in plain] == [((5, 32), np.float32)] * 3
