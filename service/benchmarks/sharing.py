"""What a second worker adds to a first, beside what a second process adds on this computer at all.

The cores of a computer share much of what they multiply with, so that even two processes that do
nothing else seldom do twice as much as one.
"""

from __future__ import annotations

import json
import signal
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from labelled_data import MissingGroup
from service.benchmarks.bare_product import products_a_second
from service.benchmarks.errors import NeverReadyError
from service.benchmarks.figures import SharingFigures
from service.benchmarks.processes import Running
from service.records import ResponseRow
from service.store import Store, queue, responses, surveys
from service.tagging import LoadedModels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from models import Tagger
    from service.benchmarks.databases import Database
    from service.benchmarks.generated import GeneratedSurvey
    from service.benchmarks.processes import Setup

Progress = tuple[float, int]
"""Seconds on some clock, and the comments that were tagged by then."""

_STEADY = 0.9
_LOOK = 0.1
_LONG = 120.0
_HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class SharingPlan:
    """How much is shared, and how often.

    Attributes:
        responses: Responses of a turn, of which each has up to two comments.
        turns: Turns of one worker, and as many of two.
        product_seconds: Seconds of bare products in each turn.
    """

    responses: int = 8_000
    turns: int = 3
    product_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What some workers did.

    Attributes:
        rate: Comments a second of all together.
        counts: Comments that each of them tagged.
    """

    rate: float
    counts: tuple[int, ...]

    @property
    def largest_share(self) -> float:
        """Most that one of them did of all."""
        return max(self.counts) / sum(self.counts)


class Sharing:
    """Lets one worker tag a survey, then two another one like it, and so on in turns.

    Args:
        setup: How a worker is started.
        database: What they share; without surveys.
        generated: Gives the comments.
        tagger: What they are tagged with.
    """

    def __init__(
        self, setup: Setup, database: Database, generated: GeneratedSurvey, tagger: Tagger
    ) -> None:
        self._setup = replace(setup, threads=1)
        self._database = database
        self._generated = generated
        self._stamp = LoadedModels([tagger]).stamp(tagger.manifest.id)
        self._turns = 0

    def measure(self, plan: SharingPlan, tell: Callable[[str], None]) -> SharingFigures:
        """Take the turns of a plan.

        Args:
            plan: How many.
            tell: Told what is measured next.

        Raises:
            NeverReadyError: A worker did not start, or ended before all was tagged.
            NoProductError: Bare products cannot be measured.
            ProcessError: A process that multiplied has ended.
        """
        seconds = plan.product_seconds
        products: list[tuple[float, float]] = []
        turns: list[tuple[Turn, Turn]] = []
        for number in range(plan.turns):
            tell(f"Turn {number + 1} of {plan.turns}: one worker, then two")
            products.append((products_a_second(1, seconds), products_a_second(2, seconds)))
            turns.append((self._turn(1, plan.responses), self._turn(2, plan.responses)))
        return SharingFigures(
            database=self._database.kind,
            comments=sum(turns[0][0].counts),
            turns=plan.turns,
            one_worker=median(one.rate for one, _ in turns),
            two_workers=median(two.rate for _, two in turns),
            second_adds=median(two.rate / one.rate for one, two in turns),
            largest_share=max(two.largest_share for _, two in turns),
            one_product=median(one for one, _ in products),
            two_products=median(two for _, two in products),
            second_product_adds=median(two / one for one, two in products),
        )

    def _turn(self, workers: int, count: int) -> Turn:
        self._turns += 1
        with closing(Store.open(self._database.url)) as store, ExitStack() as stack:
            # they wait for work when it comes, so that none of them is there before the others
            running = [self._worker(stack, f"worker-{self._turns}-{n}") for n in range(workers)]
            for worker in running:
                _wait_for(worker, "worker.started")
            comments = self._add(store, count)
            seen = list(self._watch(store, comments, running))
            counts = tuple(_stopped(worker) for worker in running)
        return Turn(steady_rate(seen), counts)

    def _worker(self, stack: ExitStack, name: str) -> Running:
        worker = Running(self._setup, self._setup.worker(), name)
        stack.callback(worker.wait, 0)
        return worker

    def _add(self, store: Store, count: int) -> int:
        """Add a survey at one moment; gives its comments."""
        new = self._generated.new(f"benchmark-sharing-{self._turns}", self._stamp.id)
        groups = tuple(
            (name, MissingGroup.NOT_STATED.value) for name in new.columns.characteristics
        )
        rows = [self._row(number, groups) for number in range(count)]
        with store.write() as conn:
            survey = surveys.create(conn, new, self._stamp)
            responses.add(conn, survey, rows)
        return sum(len(row.answers) for row in rows)

    def _row(self, number: int, groups: tuple[tuple[str, str], ...]) -> ResponseRow:
        row = self._generated.response(number)
        texts = [row[question] for question in self._generated.questions]
        answers = tuple((place, text) for place, text in enumerate(texts) if text)
        return ResponseRow(str(number), None, None, None, None, answers, groups)

    def _watch(self, store: Store, comments: int, running: Sequence[Running]) -> Iterator[Progress]:
        """Give how many are tagged whenever they are more, until all are."""
        tagged, ends = -1, time.monotonic() + _HOUR
        while tagged < comments:
            with store.read() as conn:
                now = comments - queue.left(conn, [self._stamp])
            if now > tagged:
                tagged = now
                yield time.perf_counter(), tagged
            if time.monotonic() > ends or any(worker.has_ended for worker in running):
                raise NeverReadyError(f"a worker ended too early; its log is {running[0].log}")
            time.sleep(_LOOK)


def steady_rate(seen: Sequence[Progress]) -> float:
    """Give comments a second between the first progress and the end, where some idle already.

    Args:
        seen: At least two moments, each with more tagged than the one before.
    """
    last = seen[-1][1]
    steady = [one for one in seen[1:] if one[1] <= _STEADY * last]
    # too few comments to tell a steady part from the rest
    (start, before), *_, (end, after) = steady if len(steady) > 1 else seen
    return (after - before) / (end - start)


def _stopped(worker: Running) -> int:
    """Have a worker end; gives how many comments it has tagged."""
    worker.send(signal.SIGTERM)
    return int(_wait_for(worker, "worker.stopped")["comments"])


def _wait_for(worker: Running, event: str) -> dict[str, Any]:
    """Wait until a worker logs that something has happened; gives what it logs."""
    ends = time.monotonic() + _LONG
    while True:
        over = worker.has_ended or time.monotonic() > ends
        for told in _logged(worker.log):
            if told.get("event") == event:
                return told
        if over:
            raise NeverReadyError(f"sayso worker never said {event}; its log is {worker.log}")
        time.sleep(_LOOK)


def _logged(log: Path) -> Iterator[dict[str, Any]]:
    # what stands before or after the lines of JSON is of others, or being written
    for line in log.read_text("utf-8").splitlines():
        if line.startswith("{") and line.endswith("}"):
            yield json.loads(line)
