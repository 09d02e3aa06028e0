"""Bringing a survey: what its columns hold, and what its comments answer."""

from dataclasses import dataclass

from fastapi import Response
from starlette.datastructures import FormData

from service import bringing
from service.bringing import ColumnSeen, Inspection
from service.bringing.guessing import guess_question, guess_roles
from service.bringing.steps import WORDS, faults_of_roles, next_step, with_roles
from service.deps import StoreDep
from service.draft_records import Role
from service.pages.bring import text_of
from service.pages.drafts import Bringing, BringingDep, Faults, InspectionDep
from service.pages.route import page_router
from service.pages.visitor import PageForm

router = page_router("/bring")

LONGEST_QUESTION = 500


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A column, some of its cells, and what it holds as far as that is known.

    Attributes:
        field: Name of its field in the form.
        seen: What stands in it.
        role: What it holds.
        error: What is wrong with that.
    """

    field: str
    seen: ColumnSeen
    role: Role
    error: str


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A column of comments, some of them, and what they answer.

    Attributes:
        field: Name of its field in the form.
        seen: What stands in it.
        question: What the comments answer.
    """

    field: str
    seen: ColumnSeen
    question: str


@router.get("/{draft}/columns")
def ask_for_columns(brought: BringingDep, inspection: InspectionDep) -> Response:
    """Ask what each column holds, as it was guessed or chosen before."""
    roles = brought.choices.roles or guess_roles(inspection)
    numbered = brought.choices.numbered
    if brought.choices.roles is None:
        numbered = Role.RESPONSE_ID not in roles.values()
    return _columns_page(brought, inspection, roles, [], numbered=numbered)


@router.post("/{draft}/columns")
def take_columns(
    brought: BringingDep, inspection: InspectionDep, store: StoreDep, form: PageForm
) -> Response:
    """Keep what each column holds."""
    roles = _sent_roles(form, inspection)
    numbered = text_of(form, "numbered") == "yes"
    wrong = list(faults_of_roles(roles, inspection, numbered=numbered))
    if wrong:
        return _columns_page(brought, inspection, roles, wrong, numbered=numbered)
    chosen = with_roles(brought.choices, roles, inspection, numbered=numbered)
    bringing.choose(store, brought.draft, chosen)
    return brought.go("questions" if Role.QUESTION not in roles.values() else "groups")


@router.get("/{draft}/questions")
def ask_for_questions(brought: BringingDep, inspection: InspectionDep) -> Response:
    """Ask what the comments of each column answer."""
    if brought.choices.roles is None:
        return brought.go(next_step(brought.draft))
    before = brought.choices.questions or {}
    texts = brought.choices.columns_that_hold(Role.COMMENTS)
    return _questions_page(
        brought, inspection, {name: before.get(name, guess_question(name)) for name in texts}, []
    )


@router.post("/{draft}/questions")
def take_questions(
    brought: BringingDep, inspection: InspectionDep, store: StoreDep, form: PageForm
) -> Response:
    """Keep what the comments of each column answer."""
    texts = brought.choices.columns_that_hold(Role.COMMENTS)
    asked = {
        name: " ".join(text_of(form, f"question-{place}").split())
        for place, name in enumerate(texts)
    }
    wrong: Faults = [
        (f"question-{place}", f"Give the question that {name} answers, in up to 500 characters")
        for place, (name, question) in enumerate(asked.items())
        if not 0 < len(question) <= LONGEST_QUESTION
    ]
    if wrong:
        return _questions_page(brought, inspection, asked, wrong)
    chosen = brought.choices.model_copy(update={"questions": asked})
    bringing.choose(store, brought.draft, chosen)
    return brought.go("check" if chosen.schemes is not None else "groups")


def _sent_roles(form: FormData, inspection: Inspection) -> dict[str, Role]:
    known = set(Role)
    sent = {name: text_of(form, f"role-{place}") for place, name in enumerate(inspection.names)}
    return {name: Role(role) if role in known else Role.UNUSED for name, role in sent.items()}


def _columns_page(
    brought: Bringing,
    inspection: Inspection,
    roles: dict[str, Role],
    wrong: Faults,
    *,
    numbered: bool,
) -> Response:
    fields = {name: f"role-{place}" for place, name in enumerate(inspection.names)}
    told = {name: words for name, words in wrong if name is not None}
    columns = [
        ColumnShown(fields[seen.name], seen, roles[seen.name], told.get(seen.name, ""))
        for seen in inspection.columns
    ]
    faults: Faults = [
        (fields[name], f"{name}: {words}") if name is not None else ("numbered", words)
        for name, words in wrong
    ]
    return brought.page(
        "pages/bring_columns.html",
        faults,
        rows=inspection.rows,
        columns=columns,
        numbered=numbered,
        roles=[(role, words) for role, words in WORDS.items()],
    )


def _questions_page(
    brought: Bringing, inspection: Inspection, asked: dict[str, str], wrong: Faults
) -> Response:
    shown = [
        QuestionShown(f"question-{place}", inspection.column(name), question)
        for place, (name, question) in enumerate(asked.items())
    ]
    return brought.page("pages/bring_questions.html", wrong, questions=shown)
