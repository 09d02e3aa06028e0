"""A worker as a process of its own, to be killed: ``python -m … STORE_URL ARTEFACT``."""

from __future__ import annotations

import signal
import sys
from threading import Event

from service.store import Store
from service.tagging import LoadedModels, Worker, WorkerSettings


def main(url: str, artefact: str) -> None:
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    store = Store.open(url)
    worker = Worker(store, LoadedModels.load([artefact]), WorkerSettings(batch=8, idle=0.05))
    worker.run(stop)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
