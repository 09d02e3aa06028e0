"""The neural half of the tagger: a fine-tuned sentence encoder as an int8 ONNX graph.

Windows of the same number of tokens are run together, some hundred tokens at a time, and several
runs go on at once, one a core. Nothing is padded, and the scales by which activations become whole
numbers are fixed in the graph: so the same text gives the same answer whatever came with it.

A graph takes in a window whole, or reads the comment apart: then it is given the mean of what
stands before the comment, beside the comment's own tokens, which are fewer.
"""

from __future__ import annotations

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from weakref import WeakValueDictionary

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from threadpoolctl import ThreadpoolController

from models.errors import DamagedArtefactError
from models.onnx_runtime import one_thread_session, ort
from models.reading import Reading, joined_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    import numpy.typing as npt

    from models.encoding import Window
    from models.theme_head import ThemeHead, WindowReading, WindowReadings

    Floats = npt.NDArray[np.float32]
    Place = tuple[int, int]

T = TypeVar("T")

BUDGET = 512
"""Tokens in a run: fewer leave the processor short of work, more outgrow its cache."""

ASKED = "asked"
"""The input of a graph that reads comments apart: (windows, h), on the scale of the words."""
MOST_ASKED = 1_000
"""Questions whose means are remembered."""

_graphs: WeakValueDictionary[str, ort.InferenceSession] = WeakValueDictionary()
"""Graphs in use by their hash: taggers that share an encoder hold it once."""
_embeddings: WeakValueDictionary[str, npt.NDArray[np.uint8]] = WeakValueDictionary()
"""Embeddings in use by their hash, which encoders share too."""


class _Run(NamedTuple):
    """Windows of one length, read at once.

    Attributes:
        places: (comment, window) of each.
        readings: What they say.
        sums: (windows, h) their states, added up over the tokens.
    """

    places: list[Place]
    readings: WindowReadings
    sums: Floats


class _Comment(NamedTuple):
    """A comment that is being read.

    Attributes:
        text: The comment.
        windows: Its windows.
        read: What is read of each token by token.
    """

    text: str
    windows: list[Window]
    read: list[Window]


class Encoder:
    """Reads comments with an ONNX graph and the head of a codebook.

    Args:
        graph: The file ``encoder.onnx``: embedded tokens in, states out.
        embeddings: The file ``embeddings.safetensors``: a row of 8-bit numbers for each token id.
        head: What the codebook makes of the states.
        sha256: Hashes of these two files, by which taggers share what stands in them.
        threads: Runs at a time; by default one for each core this process may use.

    Raises:
        DamagedArtefactError: The graph or the embeddings cannot be read.
    """

    def __init__(
        self,
        graph: Path,
        embeddings: Path,
        head: ThemeHead,
        sha256: tuple[str, str],
        threads: int | None = None,
    ) -> None:
        self.threads = threads or len(cores())
        self._session = _shared(_graphs, sha256[0], lambda: _session(graph))
        self._words = _shared(_embeddings, sha256[1], lambda: _words(embeddings))
        self._head = head
        self._apart = any(given.name == ASKED for given in self._session.get_inputs())
        self._asked: dict[tuple[int, ...], npt.NDArray[np.uint8]] = {}

    def reader(self, pool: ThreadPoolExecutor) -> Reader:
        """Begin to read comments, which are taken on as they come.

        Args:
            pool: See ``reading_pool``.
        """
        return Reader(pool, self._run, self._read_of)

    def read(self, texts: Sequence[str], windows: Sequence[list[Window]]) -> list[Reading]:
        """Read comments, each apart from the others.

        Args:
            texts: The comments.
            windows: The windows of each, see ``CommentEncoder``.
        """
        with reading_pool(self.threads) as pool:
            reader = self.reader(pool)
            for text, parts in zip(texts, windows, strict=True):
                reader.add(text, parts)
            return reader.readings()

    def states(self, windows: Sequence[list[Window]]) -> list[Floats]:
        """Encode comments without reading them: for each, (tokens, h) of all its windows."""

        def one(comment: list[Window]) -> Floats:
            return np.concatenate([self._states([window])[0] for window in comment])

        with reading_pool(self.threads) as pool:
            return list(pool.map(one, windows))

    def _states(self, windows: Sequence[Window]) -> Floats:
        """Run windows of which as many tokens are read through the graph: (windows, tokens, h)."""
        ids = np.array([self._read_of(window).ids for window in windows])
        inputs = {"words": self._words[ids]}
        if self._apart:
            inputs[ASKED] = np.stack([self._asked_by(window) for window in windows])
        else:
            parts = np.arange(ids.shape[1]) >= np.array([[window.head] for window in windows])
            inputs["parts"] = parts.astype(np.int64)
        states: Floats = self._session.run(["states"], inputs)[0]
        return states

    def _read_of(self, window: Window) -> Window:
        """Give what is read of a window token by token: all of it, or the comment alone."""
        return window.comment() if self._apart else window

    def _asked_by(self, window: Window) -> npt.NDArray[np.uint8]:
        """Give the mean of the words before the comment."""
        ids = tuple(window.ids[: window.head])
        known = self._asked.get(ids)  # another thread may clear them at any moment
        if known is not None:
            return known
        mean: npt.NDArray[np.uint8] = np.round(self._words[list(ids)].mean(axis=0)).astype(np.uint8)
        if len(self._asked) >= MOST_ASKED:
            self._asked.clear()
        self._asked[ids] = mean
        return mean

    def _run(self, places: list[Place], windows: list[Window]) -> _Run:
        states = self._states(windows)
        return _Run(places, self._head.read_all(states), states.sum(axis=1))


