"""The service on a free port of this computer, in a thread of the test's process."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn

from service.app import create_app
from service.security import api_keys
from service.security.principals import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.settings import Settings
    from service.store import Store
    from service.tagging import LoadedModels


@contextmanager
def live(settings: Settings, store: Store, models: LoadedModels) -> Iterator[str]:
    """Gives the address of a service."""
    app = create_app(settings, store, models)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def make_key(store: Store, *scopes: Scope) -> str:
    _, token = api_keys.create(store, "test", scopes or [Scope.ADMIN], None, "test")
    return str(token)
