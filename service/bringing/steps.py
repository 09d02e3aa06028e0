"""Which page comes next for who brings a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.bringing.guessing import MOST_QUESTIONS
from service.draft_records import Choices, Role, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service.bringing.inspection import Inspection
    from service.draft_records import Draft

ONCE = (
    Role.RESPONSE_ID,
    Role.PERSON,
    Role.DATE,
    Role.SITE,
    Role.WEIGHT,
    Role.QUESTION,
)
"""What no more than one column may hold."""
WORDS = {
    Role.COMMENTS: "Comments",
    Role.QUESTION: "The question asked",
    Role.RESPONSE_ID: "Response id",
    Role.PERSON: "Person",
    Role.DATE: "Date",
    Role.SITE: "Site",
    Role.WEIGHT: "Survey weight",
    Role.GROUP: "Equality group",
    Role.UNUSED: "Not used",
}
"""What the roles of columns are called."""


def next_step(draft: Draft) -> str:
    """Give the last part of the address of the first page that is not done."""
    choices = draft.choices
    if draft.stage in (Stage.IMPORTING, Stage.IMPORTED):
        return "import"
    if draft.adds:
        return "check"
    if not choices.id:
        return "survey"
    if choices.roles is None:
        return "columns"
    if choices.questions is None:
        return "questions"
    if choices.schemes is None:
        return "groups"
    for place, column in enumerate(choices.schemes):
        if column not in choices.codes:
            return f"groups/{place}"
    return "check"


def with_roles(
    choices: Choices, roles: Mapping[str, Role], inspection: Inspection, *, numbered: bool
) -> Choices:
    """Choose what columns hold; what followed from what they held before is asked again."""
    if dict(roles) == choices.roles and numbered == choices.numbered:
        return choices
    made = choices.model_copy(update={"roles": dict(roles), "numbered": numbered})
    asked = made.column_that_holds(Role.QUESTION)
    grouped = group_candidates(made, inspection)
    return made.model_copy(
        update={
            "questions": {} if asked else None,
            "schemes": None if grouped else {},
            "codes": {name: told for name, told in choices.codes.items() if name in grouped},
        }
    )


def with_schemes(choices: Choices, schemes: Mapping[str, str]) -> Choices:
    """Choose by which scheme columns tell groups; those that have another are mapped again."""
    before = choices.schemes or {}
    kept = {
        name: told
        for name, told in choices.codes.items()
        if name in schemes and schemes[name] == before.get(name, schemes[name])
    }
    return choices.model_copy(update={"schemes": dict(schemes), "codes": kept})


def group_candidates(choices: Choices, inspection: Inspection) -> tuple[str, ...]:
    """Give the columns that may tell people's groups; a site may be one of them as well."""
    sites = choices.columns_that_hold(Role.SITE)
    few = [name for name in sites if inspection.column(name).values is not None]
    chosen = {*few, *choices.columns_that_hold(Role.GROUP)}
    return tuple(name for name in choices.roles or {} if name in chosen)


def faults_of_roles(
    roles: Mapping[str, Role], inspection: Inspection, *, numbered: bool
) -> Iterator[tuple[str | None, str]]:
    """Find what is wrong with what columns are said to hold.

    Yields:
        The column, or None where it is about all of them, and a sentence.
    """
    held: dict[Role, list[str]] = {role: [] for role in Role}
    for name, role in roles.items():
        held[role].append(name)
    if not held[Role.COMMENTS]:
        yield next(iter(roles), None), "Choose at least one column that holds comments"
    for role in ONCE:
        for name in held[role][1:]:
            yield name, f"Choose one column at most as: {WORDS[role]}"
    if not held[Role.RESPONSE_ID] and not numbered:
        yield None, "Choose the column of response ids, or have the rows numbered"
    if held[Role.RESPONSE_ID] and numbered:
        yield None, "Choose either a column of response ids or numbered rows, not both"
    for name, role in roles.items():
        wrong = _fault(role, name, inspection)
        if wrong:
            yield name, wrong
    if held[Role.QUESTION]:
        yield from _faults_of_questions(held, inspection)


def _fault(role: Role, name: str, inspection: Inspection) -> str | None:
    column = inspection.column(name)
    if role == Role.DATE and not column.iso_dates and not column.day_first:
        return "The date column has no dates such as 2025-03-31 or 31/3/2025"
    if role == Role.WEIGHT and not column.weights:
        return "The column of survey weights has no positive numbers"
    if role == Role.GROUP and column.values is None:
        return "A column of equality groups may have 500 different values"
    return None


def _faults_of_questions(
    held: Mapping[Role, list[str]], inspection: Inspection
) -> Iterator[tuple[str | None, str]]:
    asked = held[Role.QUESTION][0]
    if len(held[Role.COMMENTS]) > 1:
        yield asked, "Where a column names the question, choose one column of comments"
    values = inspection.column(asked).values
    if values is None or len(values) > MOST_QUESTIONS:
        yield asked, f"The column of questions may have {MOST_QUESTIONS} different ones"
    for name in held[Role.RESPONSE_ID]:
        if inspection.column(name).repeats:
            words = (
                "Several rows have the same response id, one for each question: choose this"
                " column as the person, and have the rows numbered"
            )
            yield name, words
