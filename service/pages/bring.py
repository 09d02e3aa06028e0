"""Bringing a survey: sending its file, naming it, and giving up on it."""

import re
from pathlib import PurePath

from fastapi import Depends, Response
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile

from service import bringing
from service.bringing.steps import next_step
from service.deps import ModelsDep, SettingsDep, StoreDep, takes_uploads
from service.draft_records import Draft
from service.errors import ConflictError, TooLargeError, UnprocessableError
from service.pages.drafts import WRONG, BringingDep, Faults
from service.pages.route import SEE_OTHER, page_router, sentence
from service.pages.visitor import PageForm, SurveyMaker, Visitor, may
from service.records import SurveyId
from service.rendering import page
from service.security.principals import Scope
from service.tagging import LoadedModels

router = page_router("/bring")

LONGEST_NAME = 200
_ID = TypeAdapter(SurveyId)


@router.get("")
def ask_for_file(store: StoreDep, visitor: SurveyMaker) -> Response:
    """Ask for the file of a survey, and show those that can be gone on with."""
    return _upload_page(visitor, bringing.mine(store, visitor.principal), [])


@router.post("", dependencies=[Depends(may(Scope.SURVEYS_WRITE)), Depends(takes_uploads)])
def take_file(
    store: StoreDep, settings: SettingsDep, visitor: SurveyMaker, form: PageForm
) -> Response:
    """Keep the file of a survey."""
    sent = file_of(form)
    if isinstance(sent, str):
        return _upload_page(visitor, bringing.mine(store, visitor.principal), [("file", sent)])
    try:
        draft = bringing.begin(store, settings, sent.file, name_of(sent), visitor.name)
    except (UnprocessableError, TooLargeError) as error:
        wrong: Faults = [("file", sentence(str(error)))]
        return _upload_page(visitor, bringing.mine(store, visitor.principal), wrong)
    return Response(None, SEE_OTHER, {"Location": f"/bring/{draft}/survey"})


@router.get("/{draft}")
def go_on(brought: BringingDep) -> Response:
    """Send the browser to the first page that is not done."""
    return brought.go(next_step(brought.draft))


@router.get("/{draft}/survey")
def ask_for_name(brought: BringingDep, models: ModelsDep) -> Response:
    """Ask what the survey is called, and whose codebook it is tagged by."""
    choices = brought.choices
    name = choices.name or _name(choices.file)
    only = models.ids[0] if len(models.ids) == 1 else ""
    return brought.page(
        "pages/bring_survey.html",
        name=name,
        id=choices.id or _slug(name),
        model=choices.model or only,
        models=_codebooks(models),
    )


@router.post("/{draft}/survey")
def take_name(brought: BringingDep, store: StoreDep, models: ModelsDep, form: PageForm) -> Response:
    """Keep what the survey is called."""
    name = " ".join(text_of(form, "name").split())
    survey_id = text_of(form, "id").strip()
    model = text_of(form, "model")
    wrong = [*_faults(name, survey_id), *_faults_of_model(models, model)]
    try:
        bringing.refuse_taken(store, survey_id)
    except ConflictError:
        wrong.append(("id", "There is a survey with this id already: choose another"))
    if wrong:
        return brought.page(
            "pages/bring_survey.html",
            wrong,
            name=name,
            id=survey_id,
            model=model,
            models=_codebooks(models),
        )
    named = brought.choices.model_copy(update={"name": name, "id": survey_id, "model": model})
    bringing.choose(store, brought.draft, named)
    return brought.go("columns" if named.roles is None else "check")


@router.get("/{draft}/cancel")
def ask_whether_to_cancel(brought: BringingDep) -> Response:
    """Ask whether the file is to be erased."""
    return brought.page("pages/bring_cancel.html")


@router.post("/{draft}/cancel")
def cancel(
    brought: BringingDep, store: StoreDep, settings: SettingsDep, form: PageForm
) -> Response:
    """Erase the file, and all that was chosen."""
    bringing.cancel(store, settings, brought.draft)
    return Response(None, SEE_OTHER, {"Location": "/bring"})


def file_of(form: FormData) -> UploadFile | str:
    """Give the file that a form sent, or a sentence on why there is none."""
    sent = form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return "Choose a CSV or Excel file"
    if sent.size == 0:
        return "The file is empty"
    return sent


def name_of(sent: UploadFile) -> str:
    """Give the name of a file that was sent, without folders."""
    return PurePath((sent.filename or "").replace("\\", "/")).name[:LONGEST_NAME]


def text_of(form: FormData, field: str) -> str:
    """Give what was typed into a field, or chosen."""
    sent = form.get(field, "")
    return sent if isinstance(sent, str) else ""


def _upload_page(visitor: Visitor, drafts: list[Draft], wrong: Faults) -> Response:
    return page(
        "pages/bring.html",
        WRONG if wrong else 200,
        visitor=visitor,
        drafts=drafts,
        errors=wrong,
    )


def _faults(name: str, survey_id: str) -> Faults:
    wrong: Faults = []
    if not name or len(name) > LONGEST_NAME:
        wrong.append(("name", "Give the survey a name of up to 200 characters"))
    try:
        _ID.validate_python(survey_id)
    except ValidationError:
        words = "Give an id of up to 63 lower case letters, digits, hyphens and underscores"
        wrong.append(("id", words))
    return wrong


def _faults_of_model(models: LoadedModels, model: str) -> Faults:
    if model in models.ids:
        return []
    return [(f"model-{models.ids[0]}", "Choose the codebook that fits the comments")]


def _codebooks(models: LoadedModels) -> list[tuple[str, str, str]]:
    """Give the id of each model, the name of its codebook, and what it is."""
    return [
        (
            stamp.id,
            models.get(stamp.id).codebook.name,
            f"{len(models.get(stamp.id).codebook.themes)} themes, model {stamp.id} {stamp.version}",
        )
        for stamp in models.stamps()
    ]


def _name(file: str) -> str:
    words = re.sub(r"[_\-.\s]+", " ", PurePath(file).stem).strip()
    return words[:1].upper() + words[1:]


def _slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:63]
