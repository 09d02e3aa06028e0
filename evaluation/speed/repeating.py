"""A process that does one thing again and again, for as long as it is told.

It reads what it needs from the first line of its input, says that it is ready, reads on the second
line for how many seconds to go on, and says how many things it did in a second.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READY = "ready"


def keep_to(core: str) -> None:
    """Keep this process to one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(core)})


def told() -> str:
    """Give the first line of the input."""
    return sys.stdin.readline().rstrip("\n")


def repeat(things: Iterator[Callable[[], int]]) -> None:
    """Do the first thing to warm up, and the others as told.

    Args:
        things: Without end; each says how many things it was.
    """
    next(things)()
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    seconds = float(sys.stdin.readline())
    started, done, passed = time.perf_counter(), 0, 0.0
    while passed < seconds:
        done += next(things)()
        passed = time.perf_counter() - started
    sys.stdout.write(f"{done / passed}\n")
    sys.stdout.flush()
