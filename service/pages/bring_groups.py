"""Bringing a survey: which columns tell people's groups, and what each of their values means."""

from dataclasses import dataclass

from fastapi import Response

from labelled_data import EqualitySchemeError, shipped_equality_scheme, shipped_equality_schemes
from service import bringing
from service.bringing import ColumnSeen, Inspection
from service.bringing.groups import (
    group_column,
    guess_outcomes,
    guess_scheme,
    has_broad_groups,
    own_groups,
)
from service.bringing.steps import group_candidates, next_step, with_schemes
from service.deps import StoreDep
from service.draft_records import OWN, Role
from service.errors import NotFoundError
from service.pages.bring import text_of
from service.pages.drafts import Bringing, BringingDep, Faults, InspectionDep
from service.pages.route import page_router, sentence
from service.pages.value_runs import ValueShown, in_runs
from service.pages.visitor import PageForm

router = page_router("/bring")

MISSING = (
    ("not_stated", "Not stated: asked, and declined"),
    ("not_known", "Not known: nobody has the answer"),
    ("not_asked", "Not asked"),
)


@dataclass(frozen=True, slots=True)
class GroupingShown:
    """A column that may tell people's groups.

    Attributes:
        field: Name of its field in the form.
        seen: What stands in it.
        scheme: Id of the scheme by which it does; empty where it does not.
    """

    field: str
    seen: ColumnSeen
    scheme: str


@router.get("/{draft}/groups")
def ask_for_schemes(brought: BringingDep, inspection: InspectionDep) -> Response:
    """Ask by which scheme columns tell people's groups."""
    choices = brought.choices
    if choices.roles is None or choices.questions is None:
        return brought.go(next_step(brought.draft))
    candidates = group_candidates(choices, inspection)
    if not candidates:
        return brought.go("check")
    before = choices.schemes
    schemes = {
        name: _guessed(inspection.column(name), choices.roles[name])
        if before is None
        else before.get(name, "")
        for name in candidates
    }
    return _schemes_page(brought, inspection, schemes)


@router.post("/{draft}/groups")
def take_schemes(
    brought: BringingDep, inspection: InspectionDep, store: StoreDep, form: PageForm
) -> Response:
    """Keep by which scheme columns tell people's groups."""
    candidates = group_candidates(brought.choices, inspection)
    sent = {name: text_of(form, f"scheme-{place}") for place, name in enumerate(candidates)}
    known = (OWN, *shipped_equality_schemes())
    chosen = with_schemes(
        brought.choices, {name: scheme for name, scheme in sent.items() if scheme in known}
    )
    bringing.choose(store, brought.draft, chosen)
    return brought.go("groups/0" if chosen.schemes else "check")


@router.get("/{draft}/groups/{place}")
def ask_for_values(brought: BringingDep, inspection: InspectionDep, place: int) -> Response:
    """Show every value of a column of groups, how often it stands there, and where it goes."""
    name, scheme = _at(brought, place)
    column = inspection.column(name)
    known = brought.choices.codes.get(name) or guess_outcomes(column, scheme)
    return _values_page(brought, place, column, known, [])


@router.post("/{draft}/groups/{place}")
def take_values(
    brought: BringingDep, inspection: InspectionDep, store: StoreDep, place: int, form: PageForm
) -> Response:
    """Keep what every value of a column of groups means."""
    name, scheme = _at(brought, place)
    column = inspection.column(name)
    offered = {group for group, _ in (*_groups(column, scheme), *MISSING)}
    sent = {
        value: text_of(form, f"value-{number}")
        for number, (value, _) in enumerate(column.values or ())
    }
    told = {value: group for value, group in sent.items() if group in offered}
    wrong: Faults = [
        (f"value-{number}", f"Choose where {value or 'a blank cell'!r} goes")
        for number, value in enumerate(sent)
        if value not in told
    ]
    wrong = wrong or _clashes(name, scheme, told)
    if wrong:
        return _values_page(brought, place, column, told, wrong)
    before = brought.choices
    others = [other for other in before.detailed if other != name]
    detailed = (*others, name) if text_of(form, "compared") == "groups" else tuple(others)
    changed = {"codes": {**before.codes, name: told}, "detailed": detailed}
    bringing.choose(store, brought.draft, before.model_copy(update=changed))
    last = place + 1 == len(brought.choices.schemes or {})
    return brought.go("check" if last else f"groups/{place + 1}")


def _guessed(column: ColumnSeen, role: Role) -> str:
    found = guess_scheme(column)
    return found or (OWN if role == Role.GROUP else "")


def _at(brought: Bringing, place: int) -> tuple[str, str]:
    schemes = list((brought.choices.schemes or {}).items())
    if not 0 <= place < len(schemes):
        raise NotFoundError("there is no such column of groups")
    return schemes[place]


def _groups(column: ColumnSeen, scheme: str) -> list[tuple[str, str]]:
    """Give the groups that values may go to: ids and names."""
    if scheme == OWN:
        return list(own_groups(value for value, _ in column.values or ()).items())
    return [(group.id, group.name) for group in shipped_equality_scheme(scheme).groups]


def _clashes(column: str, scheme: str, told: dict[str, str]) -> Faults:
    """Find out whether what values were said to mean goes together."""
    if not set(told.values()) - {reason for reason, _ in MISSING}:
        return [("value-0", "Have at least one value go to a group")]
    try:
        group_column(column, scheme, told)
    except EqualitySchemeError as error:
        return [(None, sentence(str(error)))]
    return []


def _schemes_page(brought: Bringing, inspection: Inspection, schemes: dict[str, str]) -> Response:
    columns = [
        GroupingShown(f"scheme-{place}", inspection.column(name), scheme)
        for place, (name, scheme) in enumerate(schemes.items())
    ]
    offered = [(each, shipped_equality_scheme(each).name) for each in shipped_equality_schemes()]
    return brought.page("pages/bring_groups.html", columns=columns, schemes=offered, own=OWN)


def _values_page(
    brought: Bringing, place: int, column: ColumnSeen, known: dict[str, str], wrong: Faults
) -> Response:
    scheme = (brought.choices.schemes or {})[column.name]
    values = [
        ValueShown(f"value-{number}", value, count, known.get(value, ""))
        for number, (value, count) in enumerate(column.values or ())
    ]
    alone, runs = in_runs(values)
    return brought.page(
        "pages/bring_values.html",
        wrong,
        place=place,
        of=len(brought.choices.schemes or {}),
        column=column,
        scheme=None if scheme == OWN else shipped_equality_scheme(scheme),
        alone=alone,
        runs=runs,
        blank=next((each for each in alone if not each.value), None),
        has_broad_groups=has_broad_groups(scheme),
        detailed=column.name in brought.choices.detailed,
        groups=_groups(column, scheme),
        missing=MISSING,
    )
