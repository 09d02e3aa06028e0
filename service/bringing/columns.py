"""Making of what was chosen what a survey keeps of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from labelled_data.example_surveys import GroupColumn, TextColumn
from labelled_data.strict_yaml import first_fault
from service.bringing.groups import characteristic, group_column
from service.draft_records import Role
from service.errors import UnprocessableError
from service.records import NewSurvey, ResponseColumns

if TYPE_CHECKING:
    from service.bringing.inspection import Inspection
    from service.draft_records import Choices

NUMBERED = "sayso_row"
"""Header of the column that numbers rows, where none tells one response from another."""


def new_survey(choices: Choices, inspection: Inspection) -> NewSurvey:
    """Make the survey that was chosen.

    Raises:
        UnprocessableError: It cannot be as it was chosen.
    """
    try:
        return NewSurvey(
            id=choices.id,
            name=choices.name,
            model=choices.model,
            columns=response_columns(choices, inspection),
        )
    except ValidationError as error:
        raise UnprocessableError(first_fault(error)) from error


def response_columns(choices: Choices, inspection: Inspection) -> ResponseColumns:
    """Say what the columns of the responses hold, once the rows have the shape they need.

    Raises:
        ValidationError: A column cannot be used as it was chosen.
    """
    response_id = choices.column_that_holds(Role.RESPONSE_ID)
    return ResponseColumns(
        response_id=NUMBERED if choices.numbered or response_id is None else response_id,
        person=choices.column_that_holds(Role.PERSON),
        date=choices.column_that_holds(Role.DATE),
        site=choices.column_that_holds(Role.SITE),
        weight=choices.column_that_holds(Role.WEIGHT),
        text=_texts(choices, inspection),
        characteristics=_characteristics(choices),
    )


def columns_by_question(choices: Choices, inspection: Inspection) -> dict[str, str]:
    """Name a column for the comments on each question, where a column names the question.

    Returns:
        Names by question, a blank one among them if some rows name none; empty where no column
        names the question.
    """
    asked = choices.column_that_holds(Role.QUESTION)
    text = choices.column_that_holds(Role.COMMENTS)
    if asked is None or text is None:
        return {}
    taken = {NUMBERED, *inspection.names}
    names: dict[str, str] = {}
    for question in dict.fromkeys(value for value, _ in inspection.column(asked).values or ()):
        name = question or f"{text} (no question)"
        names[question] = f"{name} ({text})" if name in taken else name
    return names


def characteristics_of(choices: Choices) -> dict[str, str]:
    """Give the characteristic that each column of groups tells, by column."""
    named: dict[str, str] = {}
    for column, scheme in (choices.schemes or {}).items():
        named[column] = characteristic(column, scheme, named.values())
    return named


def _texts(choices: Choices, inspection: Inspection) -> tuple[TextColumn, ...]:
    by_question = columns_by_question(choices, inspection)
    if by_question:
        return tuple(
            TextColumn(column=name, question=question or name)
            for question, name in by_question.items()
        )
    asked = choices.questions or {}
    texts = choices.columns_that_hold(Role.COMMENTS)
    return tuple(TextColumn(column=name, question=asked.get(name, name)) for name in texts)


def _characteristics(choices: Choices) -> dict[str, GroupColumn]:
    schemes = choices.schemes or {}
    return {
        name: group_column(
            column,
            schemes[column],
            choices.codes.get(column, {}),
            detailed=column in choices.detailed,
        )
        for column, name in characteristics_of(choices).items()
    }
