"""What tagging a file costs by its rows: time, and memory."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from evaluation.speed.comments import drawn
from evaluation.speed.errors import ProcessError
from evaluation.speed.results import RowsCost
from models.predictions import Effort

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluation.speed.comments import SpeedData

    Comment = tuple[str, str | None]

ROWS = (1_000, 10_000, 100_000, 1_000_000)
MOST_ACCURATE = 10_000
"""More rows than this are tagged fast only."""
TEXT, QUESTION = "comment", "question"
_PROCESS = "evaluation.speed.file_process"


def measure_rows(model: str, data: SpeedData, largest: int) -> tuple[RowsCost, ...]:
    """Tag files of more and more rows, each in a process of its own.

    Args:
        model: Name or folder of the artefact.
        data: What to draw the rows from.
        largest: Most rows of a file.
    """
    with TemporaryDirectory() as folder:
        return tuple(
            _cost(model, data, rows, effort, Path(folder))
            for rows in ([rows for rows in ROWS if rows <= largest] or [largest])
            for effort in (Effort.FAST, Effort.ACCURATE)
            if effort is Effort.FAST or rows <= MOST_ACCURATE
        )


def _cost(model: str, data: SpeedData, rows: int, effort: Effort, folder: Path) -> RowsCost:
    source = folder / "comments.csv"
    write_comments(source, drawn(data.every, rows))
    told = _run(model, str(source), str(folder / "tagged.csv"), effort.value)
    return RowsCost(
        rows=rows,
        effort=effort,
        seconds=told["seconds"],
        rows_per_second=rows / told["seconds"],
        memory_growth_mib=told["growth"] / 2**20,
    )


def _run(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", _PROCESS, *arguments]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - Sayso itself
    if ended.returncode:
        raise ProcessError("a process that was to tag a file has failed")
    told: dict[str, float] = json.loads(ended.stdout)
    return told


def write_comments(path: Path, comments: Iterable[Comment]) -> None:
    """Write a CSV file of comments and their questions."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((TEXT, QUESTION))
        comments = iter(comments)
        while some := list(islice(comments, 10_000)):
            writer.writerows((text, question or "") for text, question in some)
