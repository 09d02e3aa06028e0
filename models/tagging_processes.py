"""Tagging in several processes of one computer, each with a tagger of its own.

Threads share out what the encoders compute, but what is said of a comment is worked out in Python,
which runs one thread at a time. Processes share out all of it, and take a second to begin.
"""

from __future__ import annotations

import signal
import threading
from collections import deque
from contextlib import contextmanager
from itertools import accumulate
from multiprocessing import get_context
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Self, TypeAlias, cast

from models.encoder import cores
from models.errors import TaggingProcessError
from models.long_lived import keep_for_good
from models.tagger import Tagger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from pathlib import Path

    from models.predictions import Effort, OperatingPoint, Prediction
    from models.remembered_answers import Told

    Comments: TypeAlias = tuple[list[str], list[str | None]]
    How: TypeAlias = tuple[OperatingPoint, Effort]

MOST = 4
"""Processes, unless more are asked for: each holds a tagger of its own in memory."""


def usual_processes() -> int:
    """Give how many processes to tag in: one for each core, but not too many."""
    return min(len(cores()), MOST)


class TaggingProcesses:
    """Processes that tag; they share the cores among them.

    They end with the ``with`` block, and when the process ends, however it does, that began them.
    Comments go to them and back through pipes alone, one lot at a time to each.

    Args:
        folder: An artefact's folder.
        processes: How many.
        operating_point: Which thresholds they use.
        effort: How much work they put into each comment.
    """

    def __init__(
        self, folder: Path, processes: int, operating_point: OperatingPoint, effort: Effort
    ) -> None:
        self.processes = processes
        threads = -(-len(cores()) // processes)
        self._lots = 0
        self._waiting: deque[tuple[int, Comments]] = deque()
        self._done: dict[int, list[Prediction]] = {}
        self._busy: dict[Connection, int] = {}
        self._idle: list[Connection] = []
        self._children: list[SpawnProcess] = []
        context = get_context("spawn")
        for _ in range(processes):
            own, given = context.Pipe()
            arguments = given, folder, threads, (operating_point, effort)
            child = context.Process(target=_work, args=arguments, name="tagging", daemon=True)
            with _begun_whole():
                child.start()
            given.close()  # so that the pipe ends when the child does
            self._idle.append(own)
            self._children.append(child)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in (*self._idle, *self._busy):
            connection.close()
        for child in self._children:
            child.terminate()
            child.join()

    def begin(self, texts: Sequence[str], questions: Sequence[str | None]) -> Told:
        """Begin to tag comments, all in one process, as soon as one is free; see ``Tagger.tag``.

        Raises:
            TaggingProcessError: A process has ended before its time; so does what is given.
        """
        number, self._lots = self._lots, self._lots + 1
        self._waiting.append((number, (list(texts), list(questions))))
        self._collect(patiently=False)
        return lambda: self._wait_for(number)

    def tag(self, texts: Sequence[str], questions: Sequence[str | None]) -> list[Prediction]:
        """Tag comments, shared out evenly among the processes; see ``Tagger.tag``.

        Raises:
            TaggingProcessError: A process has ended before its time.
        """
        begun = [self.begin(texts[part], questions[part]) for part in evenly(texts, self.processes)]
        return [prediction for finish in begun for prediction in finish()]

    def _wait_for(self, number: int) -> list[Prediction]:
        while number not in self._done:
            self._collect(patiently=True)
        return self._done.pop(number)

    def _collect(self, *, patiently: bool) -> None:
        """Take what is done, and hand on what waits.

        A process that has nothing to hand back reads what it is handed, so that neither end of a
        pipe ever waits for the other to read first.
        """
        try:
            answering = wait(list(self._busy), None if patiently else 0)
            for connection in cast("list[Connection]", answering):
                self._done[self._busy.pop(connection)] = connection.recv()
                self._idle.append(connection)
            while self._waiting and self._idle:
                number, comments = self._waiting.popleft()
                connection = self._idle.pop()
                self._busy[connection] = number
                connection.send(comments)
        except (EOFError, OSError) as error:
            raise TaggingProcessError(
                "a process that tagged has ended before its time, as for want of memory: try it"
                " with --processes 1"
            ) from error


def evenly(texts: Sequence[str], parts: int) -> list[slice]:
    """Part texts, in their order, into so many parts of about as many characters each."""
    ends = list(accumulate((len(text) + 1 for text in texts), initial=0))
    cuts = [0]
    for part in range(1, parts):
        share = ends[-1] * part / parts
        cuts.append(next(place for place, end in enumerate(ends) if end >= share))
    return [slice(*cut) for cut in zip(cuts, [*cuts[1:], len(texts)], strict=True)]


@contextmanager
def _begun_whole() -> Iterator[None]:
    """Let what would end this process wait until a child has been told what it is for.

    One that is begun and told nothing writes a traceback. Python runs what answers a signal in the
    main thread, so that in another nothing can come between.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {
        each: signal.signal(each, lambda number, _: came.append(number))
        for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, signal.SIG_DFL if handler is None else handler)
        for number in came:
            signal.raise_signal(number)


def _work(given: Connection, folder: Path, threads: int, how: How) -> None:
    """Tag what comes through a pipe, until it ends."""
    # whoever is at the terminal stops the process that began this one, which stops this one
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tagger = Tagger(folder, threads)
    keep_for_good()
    while True:
        try:
            texts, questions = given.recv()
            given.send(tagger.tag(texts, questions, *how))
        except (EOFError, OSError):
            return
