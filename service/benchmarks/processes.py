"""The service and its workers as real processes, which can be asked, measured and killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import httpx

from service.benchmarks.errors import NeverReadyError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
_MEBIBYTE_IN_KIB = 1024
_PATIENCE = 30.0
_SAYSO = (sys.executable, "-m", "sayso")


@dataclass(frozen=True, slots=True)
class Setup:
    """How the service is started.

    Attributes:
        folder: Where its files go: log, spool, SQLite.
        database_url: Its store.
        model: A shipped model, or the folder of an artefact.
        workers: Tagging workers within the service's process.
        threads: Encoder runs at a time in each process; by default one for each core.
    """

    folder: Path
    database_url: str
    model: str
    workers: int = 1
    threads: int | None = None

    def environment(self) -> dict[str, str]:
        """Give the environment of a process, without this one's own settings of the service."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")}
        threads = {} if self.threads is None else {"SAYSO_THREADS": str(self.threads)}
        return (
            own
            | threads
            | {
                "SAYSO_DATA_DIR": str(self.folder),
                "SAYSO_DATABASE_URL": self.database_url,
                "SAYSO_MODELS": self.model,
                "SAYSO_WORKERS": str(self.workers),
            }
        )

    def serve(self, host: str, port: int) -> list[str]:
        """Give the command line of the service."""
        return [*_SAYSO, "serve", "--host", host, "--port", str(port)]

    def worker(self) -> list[str]:
        """Give the command line of a process that only tags."""
        return [*_SAYSO, "worker"]


class Running:
    """A process that was started, with all that it starts.

    Args:
        setup: How it is started.
        command: What is run.
        name: Names its log.
    """

    def __init__(self, setup: Setup, command: list[str], name: str) -> None:
        self.log = setup.folder / f"{name}.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - Sayso itself
                command,
                env=setup.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def has_ended(self) -> bool:
        """Whether it runs no more."""
        return self._process.poll() is not None

    def peak_memory(self) -> int | None:
        """Give the most memory it held at once, in MiB; None where the system does not tell."""
        return peak_memory(self._process.pid)

    def send(self, sent: signal.Signals) -> None:
        """Send a signal to it and to all it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, sent)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it has ended, and kill it when that takes too long.

        Args:
            seconds: How long is too long; None for any time.
        """
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            self._process.wait()


class Service(Running):
    """``sayso serve`` on a free port of this computer.

    Args:
        setup: How it is started.
    """

    def __init__(self, setup: Setup) -> None:
        port = free_port()
        self.url = f"http://{LOOPBACK}:{port}"
        super().__init__(setup, setup.serve(LOOPBACK, port), "serve")

    def wait_until_ready(self, seconds: float = 120.0) -> None:
        """Wait until it answers requests.

        Raises:
            NeverReadyError: It ended, or the time is up.
        """
        until = time.monotonic() + seconds
        while not self._is_ready():
            if self.has_ended or time.monotonic() > until:
                raise NeverReadyError(f"sayso serve never got ready; its log is {self.log}")
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", trust_env=False).is_success
        except httpx.TransportError:
            return False


@dataclass(frozen=True, slots=True)
class Crew:
    """A service that answers, with its workers.

    Attributes:
        service: ``sayso serve``.
        workers: ``sayso worker``, any number of times.
    """

    service: Service
    workers: tuple[Running, ...]

    @property
    def everyone(self) -> tuple[Running, ...]:
        """All of them."""
        return (self.service, *self.workers)

    def kill(self) -> None:
        """End all of them at once, without a chance to finish anything."""
        for process in self.everyone:
            process.send(signal.SIGKILL)
        for process in self.everyone:
            process.wait()

    def stop(self) -> None:
        """Ask all of them to end."""
        for process in self.everyone:
            process.send(signal.SIGTERM)
        for process in self.everyone:
            process.wait(_PATIENCE)


@contextmanager
def crew(setup: Setup, workers: int = 0) -> Iterator[Crew]:
    """Give a service that answers, with workers, and stop what still runs afterwards.

    Args:
        setup: How they are started.
        workers: Processes that only tag.
    """
    service = Service(setup)
    started = Crew(service, ())
    try:
        service.wait_until_ready()
        names = [f"worker-{number}" for number in range(workers)]
        started = Crew(service, tuple(Running(setup, setup.worker(), name) for name in names))
        yield started
    finally:
        started.stop()


def peak_memory(process: int | Literal["self"]) -> int | None:
    """Give the most memory a process held at once, in MiB; None where the system does not tell.

    Args:
        process: Its id, or "self" for this one.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text("ascii")
    except OSError:
        return None
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines["VmHWM"].split()[0]) // _MEBIBYTE_IN_KIB if "VmHWM" in lines else None


def free_port() -> int:
    """Give a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
