"""How much of the speed of nothing but its matrix products the encoder's graph reaches."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

from evaluation.speed.results import EncoderShare
from evaluation.speed.timing import by_turns
from models.artefact import GRAPH
from models.encoder import ABSENT, HEARD, HEARD_STEP, PART, PLACES, STATES, WHICH
from models.onnx_runtime import one_thread_session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from evaluation.speed.comments import SpeedData
    from evaluation.speed.given import ProductGroup
    from models import Tagger
    from models.encoder import Encoder
    from models.encoding import Window
    from models.onnx_runtime import ort

    Shape = tuple[int, int]

P = ParamSpec("P")
T = TypeVar("T")


def measure_encoder(
    tagger: Tagger, data: SpeedData, products: Sequence[ProductGroup], rounds: int
) -> EncoderShare:
    """Run the graph on the shapes that the test comments make, and its products on as many tokens.

    Args:
        tagger: The artefact.
        data: The comments.
        products: The encoder's.
        rounds: How often; of each run its best counts.
    """
    windows = tagger.comments.windows_of(data.test.texts, data.test.questions)
    shapes = run_shapes(tagger.encoder, data.test.texts, windows)
    graphs = _Graphs(tagger.file(GRAPH), tagger.head.attention.shape[0], products)
    graphs.run(shapes[0], 1)
    best = np.array([graphs.run(shape, rounds) for shape in shapes]).sum(axis=0)
    encoder, whole, plain = best.tolist()
    return EncoderShare(
        runs=len(shapes),
        tokens=sum(windows * tokens for windows, tokens in shapes),
        encoder_seconds=encoder,
        whole_seconds=whole,
        plain_seconds=plain,
        share_of_whole=whole / encoder,
        share_of_plain=plain / encoder,
    )


def run_shapes(
    encoder: Encoder, texts: Sequence[str], windows: Sequence[list[Window]]
) -> list[Shape]:
    """Read comments and give the runs that this took: (windows, tokens of each)."""
    with _Noting(encoder.threads) as pool:
        reader = encoder.reader(pool)
        for text, parts in zip(texts, windows, strict=True):
            reader.add(text, parts)
        reader.readings()
    return [(len(run), encoder.tokens_of(run)) for run in pool.runs]


class _Noting(ThreadPoolExecutor):
    """A pool that notes the windows of the runs that are handed to it."""

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self.runs: list[list[Window]] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        windows: list[Window] = args[1]  # type: ignore[assignment]
        self.runs.append(windows)
        return super().submit(fn, *args, **kwargs)


class _Graphs:
    """The encoder's graph and those of its products, each on one thread."""

    def __init__(self, encoder: Path, hidden: int, products: Sequence[ProductGroup]) -> None:
        self._hidden = hidden
        self._encoder = one_thread_session(encoder)
        self._products = products
        self._whole = [one_thread_session(group.whole) for group in products]
        self._plain = [one_thread_session(group.plain) for group in products]

    def run(self, shape: Shape, rounds: int) -> tuple[float, float, float]:
        """Give the best seconds of the encoder, and of its products both ways."""
        luck = np.random.default_rng(0)
        tokens = shape[0] * shape[1]
        jobs = {
            "encoder": bound(self._encoder, self._given(shape, luck), [STATES]),
            "whole": self._all(
                self._whole, lambda inner: luck.integers(0, 256, (tokens, inner), np.uint8)
            ),
            "plain": self._all(
                self._plain, lambda inner: luck.standard_normal((tokens, inner), np.float32)
            ),
        }
        seconds = by_turns(jobs, rounds)
        return min(seconds["encoder"]), min(seconds["whole"]), min(seconds["plain"])

    def _given(self, shape: Shape, luck: np.random.Generator) -> dict[str, npt.NDArray[Any]]:
        """Draw what the encoder takes in; where it hears a question, that of one for all."""
        windows, tokens = shape
        inputs = {each.name: each.shape for each in self._encoder.get_inputs()}
        layers, *_, size = inputs.get(HEARD, (0, 0))
        heard = (layers, HEARD_STEP, 1, size)
        given: dict[str, npt.NDArray[Any]] = {
            "words": luck.integers(0, 256, (*shape, self._hidden), np.uint8),
            "parts": np.ones(shape, dtype=np.int64),
            PART: np.ones(1, dtype=np.int64),
            PLACES: np.tile(np.arange(tokens), (windows, 1)),
            HEARD: luck.standard_normal(heard, np.float32),
            WHICH: np.zeros(windows, dtype=np.int64),
            ABSENT: np.zeros((windows, tokens + HEARD_STEP), dtype=np.float32),
        }
        return {name: given[name] for name in inputs}

    def _all(
        self, sessions: Sequence[ort.InferenceSession], drawn: Callable[[int], npt.NDArray[Any]]
    ) -> Callable[[], None]:
        given = {inner: drawn(inner) for inner in {group.inner for group in self._products}}
        jobs = [
            bound(session, {"given": given[group.inner]})
            for session, group in zip(sessions, self._products, strict=True)
        ]

        def multiply() -> None:
            for job in jobs:
                job()

        return multiply


def bound(
    session: ort.InferenceSession,
    given: Mapping[str, npt.NDArray[Any]],
    wanted: Sequence[str] | None = None,
) -> Callable[[], None]:
    """Tie a graph to its inputs, so that running it copies nothing in or out.

    Args:
        session: The graph.
        given: Its inputs.
        wanted: Names of the outputs that are made; by default all.
    """
    binding = session.io_binding()
    for name, array in given.items():
        binding.bind_cpu_input(name, array)
    for name in wanted or [output.name for output in session.get_outputs()]:
        binding.bind_output(name)
    return lambda: session.run_with_iobinding(binding)
