"""Calls on surveys."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response, status

from service import bringing, surveys
from service.coarse_progress import coarse_progress
from service.deps import ModelsDep, ReadingsDep, SettingsDep, StoreDep, SurveyReader, SurveyWriter
from service.errors import (
    BusyError,
    ConflictError,
    NotFoundError,
    StoreError,
    TooLargeError,
    UnprocessableError,
)
from service.missing_groups import missing_shares
from service.problem import KEYED, documented
from service.records import NewSurvey, Survey
from service.schemas.surveys import (
    NEW_SURVEY,
    SURVEY,
    ModelChoice,
    SurveyPath,
    SurveyProgress,
    Surveys,
    SurveyWithProgress,
)
from service.security.principals import Scope

router = APIRouter(prefix="/v1/surveys", tags=["surveys"], responses=documented(*KEYED))


def _shown(code: int, example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {code: {"content": {"application/json": {"example": example}}}}


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    summary="Make a survey",
    response_description="The survey",
    responses=_shown(status.HTTP_201_CREATED, SURVEY)
    | documented(ConflictError, TooLargeError, UnprocessableError),
)
def create_survey(
    new: Annotated[NewSurvey, Body(openapi_examples={"two questions": {"value": NEW_SURVEY}})],
    store: StoreDep,
    models: ModelsDep,
    caller: SurveyWriter,
    response: Response,
) -> Survey:
    """Make a survey: what its columns hold, what its groups mean, and which model tags it.

    A scheme of equality groups is the id of one that comes with Sayso, or one of the survey's own.
    """
    made = surveys.create(store, models, new, caller.name)
    response.headers["Location"] = f"/v1/surveys/{made.id}"
    return made


@router.get("", summary="List surveys", response_description="The surveys")
def list_surveys(store: StoreDep, caller: SurveyReader) -> Surveys:
    """List all surveys, in the order in which they were made."""
    return Surveys(surveys=tuple(surveys.every(store)))


@router.get(
    "/{survey}",
    summary="See how far a survey has come",
    response_description="The survey",
    responses=documented(NotFoundError, UnprocessableError),
)
def read_survey(survey: SurveyPath, store: StoreDep, caller: SurveyReader) -> SurveyWithProgress:
    """Tell what a survey holds, how much of it is tagged, and how many groups are missing and why.

    Exact numbers, and how many responses each group has, are told to those with the scope
    `counts:exact`. Others are told rounded ones, so that nobody can be picked out; the comments
    that are tagged are as many as there are once all of them are.
    """
    found, progress = surveys.with_progress(store, survey)
    shown = progress if caller.may(Scope.COUNTS_EXACT) else coarse_progress(progress)
    told = SurveyProgress(
        responses=shown.responses,
        comments=shown.comments,
        tagged=shown.tagged,
        statuses=shown.statuses,
        missing=missing_shares(progress.responses, progress.groups),
        groups=shown.groups,
    )
    return SurveyWithProgress(**dict(found), progress=told)


@router.put(
    "/{survey}/model",
    summary="Choose the model of a survey",
    response_description="The survey",
    responses=_shown(status.HTTP_200_OK, SURVEY)
    | documented(NotFoundError, ConflictError, TooLargeError, UnprocessableError),
)
def choose_model(
    survey: SurveyPath,
    choice: ModelChoice,
    store: StoreDep,
    models: ModelsDep,
    caller: SurveyWriter,
) -> Survey:
    """Have a survey tagged by a model, in the version that is loaded.

    Comments that another model or version tagged are tagged again. The model has to give themes of
    the survey's codebook.
    """
    return surveys.use_model(store, models, survey, choice.model, caller.name)


@router.delete(
    "/{survey}",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Erase a survey",
    response_description="It is gone",
    responses=documented(NotFoundError, UnprocessableError, BusyError, StoreError),
)
def erase_survey(
    survey: SurveyPath,
    store: StoreDep,
    readings: ReadingsDep,
    settings: SettingsDep,
    caller: SurveyWriter,
) -> None:
    """Erase every trace of a survey for good; the audit keeps that it was there, and no text."""
    try:
        surveys.erase(store, survey, caller.name)
    finally:
        readings.forget(survey)
    bringing.forget_survey(store, settings, survey)
