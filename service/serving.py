"""Running the service in this process until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import uvicorn

from models.long_lived import keep_for_good
from service.app import create_app
from service.errors import SettingsError
from service.examples import load_examples
from service.observability.logs import configure_logs
from service.security.sessions import new_link
from service.store import Store
from service.tagging import LoadedModels

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.settings import Settings

ALL_ADDRESSES = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
PATIENCE = 30
"""Seconds that answers under way may take once it is told to stop."""
KEEP_ALIVE = 30
"""Seconds a connection may be idle; longer than clients keep one, so that theirs is not cut."""


def serve(settings: Settings, *, examples: bool, announce: Callable[[str], None]) -> None:
    """Serve until a signal says to stop; then answer what was asked, and end.

    Args:
        settings: How the service is run.
        examples: Whether to load the example surveys if there are none.
        announce: Is given the address that signs a browser in, once.

    Raises:
        SettingsError: The address cannot be listened on.
        StoreError: The store cannot be reached, or was written by a newer version.
        ModelError: A model cannot be loaded.
    """
    configure_logs(settings.log_level)
    with closing(_listen(settings)) as listening, closing(Store.open(settings.store_url)) as store:
        models = LoadedModels.load(settings.models, settings.threads)
        if examples:
            load_examples(store, models)
        keep_for_good()
        app = create_app(settings, store, models)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=PATIENCE,
            timeout_keep_alive=KEEP_ALIVE,
        )
        announce(f"{_address(listening)}/sign-in?token={new_link(store)}")
        _run(uvicorn.Server(config), listening)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        made = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise SettingsError(
            f"{settings.host}, port {settings.port}, cannot be listened on: {reason}"
        ) from error
    # else an answer's body may wait 40 ms until the client has acknowledged its headers; asyncio
    # sets this only on sockets it makes itself
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    if host in ALL_ADDRESSES:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    """Serve; uvicorn raises the signal again that stopped it, and that is no failure here."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    for each in before:
        signal.signal(each, _be_done)
    try:
        server.run(sockets=[listening])
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _be_done(signum: int, frame: object) -> None:
    """Do nothing more: the server has stopped."""