class Reader:
    """Comments that are being read: their windows wait until there are enough of one length.

    Args:
        pool: Where runs go on while further comments are made ready.
        run: Reads windows of one length.
        read_of: Gives what is read of a window token by token.
    """

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        run: Callable[[list[Place], list[Window]], _Run],
        read_of: Callable[[Window], Window],
    ) -> None:
        self._pool = pool
        self._run = run
        self._read_of = read_of
        self._comments: list[_Comment] = []
        self._waiting: defaultdict[int, list[Place]] = defaultdict(list)
        self._runs: list[Future[_Run]] = []

    def add(self, text: str, windows: list[Window]) -> None:
        """Take on a comment."""
        comment = len(self._comments)
        read = [self._read_of(window) for window in windows]
        self._comments.append(_Comment(text, windows, read))
        for place, window in enumerate(read):
            length = len(window.ids)
            waiting = self._waiting[length]
            waiting.append((comment, place))
            if (len(waiting) + 1) * length > BUDGET:
                self._send(length)

    def readings(self) -> list[Reading]:
        """Wait for all comments to be read; give them in the order in which they were added."""
        for length in sorted(self._waiting, reverse=True):
            self._send(length)
        read = {}
        for run in self._runs:
            done = run.result()
            for row, place in enumerate(done.places):
                read[place] = done.readings[row], done.sums[row]
        return [self._joined(comment, read) for comment in range(len(self._comments))]

    def _send(self, length: int) -> None:
        if places := self._waiting.pop(length, None):
            windows = [self._comments[comment].windows[place] for comment, place in places]
            self._runs.append(self._pool.submit(self._run, places, windows))

    def _joined(self, comment: int, read: dict[Place, tuple[WindowReading, Floats]]) -> Reading:
        text, _, windows = self._comments[comment]
        if len(windows) == 1:
            reading, sums = read[comment, 0]
            mean: Floats = sums / np.float32(len(windows[0].ids))
            return joined_reading(text, windows, [reading], mean)
        parts = [read[comment, place] for place in range(len(windows))]
        tokens = sum(len(window.ids) for window in windows)
        state = np.sum([sums for _, sums in parts], axis=0) / tokens
        return joined_reading(text, windows, [reading for reading, _ in parts], state)


def mean_state(states: Floats) -> Floats:
    """Average a comment's (tokens, h) states, whatever window they stand in."""
    mean: Floats = states.mean(axis=0)
    return mean


@contextmanager
def reading_pool(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Give threads to read in, and keep numpy's products to the thread that asks for them.

    They are small, and a library that shares each one out among all cores halves the speed of
    several readers at once.
    """
    with (
        _libraries().limit(limits=1, user_api="blas"),
        ThreadPoolExecutor(threads, thread_name_prefix="reading") as pool,
    ):
        yield pool


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def _shared(kept: WeakValueDictionary[str, T], sha256: str, make: Callable[[], T]) -> T:
    """Give what is in use under a hash, or make it."""
    held = kept.get(sha256)
    if held is None:
        held = kept[sha256] = make()
    return held


def _session(path: Path) -> ort.InferenceSession:
    try:
        return one_thread_session(path)
    except Exception as error:  # onnxruntime raises several types of its own, none public
        raise DamagedArtefactError(f"{path}: not a graph that onnxruntime can run") from error


def _words(path: Path) -> npt.NDArray[np.uint8]:
    try:
        words: npt.NDArray[np.uint8] = load_file(path)["words"]
    except (SafetensorError, KeyError) as error:
        raise DamagedArtefactError(f"{path}: does not hold the embeddings of an encoder") from error
    return words


def cores() -> list[int]:
    """Give the numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))
