"""A process that tags one file and says how long it took and how much memory it came to hold."""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

from evaluation.speed.timing import seconds_of
from models import load
from models.long_lived import keep_for_good
from models.predictions import Effort
from models.tag_file import TagOptions, tag_file
from models.tagging_processes import usual_processes

_LINUX = Path("/proc/self")
WARM_UP = ["The staff were kind.", "I waited for hours and nobody said why."]


def forget_peak() -> None:
    """Have the most memory count from now on; where that cannot be, what loading took counts."""
    with suppress(OSError):
        (_LINUX / "clear_refs").write_text("5")


def peak_memory() -> int:
    """Give the most memory that this process has held, in bytes."""
    if (_LINUX / "status").is_file():
        # the usage that Linux reports begins with that of the process which started this one
        lines = (_LINUX / "status").read_text("utf-8").splitlines()
        peak = next(line for line in lines if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(model: str, source: str, output: str, effort: str) -> None:
    """Tag a file of the columns ``comment`` and ``question``; print JSON."""
    tagger = load(model)
    keep_for_good()
    tagger.tag(WARM_UP, effort=effort)
    options = TagOptions(
        text_columns=("comment",), question_column="question", effort=Effort(effort)
    )
    forget_peak()
    before = peak_memory()
    seconds = seconds_of(
        lambda: tag_file(
            tagger, Path(source), Path(output), options, lambda _: None, usual_processes()
        )
    )
    told = {"seconds": seconds, "growth": peak_memory() - before}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
