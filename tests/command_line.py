"""Running the ``sayso`` command in this process, for tests that need many runs."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Ended(NamedTuple):
    """How a run ended and what it said."""

    status: int
    stdout: str
    stderr: str


class CommandLine(Protocol):
    """Runs ``sayso`` with arguments, as a shell would."""

    def __call__(self, *arguments: object) -> Ended: ...
