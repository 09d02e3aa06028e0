"""A connection to Ray: to a cluster that is there, or to one of this computer's own for the run."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from models.cluster.actor import remove_scratch
from models.cluster.errors import ClusterError, MissingRayError
from models.cluster.places import INSTALL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any

# Names of files pass through it, nothing large; the default would be a third of the memory.
_OBJECT_STORE_BYTES = 100 << 20
# Ray's sockets lie 70 characters below its folder, and the system allows 107 in all.
_LONGEST_FOLDER = 36
_PATIENCE_SECONDS = 10


@contextmanager
def connected(address: str | None) -> Iterator[ModuleType]:
    """Connect to Ray, which reports nothing home.

    Args:
        address: A cluster, as ``ray.init`` takes it. When None, a cluster of this computer alone is
            started, and ended and removed with all its files when the block ends. A connection
            that this process has already is used and kept.

    Yields:
        The module ``ray``.

    Raises:
        MissingRayError: Ray is not installed.
        ClusterError: No cluster is there, or it refuses.
    """
    ray = import_ray()
    if ray.is_initialized():
        yield ray
        return
    with _own_cluster(ray) if address is None else _cluster_at(ray, address):
        yield ray


def import_ray() -> ModuleType:
    """Import Ray, told before not to report home and not to write to this process's output.

    Raises:
        MissingRayError: Ray is not installed.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingRayError(INSTALL) from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    module: ModuleType = ray
    return module


@contextmanager
def _own_cluster(ray: ModuleType) -> Iterator[None]:
    folder = _own_folder()
    try:
        _init(
            ray,
            address="local",
            include_dashboard=False,
            object_store_memory=_OBJECT_STORE_BYTES,
            _node_ip_address="127.0.0.1",
            _temp_dir=str(folder),
            # as eager as tagging without Ray
            _system_config={"worker_niceness": 0},
        )
        yield
    finally:
        ray.shutdown()
        remove_scratch()
        rmtree(folder, ignore_errors=True)


@contextmanager
def _cluster_at(ray: ModuleType, address: str) -> Iterator[None]:
    try:
        _knock(address)
        _init(ray, address=address)
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise ClusterError(f"no Ray cluster can be used at {address}: {reason}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Find out in seconds, where Ray would try for minutes, that nobody is there.

    Raises:
        OSError: Nobody answers.
    """
    place = urlsplit(address if "://" in address else f"//{address}")
    if place.hostname and place.port:
        socket.create_connection((place.hostname, place.port), _PATIENCE_SECONDS).close()


def _init(ray: ModuleType, **options: Any) -> None:  # noqa: ANN401 - as ray.init takes them
    before = signal.getsignal(signal.SIGTERM)
    with _without_stderr():
        ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Keep off the terminal that Ray heeds RAY_BACKEND_LOG_LEVEL, which it says on no other."""
    sys.stderr.flush()
    kept = os.dup(2)
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _own_folder() -> Path:
    usual = tempfile.gettempdir()
    parent = usual if len(usual) <= _LONGEST_FOLDER - len("/sayso-ray-12345678") else "/tmp"  # noqa: S108
    return Path(tempfile.mkdtemp(prefix="sayso-ray-", dir=parent))
