"""The neural half of the tagger: a fine-tuned sentence encoder as an int8 ONNX graph.

Each window is run on its own. Dynamic quantisation picks the scale of activations from everything
in a batch, so batching would let a comment's neighbours move its scores; one window a run makes the
same text give the same answer whatever came with it. Several runs go on at once, one a core.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np
from threadpoolctl import ThreadpoolController
from tokenizers import Tokenizer

from models.encoding import CommentEncoder, EncodingLimits, Window, pad
from models.errors import DamagedArtefactError
from models.onnx_runtime import ort
from models.reading import Reading, joined_reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import numpy.typing as npt

    from models.theme_head import ThemeHead

    Floats = npt.NDArray[np.float32]

GRAPH = "encoder.onnx"
TOKENIZER = "tokenizer.json"


class _Graph:
    """An ONNX graph that is being kept in memory."""

    def __init__(self, path: Path) -> None:
        self.session = _session(path)


_graphs: WeakValueDictionary[str, _Graph] = WeakValueDictionary()
"""Graphs in use by their hash: taggers that share an encoder hold it once."""


class Encoder:
    """Reads comments with an ONNX graph and the head of a codebook.

    Args:
        graph: The file ``encoder.onnx``: token ids in, states out.
        tokenizer: The file ``tokenizer.json``.
        head: What the codebook makes of the states.
        limits: Token limits the graph was trained with.
        sha256: Hash of the graph, by which taggers share it.
        threads: Runs at a time; by default one for each core this process may use.

    Raises:
        DamagedArtefactError: The graph or the tokenizer cannot be read.
    """

    def __init__(
        self,
        graph: Path,
        tokenizer: Path,
        head: ThemeHead,
        limits: EncodingLimits,
        sha256: str,
        threads: int | None = None,
    ) -> None:
        self._threads = threads or _cores()
        self._graph = _graphs.get(sha256) or _Graph(graph)
        _graphs[sha256] = self._graph
        self._encoder = CommentEncoder(_tokenizer(tokenizer), limits)
        self._head = head

    def read(self, texts: Sequence[str], questions: Sequence[str | None]) -> list[Reading]:
        """Read comments, each apart from the others."""
        with _one_thread_each(), ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._one, texts, questions))

    def states(self, texts: Sequence[str], questions: Sequence[str | None]) -> list[Floats]:
        """Encode comments without reading them: for each, (tokens, h) of all its windows."""

        def one(text: str, question: str | None) -> Floats:
            windows = self._encoder.windows(text, question)
            return np.concatenate([self._states(window) for window in windows])

        with _one_thread_each(), ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(one, texts, questions))

    def _states(self, window: Window) -> Floats:
        """Run one window through the graph: (tokens, h)."""
        states: Floats = self._graph.session.run(["states"], pad([window]))[0][0]
        return states

    def _one(self, text: str, question: str | None) -> Reading:
        windows = self._encoder.windows(text, question)
        states = [self._states(window) for window in windows]
        reading = joined_reading(text, windows, [self._head.read(each) for each in states])
        return replace(reading, state=mean_state(np.concatenate(states)))


def mean_state(states: Floats) -> Floats:
    """Average a comment's (tokens, h) states, whatever window they stand in."""
    mean: Floats = states.mean(axis=0)
    return mean


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def _one_thread_each() -> AbstractContextManager[object]:
    """Keep numpy's products to the thread that asks for them.

    They are small, and a library that shares each one out among all cores halves the speed of
    several readers at once.
    """
    limited: AbstractContextManager[object] = _libraries().limit(limits=1, user_api="blas")
    return limited


def _session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises several types of its own, none public
        raise DamagedArtefactError(f"{path}: not a graph that onnxruntime can run") from error


def _tokenizer(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises bare Exception
        raise DamagedArtefactError(f"{path}: not a tokenizer that can be read") from error


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
