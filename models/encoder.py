"""The neural half of the tagger: a fine-tuned sentence encoder as an int8 ONNX graph.

Windows of the same number of tokens are run together, some hundred tokens at a time, and several
runs go on at once, one a core. And the scales by which activations become whole
numbers are fixed in the graph: so the same text gives the same answer whatever came with it.

A graph takes in a window whole, or reads the comment apart: the fewer tokens are read of each. Then
it is given what the comment hears of its question, which is read once for all that answer it, or
the mean of the question's words. Where no word is heard farther than some words away, as in a
convolution, windows of any length that answer one question are laid end to end with as much nothing
between them. A graph may also have windows filled up to the next multiple of some tokens, so that
more are read at once.
"""

from __future__ import annotations

import os
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
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

STATES = "states"
"""What is read of a graph: (windows, tokens, h)."""
ASKED = "asked"
"""The input of a graph that is given the mean of a question's words: (windows, h), on their
scale."""
MOST_ASKED = 1_000
"""Questions whose means are remembered."""
REACH, FILLED, NOTHING = "reach", "filled", "nothing"
"""What a graph may say of itself. The last is the number that is no word. Where it says how many
words away one is heard, windows of any length are laid end to end with that many of these between
them; or where it says so, windows are filled up with these to a multiple of some tokens."""
ABSENT, FAR = "absent", -1e4
"""The input of a graph that reads windows filled up: (windows, tokens), which of them are so; or
of one that hears questions, (windows, tokens + those heard), and its number for what is absent."""
HEARD, WHICH, PART, PLACES = "heard", "which", "part", "places"
"""Inputs of a graph that hears what stands before the comment: the keys and values of each question
in each layer, (2 * layers, tokens, questions, size of all heads); which of them each window hears;
whether windows are questions, 0, or comments, 1; and the place of each token, (windows, tokens)."""
QUESTION, COMMENT = 0, 1
HEARD_STEP = 8
"""Questions are filled up to a multiple of so many tokens, and heard together if they are as long
then: so each comment is read the same whatever question others answer."""
MOST_HEARD = 100
"""Questions of which it is remembered what is heard, some 150 kB each."""

_graphs: WeakValueDictionary[str, ort.InferenceSession] = WeakValueDictionary()
"""Graphs in use by their hash: taggers that share an encoder hold it once."""
_embeddings: WeakValueDictionary[str, npt.NDArray[np.uint8]] = WeakValueDictionary()
"""Embeddings in use by their hash, which encoders share too."""


