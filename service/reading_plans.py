"""Planning how many people of which groups are to be read, so that counts can be corrected."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from models.artefact import METRICS
from service.counted_survey import counted_survey, faults_named
from service.counting import allowed
from service.counts.notes import policy_stamp
from service.counts.policy import shipped_policy
from service.counts.records import CountQuery
from service.counts.review_plan import Reliability, Stratum, ThemeOutlook, plan
from service.errors import FieldError, UnprocessableError
from service.schemas.counts import OUTSIDE
from service.schemas.reading_plans import PlannedStratum, ReadingPlan
from service.security.principals import Scope
from service.store import audit
from service.survey_models import tagger_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from models import Tagger
    from service.counts.policy import Policy
    from service.counts.records import CountRow, CountsTable
    from service.counts.review_plan_records import ReviewPlan
    from service.readings_cache import ReadingsCache
    from service.schemas.reading_plans import PlanFilter
    from service.security.principals import Principal
    from service.store import Store
    from service.tagging import LoadedModels

Aim = Literal["groups", "overall"]

UNMEASURED = Reliability(recall=0.7, precision=0.7)
"""What is taken for likely of a theme on which the model was not measured."""
LEAST = 0.05
"""Recall or precision that is taken for likely of a theme that the model never got right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanQuery:
    """What is planned for.

    Attributes:
        by: A characteristic.
        themes: Ids of the themes whose shares are to be corrected; none for all.
        width: Full width wanted of the intervals of corrected shares, 0 to 1.
        aim: Whether each group's interval is to be so narrow, or everyone's.
    """

    by: str
    themes: tuple[str, ...] = ()
    width: float
    aim: Aim = "groups"


def plan_asked(
    store: Store,
    models: LoadedModels,
    cache: ReadingsCache,
    survey_id: str,
    asked: PlanFilter,
    caller: Principal,
) -> ReadingPlan:
    """Plan as somebody asks who may review; see `reading_plan`.

    Raises:
        ForbiddenError: They may not read counts, or not under the policy they ask for.
        NotFoundError: There is no survey of that id.
        ConflictError: The model that tags the survey is not loaded.
        UnprocessableError: As of `reading_plan`, or there is no such policy.
    """
    caller.check(Scope.SURVEYS_READ)
    policy = allowed(shipped_policy(asked.policy), caller)
    query = PlanQuery(by=asked.by, themes=tuple(asked.theme), width=asked.width, aim=asked.aim)
    with faults_named(**OUTSIDE):
        return reading_plan(store, models, cache, survey_id, query, policy, caller.name)


def reading_plan(
    store: Store,
    models: LoadedModels,
    cache: ReadingsCache,
    survey_id: str,
    wanted: PlanQuery,
    policy: Policy,
    actor: str,
) -> ReadingPlan:
    """Plan how many people of which groups are to be read.

    It goes by the table of counts that the policy lets be told, and by how well the model did in
    its test, comment by comment. A hidden count is taken for half of the smallest that is shown.

    Args:
        store: Where the survey is.
        models: Tell how well its model does.
        cache: Keeps what counts are made of.
        survey_id: The survey.
        wanted: What is planned for.
        policy: What may be told of small numbers.
        actor: Who plans, for the audit.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: The model that tags the survey is not loaded.
        UnprocessableError: The survey has no such characteristic or theme, the policy gives no such
            table, or a figure of none of the groups.
    """
    counted = counted_survey(store, models, cache, survey_id)
    if wanted.by not in counted.survey.columns.characteristics:
        raise _wrong("by", f"the survey has no characteristic {wanted.by!r}")
    query = CountQuery(by=(wanted.by,), themes=wanted.themes or None, correct=True)
    table = counted.table(query, policy, counted.corrections(policy))
    groups = _by_group(table)
    expected = reliability_of(tagger_of(models, counted.survey))
    strata = [_stratum(rows, policy, expected) for rows in groups if rows[0].base]
    if not strata:
        raise _wrong("by", f"the policy {policy.id!r} tells of no group of {wanted.by!r}")
    made = plan(strata, policy, width=wanted.width, aim=wanted.aim)
    _note(store, survey_id, wanted, policy, actor)
    return ReadingPlan(
        survey=survey_id,
        by=wanted.by,
        by_name=table.by_names[wanted.by],
        policy=policy_stamp(policy),
        plan=made,
        strata=tuple(_to_draw(wanted.by, made, policy)),
        left_out=tuple(
            name for rows in groups if rows[0].base is None for name in rows[0].group_names.values()
        ),
    )


def reliability_of(tagger: Tagger) -> dict[str, Reliability]:
    """Give how well a model finds each theme, by its own test; unmeasured themes are absent."""
    path = tagger.file(METRICS)
    if not path.is_file():
        return {}
    measured = json.loads(path.read_text("utf-8")).get("by_theme", ())
    return {
        each["theme"]: Reliability(
            recall=max(each["recall"]["value"], LEAST),
            precision=max(each["precision"]["value"], LEAST),
        )
        for each in measured
        if None not in (each["recall"]["value"], each["precision"]["value"])
    }


def _by_group(table: CountsTable) -> list[list[CountRow]]:
    """Give the rows of each group, one for each theme."""
    groups: defaultdict[tuple[str, ...], list[CountRow]] = defaultdict(list)
    for row in table.rows:
        if row.kind == "group":
            groups[tuple(row.groups.values())].append(row)
    return list(groups.values())


def _stratum(rows: list[CountRow], policy: Policy, expected: Mapping[str, Reliability]) -> Stratum:
    people = rows[0].base or 0
    (group,), (name,) = rows[0].groups.values(), rows[0].group_names.values()
    hidden = policy.smallest_shown // 2
    return Stratum(
        id=group,
        name=name,
        people=people,
        already=min(people, max(row.corrected.read if row.corrected else 0 for row in rows)),
        themes=tuple(
            ThemeOutlook(
                theme=row.theme,
                predicted=min((hidden if row.count is None else row.count) / people, 1),
                agreement=expected.get(row.theme, UNMEASURED),
            )
            for row in rows
        ),
    )


def _to_draw(by: str, made: ReviewPlan, policy: Policy) -> Iterator[PlannedStratum]:
    for group in made.groups:
        if group.further:
            yield PlannedStratum(groups={by: group.id}, size=group.further)
    yield PlannedStratum(groups={}, size=policy.fewest_read)


def _note(store: Store, survey_id: str, wanted: PlanQuery, policy: Policy, actor: str) -> None:
    detail: dict[str, str | int] = {"by": wanted.by, "policy": policy.id}
    if wanted.themes:
        detail["themes"] = " ".join(wanted.themes)
    with store.write() as conn:
        audit.record(conn, actor, "review.plan", survey_id, detail)


def _wrong(member: str, message: str) -> UnprocessableError:
    return UnprocessableError(message, (FieldError(None, member, message),))
