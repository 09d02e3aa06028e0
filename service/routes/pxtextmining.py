"""The calls of pxtextmining, so that its clients change only a URL."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import (
    APIRouter,
    BackgroundTasks,
    Body,
    Depends,
    Path,
    Query,
    Request,
    Response,
    status,
)
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.security import APIKeyQuery

from labelled_data.fft_labels import published_labels
from service import pxtextmining
from service.deps import BatcherDep, MayTag, ModelsDep, StateDep, StoreDep, caller, given
from service.errors import (
    BadRequestError,
    BusyError,
    ForbiddenError,
    NotFoundError,
    StoreError,
    TooLargeError,
    TooManyRequestsError,
    UnauthorisedError,
    UnprocessableError,
)
from service.problem import documented
from service.pxtextmining import SentComment
from service.schemas.pxtextmining import (
    ANSWERED,
    ANSWERED_LATER,
    ASKED,
    ASKED_LATER,
    MOST_COMMENTS,
    MOST_COMMENTS_LATER,
    PxComment,
    PxCommentLater,
    PxLabels,
    PxResult,
    PxStarted,
)
from service.security.authentication import Given
from service.security.principals import Principal, Scope

ASK_AGAIN = 5
"""Seconds until a client asks again for results that are not ready."""

RESULTS = "pxtextmining_results"

_WITH_A_KEY = (UnauthorisedError, ForbiddenError, TooManyRequestsError)
_WITH_COMMENTS = (*_WITH_A_KEY, BadRequestError, NotFoundError, TooLargeError, UnprocessableError)
_CODE = APIKeyQuery(
    name="code",
    scheme_name="KeyAsCode",
    description="The key as `code` in the address, for clients of pxtextmining only.",
    auto_error=False,
)

# Clients send their lists without a content type.
router = APIRouter(tags=["pxtextmining"], strict_content_type=False)


def starter(
    request: Request,
    held: StateDep,
    brought: Annotated[Given, Depends(given)],
    code: Annotated[str | None, Depends(_CODE)],
) -> Principal:
    """Tell who is asking, by the key in the address where there is none in the header."""
    principal = caller(request, held, replace(brought, key=brought.key or code))
    principal.check(Scope.TAG)
    return principal


def _answer(description: str, example: object) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"example": example}}}


@router.post(
    "/predict_multilabel",
    summary="Label comments, as pxtextmining's quick call",
    responses=documented(*_WITH_COMMENTS, StoreError, BusyError)
    | {status.HTTP_200_OK: _answer("The labels of each comment", ANSWERED)},
)
async def predict_multilabel(
    sent: Annotated[
        tuple[PxComment, ...],
        Body(min_length=1, max_length=MOST_COMMENTS, openapi_examples={"two": {"value": ASKED}}),
    ],
    held: StateDep,
    batcher: BatcherDep,
    who: MayTag,
) -> tuple[PxLabels, ...]:
    """Label comments while the caller waits, with the names of version 7 of the framework."""
    pxtextmining.check_ids([one.comment_id for one in sent])
    held.limiter.count_comments(who.name, len(sent))
    texts = [one.comment_text for one in sent]
    said = await batcher.tag(pxtextmining.MODEL, texts, [None] * len(texts))
    return tuple(
        PxLabels(comment_id=one.comment_id, labels=tuple(published_labels(prediction.themes)))
        for one, prediction in zip(sent, said, strict=True)
    )


@router.post(
    "/api/StartContainerInstance",
    status_code=status.HTTP_202_ACCEPTED,
    summary="Leave comments to be labelled, as pxtextmining's slow call",
    response_class=PlainTextResponse,
    responses=documented(*_WITH_COMMENTS, StoreError)
    | {
        status.HTTP_202_ACCEPTED: {
            "description": "The comments are stored; the results will be at this address",
            "model": PxStarted,
            "content": {
                "text/plain": {"example": "http://127.0.0.1:8000/api/results/3f0c"},
                "application/json": {
                    "example": {"results_url": "http://127.0.0.1:8000/api/results/3f0c"}
                },
            },
            "headers": {"Location": {"description": "The same.", "schema": {"type": "string"}}},
        }
    },
)
def start(
    sent: Annotated[
        tuple[PxCommentLater, ...],
        Body(
            min_length=1,
            max_length=MOST_COMMENTS_LATER,
            openapi_examples={"two": {"value": ASKED_LATER}},
        ),
    ],
    request: Request,
    held: StateDep,
    store: StoreDep,
    models: ModelsDep,
    who: Annotated[Principal, Depends(starter)],
    later: BackgroundTasks,
    target: Annotated[
        Literal["ms", "m", "s"],
        Query(description="Labels, sentiment or both are wanted; all get both."),
    ] = "ms",
) -> Response:
    """Leave comments to be labelled in the background; what is stored is erased after a day.

    The answer is the address of the results as plain text, or as JSON to those who accept that by
    name. It cannot be guessed, and whoever has it needs no key.
    """
    held.limiter.count_comments(who.name, len(sent))
    comments = [SentComment(one.comment_id, one.comment_text, one.question_type) for one in sent]
    secret = pxtextmining.start(store, models, comments, who.name)
    later.add_task(pxtextmining.sweep, store, datetime.now(UTC))
    return _started(request, str(request.url_for(RESULTS, job=secret)))


def _started(request: Request, address: str) -> Response:
    headers = {"Location": address, "Retry-After": str(ASK_AGAIN)}
    if "application/json" in request.headers.get("accept", ""):
        told = PxStarted(results_url=address).model_dump()
        return JSONResponse(told, status.HTTP_202_ACCEPTED, headers)
    return PlainTextResponse(address, status.HTTP_202_ACCEPTED, headers)


@router.get(
    "/api/results/{job}",
    name=RESULTS,
    summary="Fetch what was left to be labelled",
    response_model=tuple[PxResult, ...],
    responses=documented(NotFoundError, StoreError)
    | {
        status.HTTP_200_OK: _answer("The results, in the order of the comments", ANSWERED_LATER),
        status.HTTP_202_ACCEPTED: {
            "description": "They are not ready",
            "content": {"text/plain": {"example": "the results are not ready"}},
            "headers": {
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
            },
        },
    },
)
def results(
    job: Annotated[str, Path(description="The secret in the address that the slow call gave.")],
    store: StoreDep,
    later: BackgroundTasks,
) -> Response | tuple[PxResult, ...]:
    """Fetch labels and sentiments, by the address that the slow call gave; no key is needed."""
    now = datetime.now(UTC)
    later.add_task(pxtextmining.sweep, store, now)
    found = pxtextmining.results(store, job, now)
    if found is None:
        return PlainTextResponse(
            "the results are not ready",
            status.HTTP_202_ACCEPTED,
            {"Retry-After": str(ASK_AGAIN)},
        )
    return tuple(
        PxResult(
            comment_id=one.id, comment_text=one.text, labels=one.labels, sentiment=one.sentiment
        )
        for one in found
    )