class _Run(NamedTuple):
    """Windows that were read at once.

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

    Attributes:
        apart: Whether it reads the comment apart from what stands before it.
        threads: Runs at a time.

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
        inputs = {given.name: given.shape for given in self._session.get_inputs()}
        self._hears = HEARD in inputs
        self._heard_size = int(inputs[HEARD][-1]) if self._hears else 0
        self.apart = self._hears or ASKED in inputs
        self._told = [each.name for each in self._session.get_outputs() if each.name != STATES]
        told = self._session.get_modelmeta().custom_metadata_map
        self._reach = int(told[REACH]) if REACH in told else None
        self._filled = int(told.get(FILLED, 1)) if ABSENT in inputs else None
        self._nothing = int(told.get(NOTHING, 0))
        self._asked: dict[tuple[int, ...], npt.NDArray[np.uint8]] = {}
        self._heard: dict[tuple[int, ...], Floats] = {}

    def reader(self, pool: ThreadPoolExecutor) -> Reader:
        """Begin to read comments, which are taken on as they come.

        Args:
            pool: See ``reading_pool``.
        """
        return Reader(pool, self._run, self._read_of, self._alike)

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
            return np.concatenate([self._states_of(window) for window in comment])

        with reading_pool(self.threads) as pool:
            return list(pool.map(one, windows))

    def _states_of(self, window: Window) -> Floats:
        """Run one window through the graph: (tokens, h)."""
        if self._filled is not None:
            return self._states_filled([window], self._filled)
        states: Floats = self._states([window])[0]
        return states

    def _states(self, windows: Sequence[Window]) -> Floats:
        """Run windows of which as many tokens are read through the graph: (windows, tokens, h)."""
        ids = np.array([self._read_of(window).ids for window in windows])
        inputs = {"words": self._words[ids]}
        if self.apart:
            inputs[ASKED] = np.stack([self._asked_by(window) for window in windows])
        else:
            parts = np.arange(ids.shape[1]) >= np.array([[window.head] for window in windows])
            inputs["parts"] = parts.astype(np.int64)
        states: Floats = self._session.run([STATES], inputs)[0]
        return states

    def _hearing(
        self, windows: Sequence[Window], own: npt.NDArray[np.bool_]
    ) -> dict[str, npt.NDArray[Any]]:
        """Give what windows take in beside their words, of which some are (windows, tokens) own."""
        tokens = own.shape[1]
        before = [tuple(window.ids[: window.head]) for window in windows]
        questions = {ids: number for number, ids in enumerate(dict.fromkeys(before))}
        longest = _up_to(max(map(len, questions)), HEARD_STEP)
        shape = (len(self._told), longest, len(questions), self._heard_size)
        heard = np.zeros(shape, dtype=np.float32)
        for ids, number in questions.items():
            heard[:, : len(ids), number] = self._heard_of(ids)
        heads = np.array([window.head for window in windows])
        present = np.concatenate([own, np.arange(longest) < heads[:, None]], axis=1)
        return {
            PART: np.array([COMMENT]),
            PLACES: heads[:, None] + np.arange(tokens),
            HEARD: heard,
            WHICH: np.array([questions[ids] for ids in before]),
            ABSENT: np.where(present, np.float32(0), np.float32(FAR)),
        }

    def _heard_of(self, ids: tuple[int, ...]) -> Floats:
        """Give what is heard of a question: (2 * layers, tokens, h)."""
        known = self._heard.get(ids)  # another thread may clear them at any moment
        if known is not None:
            return known
        nothing = np.zeros((1, len(ids) + 1), dtype=np.float32)
        nothing[:, -1] = FAR
        inputs: dict[str, npt.NDArray[Any]] = {
            "words": self._words[None, list(ids)],
            PART: np.array([QUESTION]),
            PLACES: np.arange(len(ids))[None],
            HEARD: np.zeros((len(self._told), 1, 1, self._heard_size), dtype=np.float32),
            WHICH: np.zeros(1, dtype=np.int64),
            ABSENT: nothing,
        }
        heard: Floats = np.stack(self._session.run(self._told, inputs))[:, :, 0]
        if len(self._heard) >= MOST_HEARD:
            self._heard.clear()
        self._heard[ids] = heard
        return heard

    def _states_end_to_end(self, windows: Sequence[Window], reach: int) -> Floats:
        """Run windows that answer one question through the graph: (tokens of all, h)."""
        ids = [window.ids[window.head :] for window in windows]
        ends = np.cumsum([len(each) + reach for each in ids])
        own = np.ones(ends[-1], dtype=np.bool_)
        for step in range(1, reach + 1):
            own[ends - step] = False
        words = np.full((1, len(own), self._words.shape[1]), self._nothing, dtype=np.uint8)
        words[0, own] = self._words[np.concatenate(ids)]
        asked = self._asked_by(windows[0])[None]
        states: Floats = self._session.run([STATES], {"words": words, ASKED: asked})[0][0]
        return states[own]

    def _states_filled(self, windows: Sequence[Window], step: int) -> Floats:
        """Run windows of as many tokens, or nearly, through the graph: (tokens of all, h).

        What they are filled up to depends on their own length alone, so that each is read the same
        whatever is read with it.
        """
        lengths = np.array([len(window.ids) - window.head for window in windows])
        own = np.arange(_up_to(int(lengths.max()), step)) < lengths[:, None]
        words = np.full((*own.shape, self._words.shape[1]), self._nothing, dtype=np.uint8)
        words[own] = self._words[np.concatenate([window.ids[window.head :] for window in windows])]
        inputs: dict[str, npt.NDArray[Any]] = {"words": words}
        if self._hears:
            inputs |= self._hearing(windows, own)
        else:
            inputs[ASKED] = np.stack([self._asked_by(window) for window in windows])
            inputs[ABSENT] = np.where(own, np.float32(0), np.float32(FAR))
        states: Floats = self._session.run([STATES], inputs)[0][own]
        return states

    def tokens_of(self, windows: Sequence[Window]) -> int:
        """Give how many tokens of each window are read where these are read at once."""
        longest = max(len(self._read_of(window).ids) for window in windows)
        return longest if self._filled is None else _up_to(longest, self._filled)

    def _read_of(self, window: Window) -> Window:
        """Give what is read of a window token by token: all of it, or the comment alone."""
        return window.comment() if self.apart else window

    def _asked_by(self, window: Window) -> npt.NDArray[np.uint8]:
        """Give the mean of the words before the comment."""
        ids = tuple(window.ids[: window.head])
        known = self._asked.get(ids)  # another thread may clear them at any moment
        if known is not None:
            return known
        mean = mean_word(self._words, ids)
        if len(self._asked) >= MOST_ASKED:
            self._asked.clear()
        self._asked[ids] = mean
        return mean

    def _alike(self, window: Window) -> tuple[int, ...]:
        """Give what windows have in common that can be read at once."""
        if self._reach is not None:
            return tuple(window.ids[: window.head])
        length = self.tokens_of([window])
        return (length, _up_to(window.head, HEARD_STEP)) if self._hears else (length,)

    def _run(self, places: list[Place], windows: list[Window]) -> _Run:
        if self._reach is not None:
            states = self._states_end_to_end(windows, self._reach)
        elif self._filled is not None:
            states = self._states_filled(windows, self._filled)
        else:
            alike = self._states(windows)
            return _Run(places, self._head.read_all(alike), alike.sum(axis=1))
        lengths = np.array([len(window.ids) - window.head for window in windows])
        sums: Floats = np.add.reduceat(states, np.cumsum(lengths) - lengths, axis=0)
        return _Run(places, self._head.read_end_to_end(states, lengths), sums)


class Reader:
    """Comments that are being read: their windows wait until there are enough alike.

    Args:
        pool: Where runs go on while further comments are made ready.
        run: Reads windows that are alike.
        read_of: Gives what is read of a window token by token.
        alike: Gives what windows have in common that can be read at once.
    """

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        run: Callable[[list[Place], list[Window]], _Run],
        read_of: Callable[[Window], Window],
        alike: Callable[[Window], tuple[int, ...]],
    ) -> None:
        self._pool = pool
        self._run = run
        self._read_of = read_of
        self._alike = alike
        self._comments: list[_Comment] = []
        self._waiting: defaultdict[tuple[int, ...], list[Place]] = defaultdict(list)
        self._tokens: defaultdict[tuple[int, ...], int] = defaultdict(int)
        self._runs: deque[Future[_Run]] = deque()
        self._read: defaultdict[int, dict[int, tuple[WindowReading, Floats]]] = defaultdict(dict)

    def add(self, text: str, windows: list[Window]) -> None:
        """Take on a comment; they are numbered from 0 as they come."""
        comment = len(self._comments)
        read = [self._read_of(window) for window in windows]
        self._comments.append(_Comment(text, windows, read))
        for place, window in enumerate(read):
            alike, length = self._alike(windows[place]), len(window.ids)
            self._waiting[alike].append((comment, place))
            self._tokens[alike] += length
            if self._tokens[alike] + length > BUDGET:
                self._send(alike)

    def send(self) -> None:
        """Have all read that still waits for others alike."""
        for alike in sorted(self._waiting, key=self._tokens.__getitem__, reverse=True):
            self._send(alike)

    @property
    def reads(self) -> bool:
        """Whether runs go on, or have ended that nobody has taken yet."""
        return bool(self._runs)

    def take(self, at_least: int = 0) -> list[tuple[int, Reading]]:
        """Give the comments that have been read since, each with its number.

        Runs are taken in the order in which they were sent, so that which comments come together
        never depends on which run was the faster.

        Args:
            at_least: Wait for so many comments, while there are any; without it for none.
        """
        found: list[tuple[int, Reading]] = []
        while self._runs and (len(found) < at_least or self._runs[0].done()):
            done = self._runs.popleft().result()
            for row, (comment, place) in enumerate(done.places):
                read = self._read[comment]
                read[place] = done.readings[row], done.sums[row]
                if len(read) == len(self._comments[comment].windows):
                    found.append((comment, self._joined(comment, self._read.pop(comment))))
        return found

    def readings(self) -> list[Reading]:
        """Wait for all comments to be read; give them in the order in which they were added."""
        self.send()
        read: dict[int, Reading] = {}
        while self.reads:
            read.update(self.take(at_least=1))
        return [read[comment] for comment in range(len(self._comments))]

    def _send(self, alike: tuple[int, ...]) -> None:
        self._tokens.pop(alike, None)
        if places := self._waiting.pop(alike, None):
            windows = [self._comments[comment].windows[place] for comment, place in places]
            self._runs.append(self._pool.submit(self._run, places, windows))

    def _joined(self, comment: int, read: dict[int, tuple[WindowReading, Floats]]) -> Reading:
        text, _, windows = self._comments[comment]
        if len(windows) == 1:
            reading, sums = read[0]
            mean: Floats = sums / np.float32(len(windows[0].ids))
            return joined_reading(text, windows, [reading], mean)
        parts = [read[place] for place in range(len(windows))]
        tokens = sum(len(window.ids) for window in windows)
        state = np.sum([sums for _, sums in parts], axis=0) / tokens
        return joined_reading(text, windows, [reading for reading, _ in parts], state)


def mean_word(words: npt.NDArray[np.uint8], ids: Sequence[int]) -> npt.NDArray[np.uint8]:
    """Give what stands for several tokens: the mean of their rows of (vocabulary, h), rounded."""
    mean: npt.NDArray[np.uint8] = np.round(words[list(ids)].mean(axis=0)).astype(np.uint8)
    return mean


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


def _up_to(length: int, step: int) -> int:
    """Give the least multiple of a step that is no less than a length."""
    return -(-length // step) * step


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
