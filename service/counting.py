"""Counting themes by equality group: for each survey, under a policy, and with a note of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labelled_data import Polarity
from service.counted_survey import counted_survey
from service.counts.records import CountQuery
from service.errors import UnprocessableError
from service.security.principals import Scope
from service.store import audit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.counted_survey import CountedSurvey
    from service.counts.policy import Policy
    from service.counts.records import CountsTable, TrendTable
    from service.readings_cache import ReadingsCache
    from service.security.principals import Principal
    from service.store import Store
    from service.tagging import LoadedModels

MONTH = "month"


@dataclass(frozen=True, slots=True)
class Publication:
    """Tables that are read together.

    Attributes:
        tables: Everyone, then one for each characteristic.
        trend: How themes change over time; None where the survey has no dates.
    """

    tables: tuple[CountsTable, ...]
    trend: TrendTable | None


@dataclass(frozen=True, slots=True)
class SpokenCounts:
    """How many people raise each theme, and how they speak of it.

    Attributes:
        table: The counts, whatever they speak of a theme with.
        spoken: The same counts of those alone who speak of it so; empty where that is not told.
        untold: Why it is not told.
    """

    table: CountsTable
    spoken: dict[Polarity, CountsTable]
    untold: str = ""


def allowed(policy: Policy, caller: Principal) -> Policy:
    """Let only those see exact numbers who may.

    Raises:
        ForbiddenError: They may not.
    """
    if not policy.protects:
        caller.check(Scope.COUNTS_EXACT)
    return policy


def counts(
    store: Store,
    models: LoadedModels,
    cache: ReadingsCache,
    survey_id: str,
    query: CountQuery,
    policy: Policy,
    actor: str,
) -> CountsTable:
    """Count how often each theme of a survey is raised, and note who asked.

    Args:
        store: Where the survey is.
        models: Tell which themes there are.
        cache: Keeps what counts are made of.
        survey_id: The survey.
        query: Who is counted, and how they are parted.
        policy: What may be published of small numbers.
        actor: Who reads them, for the audit.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: The model that tags the survey, and so its codebook, is not loaded.
        UnprocessableError: The survey has nothing of the kind, or the policy does not allow it.
    """
    counted = counted_survey(store, models, cache, survey_id)
    corrections = counted.corrections(policy) if query.correct else None
    table = counted.table(query, policy, corrections)
    note_counts(store, actor, counted, query, policy)
    return table


def spoken_counts(
    store: Store,
    models: LoadedModels,
    cache: ReadingsCache,
    survey_id: str,
    query: CountQuery,
    policy: Policy,
    actor: str,
) -> SpokenCounts:
    """Count as `counts` does, and once more for each way to speak of a theme; that is one note.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: The model that tags the survey, and so its codebook, is not loaded.
        UnprocessableError: The survey has nothing of the kind, or the policy does not allow it.
    """
    counted = counted_survey(store, models, cache, survey_id)
    made = _spoken(counted, query, policy)
    picked = _picked(query, counted) | {"polarity": " ".join(made.spoken)}
    _note(store, actor, "counts.read", counted, policy, picked)
    return made


def _spoken(counted: CountedSurvey, query: CountQuery, policy: Policy) -> SpokenCounts:
    table = counted.table(query, policy, None)
    try:
        spoken = {
            each: counted.table(query.model_copy(update={"polarity": each}), policy, None)
            for each in Polarity
        }
    except UnprocessableError as error:
        return SpokenCounts(table, {}, str(error))
    return SpokenCounts(table, spoken)


def note_counts(
    store: Store, actor: str, counted: CountedSurvey, query: CountQuery, policy: Policy
) -> None:
    """Note who read a table of counts, and what was picked for it."""
    _note(store, actor, "counts.read", counted, policy, _picked(query, counted))


def trend(
    store: Store,
    models: LoadedModels,
    cache: ReadingsCache,
    survey_id: str,
    query: CountQuery,
    period: str,
    policy: Policy,
    actor: str,
) -> TrendTable:
    """Count how often each theme of a survey is raised in each period, and note who asked.

    Args:
        store: Where the survey is.
        models: Tell which themes there are.
        cache: Keeps what counts are made of.
        survey_id: The survey.
        query: Who is counted.
        period: "month", "quarter", "year", or a characteristic.
        policy: What may be published of small numbers.
        actor: Who reads them, for the audit.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: The model that tags the survey, and so its codebook, is not loaded.
        UnprocessableError: The survey has nothing of the kind, or the policy does not allow it.
    """
    counted = counted_survey(store, models, cache, survey_id)
    table = counted.trend(query, period, policy)
    detail = {"period": period} | _picked(query, counted)
    _note(store, actor, "trends.read", counted, policy, detail)
    return table


def publication(
    store: Store,
    models: LoadedModels,
    cache: ReadingsCache,
    survey_id: str,
    characteristics: Sequence[str],
    period: str | None,
    policy: Policy,
    actor: str,
    *,
    correct: bool = False,
) -> Publication:
    """Count everyone, by each of several characteristics, and over time, and note who asked.

    Args:
        store: Where the survey is.
        models: Tell which themes there are.
        cache: Keeps what counts are made of.
        survey_id: The survey.
        characteristics: Those that have a table; all where none is named.
        period: As of `trend`; where it is None, months if the survey has dates.
        policy: What may be published of small numbers.
        actor: Who reads them, for the audit.
        correct: Whether shares are corrected by what people read.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: The model that tags the survey, and so its codebook, is not loaded.
        UnprocessableError: The survey has nothing of the kind, or the policy does not allow it.
    """
    counted = counted_survey(store, models, cache, survey_id)
    chosen = characteristics or _told_apart(counted, policy)
    if period is None and counted.readings.day.any() and counted.tells(policy, "period"):
        period = MONTH
    corrections = counted.corrections(policy) if correct else None
    queries = [CountQuery(by=by, correct=correct) for by in ((), *((one,) for one in chosen))]
    made = Publication(
        tables=tuple(counted.table(query, policy, corrections) for query in queries),
        trend=None if period is None else counted.trend(CountQuery(), period, policy),
    )
    detail: dict[str, str | int] = {"by": " ".join(chosen), "correct": int(correct)}
    detail["period"] = period or ""
    _note(store, actor, "report.read", counted, policy, detail)
    return made


def _told_apart(counted: CountedSurvey, policy: Policy) -> list[str]:
    """Give the characteristics that a policy tells, of those from one column the first."""
    by_column: dict[str, str] = {}
    for each in counted.readings.characteristics:
        by_column.setdefault(each.column, each.id)
    return [each for each in by_column.values() if counted.tells(policy, each)]


def _note(
    store: Store,
    actor: str,
    action: str,
    counted: CountedSurvey,
    policy: Policy,
    detail: dict[str, str | int],
) -> None:
    told = {name: value for name, value in detail.items() if value}
    with store.write() as conn:  # of its own, so that a long count keeps nobody from writing
        audit.record(conn, actor, action, counted.survey.id, told | {"policy": policy.id})


def _picked(query: CountQuery, counted: CountedSurvey) -> dict[str, str | int]:
    """Say what figures were picked by; the name of a place, which people typed, stays out."""
    is_group = counted.readings.site_characteristic is not None
    return {
        "by": " ".join(query.by),
        "themes": " ".join(query.themes or ()),
        "question": query.question or "",
        "since": "" if query.since is None else query.since.isoformat(),
        "until": "" if query.until is None else query.until.isoformat(),
        "site": (query.site or "") if is_group else "",
        "at_one_site": int(query.site is not None),
        "polarity": str(query.polarity or ""),
        "level": query.level or "",
        "correct": int(query.correct),
    }
