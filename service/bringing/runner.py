"""Reading the files of drafts in the background, whoever looks on.

What was begun stands in the store. When the service is stopped or killed on the way, the next one
to start takes it up again: an import has each response once, however often it begins.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event, Lock
from typing import TYPE_CHECKING

import structlog

from service.bringing.drafts import sweep
from service.bringing.folder import DraftFolder
from service.bringing.jobs import Job, StoppedError
from service.draft_records import Stage
from service.errors import NotFoundError, ServiceError
from service.observability.logs import describe
from service.problem import FORESEEN, service_error
from service.store import drafts

if TYPE_CHECKING:
    from service.settings import Settings
    from service.store import Store
    from service.tagging import LoadedModels

log = structlog.get_logger(__name__)

AT_ONCE = 2
"""Files that are read at the same time; more wait."""
UNDER_WAY = (Stage.CHECKING, Stage.IMPORTING)
"""Stages in which a file is read."""
TRIES = 10
"""How often a file is tried that somebody else holds."""
UNFORESEEN = "something went wrong that the service did not foresee; its log says where"


class Runner:
    """Checks and imports the files of drafts, in threads that start with the first of them.

    Args:
        store: Where drafts and surveys are.
        models: What can tag surveys.
        settings: How the service is run.
    """

    def __init__(self, store: Store, models: LoadedModels, settings: Settings) -> None:
        self._store = store
        self._models = models
        self._settings = settings
        self._pool = ThreadPoolExecutor(AT_ONCE, "bringing")
        self._stop = Event()
        self._lock = Lock()
        self._waiting: set[str] = set()

    def sweep(self) -> None:
        """Erase what nobody goes on with any more."""
        sweep(self._store, self._settings, datetime.now(UTC))

    def take_up(self) -> None:
        """Begin again what a service that ended has left, as far as the files are here."""
        self.sweep()
        with self._store.read() as conn:
            left = drafts.every(conn)
        for draft in left:
            begun = draft.stage in UNDER_WAY
            if begun and DraftFolder(self._settings.spool, draft.id).is_here():
                self.submit(draft.id)

    def submit(self, draft_id: str) -> None:
        """Have a draft's file read for the stage that it is in, unless that waits already."""
        with self._lock:
            if draft_id not in self._waiting and not self._stop.is_set():
                self._waiting.add(draft_id)
                self._pool.submit(self._run, draft_id)

    def is_under_way(self, draft_id: str) -> bool:
        """Tell whether a draft's file is read, here or by another process, or soon will be."""
        with self._lock:
            waits = draft_id in self._waiting
        return waits or DraftFolder(self._settings.spool, draft_id).is_worked_on()

    def is_broken_off(self, draft_id: str) -> bool:
        """Tell whether what was begun of a draft has ended before it was done.

        Raises:
            NotFoundError: There is no such draft any more.
        """
        if self.is_under_way(draft_id):
            return False
        with self._store.read() as conn:  # only now: it may just have been done
            return drafts.get(conn, draft_id).stage in UNDER_WAY

    def stop(self) -> None:
        """Break off, so that the next service takes it up; what is stored stays."""
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)

    def _run(self, draft_id: str) -> None:
        try:
            self._run_alone(draft_id)
        except Exception as error:
            log.exception("bringing.failed", **describe(error))

    def _run_alone(self, draft_id: str) -> None:
        folder = DraftFolder(self._settings.spool, draft_id)
        with folder.alone(TRIES) as free:
            with self._lock:
                # from here on a request to read it again is not for nothing
                self._waiting.discard(draft_id)
            if free:
                with suppress(NotFoundError, StoppedError):  # it was cancelled, or has to wait
                    self._work(draft_id, folder)

    def _work(self, draft_id: str, folder: DraftFolder) -> None:
        with self._store.read() as conn:
            draft = drafts.get(conn, draft_id)
        if draft.stage not in UNDER_WAY:
            return
        job = Job(self._store, self._models, self._settings, draft, folder, self._stop)
        try:
            job.run()
        except StoppedError:
            raise
        except FORESEEN as error:
            self._tell(job, service_error(error))
        except Exception as error:
            if not folder.is_here():
                return  # it was cancelled
            log.exception("bringing.failed", **describe(error))
            self._tell(job, ServiceError(UNFORESEEN))

    def _tell(self, job: Job, error: ServiceError) -> None:
        try:
            job.give_up(str(error))
        except ServiceError as failure:
            log.exception("bringing.failed", **describe(failure))
