"""Counting surveys of many responses that are tagged already."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

from service.benchmarks.bulk import fill, new_survey
from service.benchmarks.counting_process import Counted, ToCount
from service.benchmarks.figures import CountsFigures
from service.store import Store
from service.tagging import LoadedModels, Worker

if TYPE_CHECKING:
    from models import Tagger
    from service.benchmarks.databases import Database

_BY = ("ethnicity",)


def measure_counts(database: Database, tagger: Tagger, responses: int) -> CountsFigures:
    """Write a survey straight into a store, prepare it as a worker does, and count it.

    Args:
        database: Where it goes.
        tagger: Whose themes it has.
        responses: How many.
    """
    models = LoadedModels([tagger])
    model = tagger.manifest.id
    new = new_survey(f"benchmark-counts-{responses}", model)
    with closing(Store.open(database.url)) as store:
        start = time.perf_counter()
        survey = fill(store, new, models.stamp(model), tagger.codebook, responses)
        written = time.perf_counter()
        worker = Worker(store, models)
        while worker.prepare_counts():
            pass
        prepared = time.perf_counter()
    found = _counted(
        ToCount(database_url=database.url, survey=survey.id, codebook=tagger.codebook, by=_BY)
    )
    return CountsFigures(
        database=database.kind,
        responses=responses,
        seconds_to_write=written - start,
        seconds_to_prepare=prepared - written,
        seconds_to_read=found.read,
        seconds_to_count=found.counted,
        seconds_for_table=found.read + found.table,
        seconds_for_table_again=found.again,
        rows=found.rows,
        peak_memory=found.peak_memory,
    )


def _counted(wanted: ToCount) -> Counted:
    """Count in a process of its own, whose memory nothing else was in."""
    ended = subprocess.run(
        [sys.executable, "-m", "service.benchmarks.counting_process"],
        input=wanted.model_dump_json(),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return Counted.model_validate_json(ended.stdout)
