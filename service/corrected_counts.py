"""Counts as people's reading corrects them so far, and how that narrows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.counted_survey import counted_survey
from service.counting import note_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.counted_survey import CountedSurvey
    from service.counts.policy import Policy
    from service.counts.read_people import ReadAnswers
    from service.counts.records import Corrected, CountQuery, CountsTable
    from service.readings_cache import ReadingsCache
    from service.store import Store
    from service.tagging import LoadedModels

EARLIER = (0.25, 0.5, 0.75)
"""Shares of what was read, by which corrections are told as they were then."""


@dataclass(frozen=True, slots=True)
class CorrectedCounts:
    """A corrected table.

    Attributes:
        table: The table.
        steps: Of its theme, where it has but one: everyone's correction by a part of what was read,
            by a larger one, and so on to all of it; none where that is hidden or nothing was read.
    """

    table: CountsTable
    steps: tuple[Corrected, ...]


def corrected_counts(
    store: Store,
    models: LoadedModels,
    cache: ReadingsCache,
    survey_id: str,
    query: CountQuery,
    policy: Policy,
    actor: str,
) -> CorrectedCounts:
    """Count as `service.counting.counts` does, corrected, and tell how one theme's share narrows.

    What is told of how it narrows passes through tables of the policy too, one for each step.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: The model that tags the survey, and so its codebook, is not loaded.
        UnprocessableError: The survey has nothing of the kind, or the policy does not allow it.
    """
    wanted = query.model_copy(update={"correct": True})
    counted = counted_survey(store, models, cache, survey_id)
    read = counted.read_answers()
    table = counted.table(wanted, policy, read.corrections(policy))
    note_counts(store, actor, counted, wanted, policy)
    return CorrectedCounts(table, tuple(_steps(counted, read, table, policy)))


def _steps(
    counted: CountedSurvey, read: ReadAnswers, table: CountsTable, policy: Policy
) -> Iterator[Corrected]:
    told = [row.corrected for row in table.rows if row.kind == "everyone"]
    if len(told) != 1 or told[0] is None or not read.is_begun:
        return
    everyone = table.query.model_copy(update={"by": (), "level": None})
    for part in EARLIER:
        then = read.first_read(part).corrections(policy)
        (row,) = counted.table(everyone, policy, then).rows
        if row.corrected is not None:
            yield row.corrected
    yield told[0]
