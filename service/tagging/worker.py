"""Tagging in the background: what the store holds and no current artefact has tagged."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from threading import Event, get_native_id
from typing import TYPE_CHECKING

import structlog

from models import Prediction, Status
from service.counts.readings import MOST_THEMES
from service.observability.logs import describe
from service.records import Done
from service.store import queue, reading_blocks, surveys
from service.store.reading_layout import Layout
from service.tagging.pace import PIECES, Pace, WorkerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.records import ArtefactStamp, Work
    from service.store import Store
    from service.tagging.models import LoadedModels

log = structlog.get_logger(__name__)

LOOK_AGAIN = 0.002
"""Seconds between two looks at whether others still wait."""

PLAIN = "The staff were kind."
"""A comment that any tagger can tag, if it can tag at all."""

_BLOCKS_AT_ONCE = 4


def never() -> bool:
    """Give way to nobody."""
    return False


class Worker:
    """Claims comments from the store, tags them and writes what was found.

    When nothing is left to tag it works out what counts are made of, so that they need not wait.

    It may be killed at any moment: what it has claimed and not written is claimed again. Any
    number of workers may share a store. A comment that cannot be tagged is set down as unsure, for
    a person to look at, since left as it was it would be claimed for ever.

    Args:
        store: Where the comments are.
        models: What to tag with; surveys of other models are left to other workers.
        settings: How it goes about it.
        give_way: Whether something more urgent waits; asked before each piece.
    """

    def __init__(
        self,
        store: Store,
        models: LoadedModels,
        settings: WorkerSettings | None = None,
        give_way: Callable[[], bool] = never,
    ) -> None:
        self._store = store
        self._models = models
        self._settings = settings or WorkerSettings()
        self._give_way = give_way
        watchful = give_way is not never
        span = self._settings.watchful_span if watchful else self._settings.span
        self._pace = Pace(self._settings, span)
        self._tagged = 0
        self._stop = Event()
        themes = {stamp: models.get(stamp.id).codebook.themes for stamp in models.stamps()}
        self._countable = [stamp for stamp in themes if len(themes[stamp]) <= MOST_THEMES]

    @property
    def tagged(self) -> int:
        """Comments that it has tagged and written so far."""
        return self._tagged

    def run(self, stop: Event) -> None:
        """Work in this thread until told to stop; no error ends it.

        Where it gives way to others, the thread's priority stays lowered. When it is told to stop,
        it writes what it has tagged and leaves the rest of its batch.
        """
        self._stop = stop
        if self._give_way is not never:
            _step_back(self._settings.niceness)
        failures = 0
        while not stop.is_set():
            try:
                done = self.run_once() or self.prepare_counts()
            except Exception as error:
                failures += 1
                _tell("worker.failed", error)
                stop.wait(self._pause(failures))
            else:
                failures = 0
                stop.wait(0 if done else self._settings.idle)

    def run_once(self) -> int:
        """Tag one batch; gives the number of comments tagged, 0 where nothing is left.

        Raises:
            StoreError: The store cannot be reached.
        """
        batch = self._pace.batch()
        count = queue.batch(self._store, self._models.stamps(), batch, self._tag)
        self._tagged += count
        return count

    def prepare_counts(self) -> int:
        """Work out some of what counts are made of, for a survey that has nothing left to tag.

        Returns:
            How many blocks were worked out and kept, 0 where nothing is left.

        Raises:
            StoreError: The store cannot be reached.
        """
        self._wait_for_others()
        with self._store.read() as conn:
            survey = reading_blocks.ready_survey(conn, self._countable)
            if survey is None:
                return 0
            themes = self._models.get(survey.model).codebook.theme_ids
            layout = Layout(survey.columns, themes)
            key = surveys.survey_key(conn, survey.id)
            blocks = reading_blocks.worked_out(conn, key, layout, _BLOCKS_AT_ONCE)
        return reading_blocks.keep(self._store, survey, layout, blocks)

    def _pause(self, failures: int) -> float:
        return min(self._settings.idle * 2.0 ** min(failures, 16), self._settings.longest_pause)

    def _tag(self, stamp: ArtefactStamp, work: list[Work]) -> list[Done]:
        done: list[Done] = []
        for _ in range(PIECES):
            left = work[len(done) :]
            if not left:
                break
            self._wait_for_others()
            if self._stop.is_set():
                break
            done += self._timed(stamp, left[: self._pace.piece(left)])
        return done

    def _wait_for_others(self) -> None:
        patience_ends = time.monotonic() + self._settings.patience
        while self._give_way():
            self._pace.slow_down()
            if time.monotonic() > patience_ends or self._stop.wait(LOOK_AGAIN):
                return

    def _timed(self, stamp: ArtefactStamp, work: Sequence[Work]) -> list[Done]:
        started = time.perf_counter()
        done = self._piece(stamp, work)
        self._pace.took(work, time.perf_counter() - started)
        return done

    def _piece(self, stamp: ArtefactStamp, work: Sequence[Work]) -> list[Done]:
        try:
            return self._said(stamp, work)
        except Exception as error:
            failure = error
        if len(work) == 1:
            return [self._left_to_a_person(stamp, work[0], failure)]
        half = len(work) // 2
        return self._piece(stamp, work[:half]) + self._piece(stamp, work[half:])

    def _said(self, stamp: ArtefactStamp, work: Sequence[Work]) -> list[Done]:
        texts, questions = [one.text for one in work], [one.question for one in work]
        predictions = self._models.get(stamp.id).tag(texts, questions, stamp.operating_point)
        return [Done(one.comment, said) for one, said in zip(work, predictions, strict=True)]

    def _left_to_a_person(self, stamp: ArtefactStamp, one: Work, failure: Exception) -> Done:
        self._models.get(stamp.id).tag([PLAIN])  # raises where it is not the comment's fault
        _tell("worker.comment_failed", failure)
        return Done(one.comment, Prediction(Status.UNSURE))


def _step_back(niceness: int) -> None:
    """Lower the priority of this thread, and of those it starts, where the system can.

    Without it the tagger's threads, busy on every core, would each get as much of it as the one
    that a caller waits for.
    """
    if sys.platform == "linux":
        thread = get_native_id()
        with suppress(OSError):  # a sandbox may forbid it
            mine = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, mine + niceness)


def _tell(event: str, error: Exception) -> None:
    log.error(event, **describe(error))
