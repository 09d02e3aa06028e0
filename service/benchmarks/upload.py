"""One large file, from the first byte sent until its last comment is tagged."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from service.benchmarks.figures import UploadFigures
from service.benchmarks.generated import write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from service.benchmarks.generated import GeneratedSurvey
    from service.benchmarks.processes import Service
    from service.client import Client

SURVEY = "benchmark-upload"
_MEGABYTE = 1e6
_DAY = 86_400.0


def measure_upload(
    service: Service,
    client: Client,
    file: Path,
    generated: GeneratedSurvey,
    *,
    model: str,
    database: str,
    rows: int,
    tag: bool,
) -> UploadFigures:
    """Upload a generated survey as one CSV file.

    Args:
        service: The process that takes it in.
        client: Asks that service.
        file: Where the CSV file is written.
        generated: Gives the rows.
        model: Id of the model of the survey.
        database: Kind of its database.
        rows: Rows of the file.
        tag: Whether to wait until all its comments are tagged.
    """
    write_csv(file, generated.rows(rows))
    client.create_survey(generated.new(SURVEY, model))
    start = time.perf_counter()
    receipt = client.upload(SURVEY, file)
    accepted_after = time.perf_counter() - start
    peak = service.peak_memory()
    progress = client.survey(SURVEY).progress
    if tag:
        client.wait_until_tagged(SURVEY, timeout=_DAY)
    tagged_after = time.perf_counter() - start if tag else None
    expected = generated.expected(rows)
    return UploadFigures(
        database=database,
        rows=rows,
        megabytes=file.stat().st_size / _MEGABYTE,
        seconds_until_accepted=accepted_after,
        peak_memory=peak,
        accepted=receipt.accepted,
        duplicate=receipt.duplicate,
        rejected=receipt.rejected,
        adds_up=(
            (receipt.accepted, receipt.duplicate, receipt.rejected, receipt.received)
            == (expected.accepted, expected.duplicate, expected.rejected, rows)
            and progress.responses == expected.accepted
        ),
        comments=progress.comments,
        seconds_until_tagged=tagged_after,
    )
