"""A process that counts one survey and says how long it took; it is told which on its input."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from labelled_data.codebook import Codebook
from service.benchmarks.processes import peak_memory
from service.counts.counting import exact_counts
from service.counts.policy import shipped_policy
from service.counts.records import CountQuery
from service.counts.stored import stored_readings
from service.counts.table import build_table, protected
from service.store import Store, surveys

if TYPE_CHECKING:
    from service.counts.records import CountsTable
    from service.counts.table import Protected


class ToCount(BaseModel):
    """Which survey is counted.

    Attributes:
        database_url: Where it is.
        survey: Its id.
        codebook: What it is tagged with.
        by: What people are parted by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str
    survey: str
    codebook: Codebook
    by: tuple[str, ...]


class Counted(BaseModel):
    """How long it took, in seconds, and what it needed.

    Attributes:
        read: Until the readings were there.
        counted: For exact counts of them.
        table: For the whole table, from the readings on, under the policy that protects.
        again: For the same table where what the policy lets be told is known already.
        rows: Rows of the table.
        peak_memory: Most memory the process held, in MiB.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    read: float
    counted: float
    table: float
    again: float
    rows: int
    peak_memory: int | None


def count(wanted: ToCount) -> Counted:
    """Count a survey as the service does when it is asked for the first time, and then again."""
    query, policy = CountQuery(by=wanted.by), shipped_policy("nhs")
    with closing(Store.open(wanted.database_url)) as store:
        with store.read() as conn:
            survey = surveys.get(conn, wanted.survey)
        start = time.perf_counter()
        readings = stored_readings(store, survey, wanted.codebook)
        read = time.perf_counter()

    def table(protection: Protected | None) -> CountsTable:
        return build_table(
            readings,
            query,
            policy,
            survey=survey.id,
            survey_name=survey.name,
            model=survey.artefact,
            made=datetime.now(UTC),
            protection=protection,
        )

    rows = len(table(held := protected(readings, policy)).rows)
    first = time.perf_counter()
    table(held)
    again = time.perf_counter()
    exact_counts(readings, query)
    counted = time.perf_counter()
    return Counted(
        read=read - start,
        counted=counted - again,
        table=first - read,
        again=again - first,
        rows=rows,
        peak_memory=peak_memory("self"),
    )


if __name__ == "__main__":
    sys.stdout.write(count(ToCount.model_validate_json(sys.stdin.read())).model_dump_json())
