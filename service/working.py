"""Tagging what waits in the store, in processes of its own, until told to stop."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import closing
from threading import Event, Thread
from typing import TYPE_CHECKING

import structlog

from models.long_lived import keep_for_good
from service.observability.logs import configure_logs
from service.store import Store
from service.tagging import LoadedModels, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.process import BaseProcess

    from service.settings import Settings

log = structlog.get_logger(__name__)


def work(settings: Settings, processes: int) -> None:
    """Tag until a signal says to stop; what is tagged by then is written.

    Args:
        settings: Which store, and which models.
        processes: How many work at once; with more than one, each has a share of the cores.

    Raises:
        StoreError: The store cannot be reached, or was written by a newer version.
        ModelError: A model cannot be loaded.
    """
    if processes == 1:
        _work(settings, Event())
        return
    share = max(1, (os.cpu_count() or 1) // processes)
    shared = settings.model_copy(update={"threads": settings.threads or share})
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_work_as_child, args=(shared,)) for _ in range(processes)]
    for child in children:
        child.start()
    _stop_on_signal(lambda: _end(children))
    for child in children:
        child.join()


def _work(settings: Settings, stop: Event) -> None:
    configure_logs(settings.log_level)
    _stop_on_signal(stop.set)
    with closing(Store.open(settings.store_url)) as store:
        models = LoadedModels.load(settings.models, settings.threads)
        keep_for_good()
        log.info("worker.started", models=list(models.ids))
        worker = Worker(store, models)
        worker.run(stop)
    log.info("worker.stopped", comments=worker.tagged)


def _work_as_child(settings: Settings) -> None:
    """Work, and stop when the process that started this one is gone."""
    stop = Event()
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_stop_after, args=(parent, stop), daemon=True).start()
    _work(settings, stop)


def _stop_after(parent: BaseProcess, stop: Event) -> None:
    parent.join()
    stop.set()


def _end(children: Sequence[BaseProcess]) -> None:
    for child in children:
        child.terminate()


def _stop_on_signal(stop: Callable[[], object]) -> None:
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop())
