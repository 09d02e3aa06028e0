"""Bringing a survey: the dry run of its rows, and their import, which goes on by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import Response
from fastapi.responses import FileResponse

from labelled_data import shipped_equality_scheme
from service import bringing, surveys
from service.bringing import DraftFolder, Inspection
from service.bringing.steps import next_step
from service.coarse_progress import coarse_progress
from service.deps import ModelsDep, SettingsDep, StateDep, StoreDep
from service.draft_records import OWN, Choices, Role, Stage
from service.errors import ConflictError, NotFoundError
from service.pages.drafts import BringingDep
from service.pages.route import page_router
from service.pages.visitor import PageForm, Visitor
from service.records import Progress
from service.security.principals import Scope
from service.store import Store

router = page_router("/bring")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was chosen on one of the pages.

    Attributes:
        asked: What it is about.
        told: What was chosen, a line each.
        step: Where it can be changed.
    """

    asked: str
    told: tuple[str, ...]
    step: str


@router.get("/{draft}/check")
def show_check(
    brought: BringingDep, held: StateDep, settings: SettingsDep, models: ModelsDep
) -> Response:
    """Show what was chosen, and what would become of the rows."""
    step = next_step(brought.draft)
    if step != "check":
        return brought.go(step)
    inspection = bringing.inspection_of(settings, brought.draft)
    outcome = brought.draft.outcome
    return brought.page(
        "pages/bring_check.html",
        answers=[] if brought.draft.adds else _answers(brought.choices, inspection),
        outcome=outcome,
        checking=brought.draft.stage == Stage.CHECKING,
        checked=brought.draft.stage == Stage.CHECKED,
        stalled=brought.draft.stage == Stage.CHECKING
        and held.bringing.is_broken_off(brought.draft.id),
        rows=inspection.rows,
    )


@router.post("/{draft}/check")
def begin_check(brought: BringingDep, held: StateDep, store: StoreDep, form: PageForm) -> Response:
    """Have the rows checked, in the background."""
    bringing.begin_check(store, brought.draft, brought.visitor.name)
    held.bringing.submit(brought.draft.id)
    return brought.go("check")


@router.get("/{draft}/errors.csv")
def download_errors(brought: BringingDep, settings: SettingsDep) -> Response:
    """Give what is wrong with rows as CSV: row, column and why; never what anybody wrote."""
    path = DraftFolder(settings.spool, brought.draft.id).errors
    if not path.exists():
        raise NotFoundError("the rows were not checked yet")
    name = f"{brought.choices.id or brought.draft.survey}-rows-to-mend.csv"
    return FileResponse(path, media_type="text/csv; charset=utf-8", filename=name)


@router.post("/{draft}/import")
def begin_import(
    brought: BringingDep,
    held: StateDep,
    store: StoreDep,
    settings: SettingsDep,
    form: PageForm,
) -> Response:
    """Have the rows imported, in the background; or gone on with, where that was broken off."""
    if brought.draft.stage == Stage.IMPORTED:
        return brought.go("import")
    try:
        bringing.begin_import(store, settings, brought.draft, brought.visitor.name)
    except ConflictError as error:
        if brought.draft.adds or brought.draft.stage != Stage.CHECKED:
            raise
        return brought.page("pages/bring_conflict.html", [(None, str(error))])
    held.bringing.submit(brought.draft.id)
    return brought.go("import")


@router.get("/{draft}/import")
def show_import(brought: BringingDep, held: StateDep, store: StoreDep) -> Response:
    """Show how far the import has come, and then how far the tagging."""
    draft = brought.draft
    if draft.stage not in (Stage.IMPORTING, Stage.IMPORTED):
        return brought.go(next_step(draft))
    importing = draft.stage == Stage.IMPORTING
    problem = draft.outcome.problem if draft.outcome else None
    tagging = None if importing else tagged(store, brought.visitor, str(draft.survey))
    return brought.page(
        "pages/bring_import.html",
        outcome=draft.outcome,
        importing=importing,
        stalled=importing and (problem is not None or held.bringing.is_broken_off(draft.id)),
        tagging=tagging,
        waits=bool(tagging and tagging.tagged < tagging.comments),
    )


def tagged(store: Store, visitor: Visitor, survey: str) -> Progress | None:
    """Give how far a survey has come, as exactly as a visitor may know; None if they may not."""
    if not visitor.may(Scope.SURVEYS_READ):
        return None
    _, progress = surveys.with_progress(store, survey)
    return progress if visitor.may(Scope.COUNTS_EXACT) else coarse_progress(progress)


def _answers(choices: Choices, inspection: Inspection) -> list[Answer]:
    return [*_about_survey(choices), *_about_columns(choices, inspection), *_about_groups(choices)]


def _about_survey(choices: Choices) -> Iterator[Answer]:
    yield Answer("Name", (choices.name,), "survey")
    yield Answer("Id", (choices.id,), "survey")
    yield Answer("Model", (choices.model,), "survey")


def _about_columns(choices: Choices, inspection: Inspection) -> Iterator[Answer]:
    by_question = bringing.columns_by_question(choices, inspection)
    asked = tuple(question or "(no question)" for question in by_question)
    questions = asked or tuple((choices.questions or {}).values())
    yield Answer("Questions", questions, "columns" if by_question else "questions")
    rows = "Rows are numbered" if choices.numbered else ""
    told = {
        "Response id": choices.column_that_holds(Role.RESPONSE_ID) or rows,
        "Person": choices.column_that_holds(Role.PERSON) or "None",
        "Date": _date(choices, inspection),
        "Site": choices.column_that_holds(Role.SITE) or "None",
        "Survey weight": choices.column_that_holds(Role.WEIGHT) or "None",
    }
    for words, column in told.items():
        yield Answer(words, (column,), "columns")


def _date(choices: Choices, inspection: Inspection) -> str:
    column = choices.column_that_holds(Role.DATE)
    if column is None:
        return "None"
    day_first = inspection.column(column).day_first
    return f"{column}, read with the day first" if day_first else column


def _about_groups(choices: Choices) -> Iterator[Answer]:
    schemes = choices.schemes or {}
    if not schemes:
        yield Answer("Equality groups", ("None",), "columns")
    for place, (column, scheme) in enumerate(schemes.items()):
        name = "Its own values" if scheme == OWN else shipped_equality_scheme(scheme).name
        yield Answer(f"Groups in {column}", (name,), f"groups/{place}")
