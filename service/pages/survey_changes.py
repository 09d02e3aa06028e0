"""Changing a survey: more responses, another model, or erasing it for good."""

from fastapi import Depends, Response
from fastapi.responses import RedirectResponse

from service import bringing, surveys
from service.deps import ModelsDep, ReadingsDep, SettingsDep, StateDep, StoreDep, takes_uploads
from service.errors import TooLargeError, UnprocessableError
from service.pages.bring import file_of, name_of, text_of
from service.pages.drafts import WRONG, Faults
from service.pages.route import SEE_OTHER, page_router, sentence
from service.pages.survey_overview import other_models
from service.pages.visitor import PageForm, SurveyMaker, Visitor, may
from service.records import Survey
from service.rendering import page
from service.schemas.surveys import SurveyPath
from service.security.principals import Scope
from service.tagging import LoadedModels

router = page_router("/surveys")


@router.get("/{survey}/add")
def ask_for_more(survey: SurveyPath, store: StoreDep, visitor: SurveyMaker) -> Response:
    """Ask for a file of more responses."""
    return _add_page(visitor, surveys.get(store, survey), [])


@router.post(
    "/{survey}/add", dependencies=[Depends(may(Scope.SURVEYS_WRITE)), Depends(takes_uploads)]
)
def take_more(
    survey: SurveyPath, held: StateDep, store: StoreDep, visitor: SurveyMaker, form: PageForm
) -> Response:
    """Keep a file of more responses, and have its rows checked."""
    found = surveys.get(store, survey)
    sent = file_of(form)
    if isinstance(sent, str):
        return _add_page(visitor, found, [("file", sent)])
    try:
        draft_id = bringing.begin(
            store, held.settings, sent.file, name_of(sent), visitor.name, found.id
        )
    except (UnprocessableError, TooLargeError) as error:
        return _add_page(visitor, found, [("file", sentence(str(error)))])
    draft = bringing.get(store, draft_id, visitor.principal)
    bringing.begin_check(store, draft, visitor.name)
    held.bringing.submit(draft_id)
    return RedirectResponse(f"/bring/{draft_id}/check", SEE_OTHER)


@router.get("/{survey}/model")
def ask_for_model(
    survey: SurveyPath, store: StoreDep, models: ModelsDep, visitor: SurveyMaker
) -> Response:
    """Ask which model of the survey's codebook is to tag it."""
    return _model_page(visitor, surveys.get(store, survey), models, [])


@router.post("/{survey}/model")
def choose_model(
    survey: SurveyPath, store: StoreDep, models: ModelsDep, visitor: SurveyMaker, form: PageForm
) -> Response:
    """Have a survey tagged by another model."""
    model = text_of(form, "model")
    if not model:
        wrong: Faults = [("model-0", "Choose a model")]
        return _model_page(visitor, surveys.get(store, survey), models, wrong)
    surveys.use_model(store, models, survey, model, visitor.name)
    return RedirectResponse(_after(visitor, survey), SEE_OTHER)


@router.get("/{survey}/erase")
def ask_whether_to_erase(survey: SurveyPath, store: StoreDep, visitor: SurveyMaker) -> Response:
    """Ask whether a survey is to be erased for good."""
    return _erase_page(visitor, surveys.get(store, survey), [])


@router.post("/{survey}/erase")
def erase(
    survey: SurveyPath,
    store: StoreDep,
    settings: SettingsDep,
    readings: ReadingsDep,
    visitor: SurveyMaker,
    form: PageForm,
) -> Response:
    """Erase a survey for good, if its id was typed."""
    found = surveys.get(store, survey)
    if text_of(form, "id").strip() != survey:
        return _erase_page(visitor, found, [("id", f"Type {survey} to erase this survey")])
    try:
        surveys.erase(store, survey, visitor.name)
    finally:
        readings.forget(survey)
    bringing.forget_survey(store, settings, survey)
    return RedirectResponse("/", SEE_OTHER)


def _after(visitor: Visitor, survey: str) -> str:
    """Give the page that a visitor is sent to once a survey is changed."""
    return f"/surveys/{survey}" if visitor.may(Scope.SURVEYS_READ) else "/"


def _add_page(visitor: Visitor, survey: Survey, wrong: Faults) -> Response:
    return _page("pages/survey_add.html", visitor, survey, wrong)


def _erase_page(visitor: Visitor, survey: Survey, wrong: Faults) -> Response:
    return _page("pages/survey_erase.html", visitor, survey, wrong)


def _model_page(visitor: Visitor, survey: Survey, models: LoadedModels, wrong: Faults) -> Response:
    offered = [models.stamp(model) for model in other_models(survey, models)]
    return page(
        "pages/survey_model.html",
        WRONG if wrong else 200,
        visitor=visitor,
        survey=survey,
        here="overview",
        errors=wrong,
        offered=offered,
    )


def _page(template: str, visitor: Visitor, survey: Survey, wrong: Faults) -> Response:
    return page(
        template,
        WRONG if wrong else 200,
        visitor=visitor,
        survey=survey,
        here="overview",
        errors=wrong,
        added=survey.columns.response_id == bringing.NUMBERED,
    )
