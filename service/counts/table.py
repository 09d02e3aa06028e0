"""Tables of counts by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.counts.cover import coverage_of
from service.counts.notes import notes_of, policy_stamp
from service.counts.over_time import build_trend
from service.counts.records import CountQuery, CountsTable
from service.counts.rows import (
    Cautions,
    Corrections,
    Protected,
    count_rows,
    protected,
    refuse_too_few,
)

if TYPE_CHECKING:
    from datetime import datetime

    from service.counts.policy import Policy
    from service.counts.readings import Readings
    from service.records import ArtefactStamp

__all__ = ["Cautions", "Corrections", "Protected", "build_table", "build_trend", "protected"]


def build_table(
    readings: Readings,
    query: CountQuery,
    policy: Policy,
    *,
    survey: str,
    survey_name: str,
    model: ArtefactStamp | None,
    made: datetime,
    corrections: Corrections | None = None,
    cautions: Cautions | None = None,
    protection: Protected | None = None,
) -> CountsTable:
    """Count people by theme and group, and tell what a policy lets be told.

    Args:
        readings: What the survey's responses say.
        query: Who counts, and how they are parted.
        policy: What may be told.
        survey: Its id.
        survey_name: Its plain name.
        model: What tagged it, where that is known.
        made: Now.
        corrections: What people's reading says, where it is wanted.
        cautions: What to mind of groups.
        protection: What may be told of the survey, as `protected` gave it for the same readings and
            policy; worked out here where it is not given.

    Raises:
        UnprocessableError: The survey does not have what is asked for, or the policy gives no such
            table.
    """
    held = protection or protected(readings, policy)
    rows = count_rows(readings, query, policy, held, corrections=corrections, cautions=cautions)
    refuse_too_few(rows, policy)
    return CountsTable(
        survey=survey,
        survey_name=survey_name,
        query=query,
        by_names=_names(readings, query),
        policy=policy_stamp(policy),
        model=model,
        coverage=held.coverage if held else coverage_of(readings, query, policy),
        weighted=readings.weight is not None,
        rows=rows,
        notes=notes_of(readings, query, policy, rows),
        made=made,
    )


def _names(readings: Readings, query: CountQuery) -> dict[str, str]:
    known = {each.id: each.name for each in readings.characteristics}
    return {each: known.get(each, "Site") for each in query.by}
