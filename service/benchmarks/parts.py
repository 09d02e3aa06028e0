"""What can be measured."""

from enum import StrEnum


class Part(StrEnum):
    """A part of the benchmarks."""

    UPLOAD = "upload"
    """A large file."""
    LATENCY = "latency"
    """One comment at a time, at a steady rate."""
    CROWD = "crowd"
    """Many clients at once."""
    KILL = "kill"
    """Killed again and again."""
    COUNTS = "counts"
    """Counting many responses."""
    PAGES = "pages"
    """Every page over many responses."""
    WORKERS = "workers"
    """What a second worker adds."""
