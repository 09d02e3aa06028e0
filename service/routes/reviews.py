"""Calls on what people say of comments they read."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response, status

from service import reviewing, sampling
from service.deps import ModelsDep, ReadingsDep, Reviewer, SettingsDep, StoreDep
from service.errors import (
    ConflictError,
    NotFoundError,
    TooLargeError,
    UnprocessableError,
)
from service.problem import KEYED, documented
from service.reading_agreement import ReadingAgreement
from service.reading_plans import plan_asked
from service.schemas.reading_plans import PlanFilter, ReadingPlan
from service.schemas.reviews import AGREEMENT, EXPORT, REVIEW, Id, NewReview, Review, ToRead
from service.schemas.samples import NEW_SAMPLE, NEW_STRATA, NewSample, Sample, Samples
from service.schemas.surveys import SurveyPath
from service.security.principals import Scope

OF_A_SURVEY = documented(NotFoundError, UnprocessableError)

router = APIRouter(
    prefix="/v1/surveys/{survey}/reviews",
    tags=["reviews"],
    responses=documented(*KEYED) | OF_A_SURVEY,
)


@router.post(
    "/samples",
    status_code=status.HTTP_201_CREATED,
    summary="Draw a sample",
    response_description="The sample",
    responses=documented(ConflictError, TooLargeError),
)
def draw_sample(
    survey: SurveyPath,
    new: Annotated[
        NewSample,
        Body(openapi_examples={"people": {"value": NEW_SAMPLE}, "strata": {"value": NEW_STRATA}}),
    ],
    store: StoreDep,
    models: ModelsDep,
    caller: Reviewer,
) -> Sample:
    """Draw comments that the model could read, or people with all that they wrote, to be read.

    Of a random sample the chance of each is kept. Only such samples can correct figures; one of
    doubtful comments teaches the model.

    Strata of groups, such as those of a plan, tell who is in which group: they need the scope
    `comments:read` too.
    """
    drawn = sampling.draw_asked(store, models, survey, new, caller)
    return Sample.of(drawn, tells_frame=caller.may(Scope.COMMENTS_READ))


@router.get("/samples", summary="List samples", response_description="The samples")
def list_samples(survey: SurveyPath, store: StoreDep, caller: Reviewer) -> Samples:
    """List a survey's samples, in the order in which they were drawn."""
    tells_frame = caller.may(Scope.COMMENTS_READ)
    found = sampling.samples(store, survey)
    return Samples(samples=tuple(Sample.of(each, tells_frame=tells_frame) for each in found))


@router.get(
    "/plan",
    summary="Plan what to read",
    response_description="The plan",
    responses=documented(ConflictError),
)
def plan_reading(
    survey: SurveyPath,
    wanted: Annotated[PlanFilter, Query()],
    store: StoreDep,
    models: ModelsDep,
    readings: ReadingsDep,
    caller: Reviewer,
) -> ReadingPlan:
    """Tell how many people of which groups to read, for corrected shares with narrow intervals.

    It goes by the counts that the policy lets be told, so it needs the scope `surveys:read` too.
    Its strata are what drawing a sample of people takes.
    """
    return plan_asked(store, models, readings, survey, wanted, caller)


@router.get("/next", summary="Read the next comment", response_description="The comment")
def read_next(
    survey: SurveyPath,
    sample: Annotated[Id, Query(description="The sample's number.", examples=[3])],
    store: StoreDep,
    caller: Reviewer,
) -> ToRead:
    """Give the first comment of a sample that the caller has not read; null after the last.

    Several people may read one sample; each gets all of it. In a blind sample they are not shown
    what the model says.
    """
    found, item = reviewing.next_item(store, survey, sample, caller.name)
    return ToRead.of(sample, item, found)


@router.get(
    "/agreement",
    summary="Measure agreement",
    response_description="Agreement, theme by theme",
    responses={
        status.HTTP_200_OK: {"content": {"application/json": {"example": AGREEMENT}}},
        **documented(ConflictError),
    },
)
def measure_agreement(
    survey: SurveyPath, store: StoreDep, models: ModelsDep, caller: Reviewer
) -> ReadingAgreement:
    """Tell how far people agree who read the same comments blind: Krippendorff's alpha by theme."""
    return reviewing.agreement(store, models, survey)


@router.get(
    "/export",
    summary="Export reviews",
    response_description="A table in the labelled form",
    response_class=Response,
    responses={
        status.HTTP_200_OK: {
            "content": {"text/csv": {"schema": {"type": "string"}, "example": EXPORT}}
        },
        **documented(ConflictError),
    },
)
def export_reviews(
    survey: SurveyPath,
    store: StoreDep,
    models: ModelsDep,
    settings: SettingsDep,
    caller: Reviewer,
) -> Response:
    """Give all that people said as a table that `sayso train --corrections` takes.

    Each person who read a comment has a row; who they are is not told.
    """
    table = reviewing.export(store, models, survey, settings.spool, caller.name)
    attached = {"Content-Disposition": f'attachment; filename="{survey}-reviews.csv"'}
    return Response(table, media_type="text/csv", headers=attached)


@router.put(
    "/{comment}",
    summary="Review a comment",
    response_description="What is stored",
    responses=documented(ConflictError, TooLargeError),
)
def review_comment(
    survey: SurveyPath,
    comment: Annotated[Id, Path(description="The comment's number.", examples=[412])],
    said: Annotated[NewReview, Body(openapi_examples={"two themes": {"value": REVIEW}})],
    store: StoreDep,
    models: ModelsDep,
    caller: Reviewer,
) -> Review:
    """Say which themes a comment has, in place of what the caller said of it before."""
    themes = reviewing.put(
        store, models, survey, comment, said.sample, caller.name, said.themes, said.polarity
    )
    return Review(comment=comment, sample=said.sample, themes=themes, polarity=said.polarity)
