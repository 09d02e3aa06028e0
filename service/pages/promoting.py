"""Having surveys tagged by a model that is loaded."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse, RedirectResponse

from service import promoting, surveys
from service.deps import ModelsDep, StoreDep
from service.errors import UnprocessableError
from service.pages.models import Shown, model_page
from service.pages.route import SEE_OTHER, page_router
from service.pages.visitor import PageForm, SurveyMaker, Visitor
from service.promoting import Candidate
from service.routes.models import ModelPath
from service.security.principals import Scope
from service.store import Store
from service.tagging import LoadedModels

router = page_router("/models/{model}/surveys")

SurveyIds = Annotated[list[str], Query(alias="survey", max_length=1_000)]


def _candidates(
    store: Store, models: LoadedModels, model: str, visitor: Visitor
) -> list[Candidate]:
    visitor.principal.check(Scope.SURVEYS_READ)
    exact = visitor.may(Scope.COUNTS_EXACT)
    return promoting.candidates(store, models, model, exact=exact)


@router.get("")
def show_candidates(
    model: ModelPath,
    store: StoreDep,
    models: ModelsDep,
    visitor: SurveyMaker,
    begun: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """Show the surveys that a model could tag in place of what tags them."""
    found = _candidates(store, models, model, visitor)
    return model_page(
        "pages/model_surveys.html",
        visitor,
        Shown.of(models, model),
        candidates=found,
        begun=begun,
        error="",
    )


@router.get("/sure")
def ask_if_sure(
    model: ModelPath,
    store: StoreDep,
    models: ModelsDep,
    visitor: SurveyMaker,
    ids: SurveyIds = [],  # noqa: B006 - FastAPI reads it, nothing changes it
) -> HTMLResponse:
    """Say how many comments would be tagged again."""
    found = _candidates(store, models, model, visitor)
    shown = Shown.of(models, model)
    try:
        chosen = promoting.chosen(found, ids)
    except UnprocessableError:
        answer = model_page(
            "pages/model_surveys.html",
            visitor,
            shown,
            candidates=found,
            begun=0,
            error="Choose at least one survey.",
        )
        answer.status_code = UnprocessableError.status
        return answer
    return model_page("pages/model_sure.html", visitor, shown, chosen=chosen)


@router.post("")
def promote(
    model: ModelPath, store: StoreDep, models: ModelsDep, visitor: SurveyMaker, form: PageForm
) -> RedirectResponse:
    """Have surveys tagged by a model, in the background."""
    found = _candidates(store, models, model, visitor)
    chosen = promoting.chosen(found, map(str, form.getlist("survey")))
    for each in chosen:
        surveys.use_model(store, models, each.survey.id, model, visitor.name)
    return RedirectResponse(f"/models/{model}/surveys?begun={len(chosen)}", SEE_OTHER)
