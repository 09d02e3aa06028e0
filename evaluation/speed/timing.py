"""Taking the time of things that are to be compared."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def by_turns(jobs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, tuple[float, ...]]:
    """Take the time of jobs, one after the other and then all over again.

    What else the computer does then falls on all of them alike.

    Args:
        jobs: What to do, by name.
        rounds: How often to do each.

    Returns:
        Wall-clock seconds of each round, by name.
    """
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            taken[name].append(seconds_of(job))
    return {name: tuple(seconds) for name, seconds in taken.items()}


def seconds_of(job: Callable[[], object]) -> float:
    """Take the wall-clock seconds of a job."""
    started = time.perf_counter()
    job()
    return time.perf_counter() - started
