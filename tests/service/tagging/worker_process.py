"""A worker as a process of its own: ``python -m … STORE_URL ARTEFACT``.

It prints a line when it begins, and one with the number of comments it tagged when it is told to
end.
"""

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
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    worker.run(stop)
    store.close()
    sys.stdout.write(f"{worker.tagged}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
