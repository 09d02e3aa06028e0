"""Calls on what people say of comments they read."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response, status

from service import reviewing
from service.deps import ModelsDep, Reviewer, SettingsDep, StoreDep
from service.errors import (
    ConflictError,
    NotFoundError,
    TooLargeError,
    UnprocessableError,
)
from service.problem import KEYED, documented
from service.reading_agreement import ReadingAgreement
from service.schemas.reviews import (
    AGREEMENT,
    EXPORT,
    REVIEW,
    Id,
    NewReview,
    NewSample,
    Review,
    Sample,
    Samples,
    ToRead,
)
from service.schemas.surveys import SurveyPath

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
    new: NewSample,
    store: StoreDep,
    models: ModelsDep,
    caller: Reviewer,
) -> Sample:
    """Draw comments, among those that the model could read, for people to read.

    Of a random sample the chance of each comment is told. Only such a sample can correct figures;
    one of doubtful comments teaches the model.
    """
    drawn = reviewing.draw(
        store,
        models,
        survey,
        new.kind,
        new.size,
        seed=new.seed,
        blind=new.blind,
        actor=caller.name,
    )
    return Sample.of(drawn)


@router.get("/samples", summary="List samples", response_description="The samples")
def list_samples(survey: SurveyPath, store: StoreDep, caller: Reviewer) -> Samples:
    """List a survey's samples, in the order in which they were drawn."""
    found = reviewing.samples(store, survey)
    return Samples(samples=tuple(Sample.of(sample) for sample in found))


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
