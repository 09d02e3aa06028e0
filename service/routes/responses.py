"""The call that takes in responses."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Depends, Query, Request, Response, status
from fastapi.responses import JSONResponse

from service import intake, surveys
from service.deps import SettingsDep, StoreDep, SurveyWriter, takes_uploads
from service.errors import (
    NotFoundError,
    TooLargeError,
    UnprocessableError,
    UnsupportedMediaError,
)
from service.problem import KEYED, documented
from service.schemas.responses import DRY_RUN, FORMATS, INTAKE, REQUEST_BODY, DryRun
from service.schemas.surveys import SurveyPath
from service.uploads import UploadFormat, UploadLimits, preview, receive

Value = TypeVar("Value")

READ_AT_ONCE = 4
"""Uploads that are read at the same time; more wait, each in its file."""
_READING: RunVar[CapacityLimiter] = RunVar("uploads that are read")

ANSWERS: dict[int | str, dict[str, Any]] = {
    status.HTTP_200_OK: {
        "model": DryRun,
        "description": "What would become of it, for a dry run",
        "content": {"application/json": {"example": DRY_RUN}},
    },
    status.HTTP_202_ACCEPTED: {"content": {"application/json": {"example": INTAKE}}},
}

router = APIRouter(prefix="/v1/surveys", tags=["responses"], responses=documented(*KEYED))


@router.post(
    "/{survey}/responses",
    status_code=status.HTTP_202_ACCEPTED,
    summary="Upload responses",
    dependencies=[Depends(takes_uploads)],
    openapi_extra={"requestBody": REQUEST_BODY},
    response_description="What became of it; what was accepted is stored",
    responses={
        **ANSWERS,
        **documented(NotFoundError, TooLargeError, UnsupportedMediaError, UnprocessableError),
    },
    response_model=intake.Intake,
)
async def upload_responses(
    survey: SurveyPath,
    request: Request,
    store: StoreDep,
    settings: SettingsDep,
    caller: SurveyWriter,
    dry_run: Annotated[
        bool, Query(description="Whether to tell what would become of it, and store nothing.")
    ] = False,
) -> intake.Intake | Response:
    """Store responses, and tell what became of each row: accepted, a duplicate, or rejected.

    What was accepted is durable, and tagged from now on. An upload may be sent again, whole or in
    parts: a response that is there with the same content is a duplicate, and changes nothing. One
    with the id of another response and other content is rejected. A missing column, or a file that
    is not what its Content-Type says, refuses the upload as a whole.

    A body may be compressed, with `Content-Encoding: gzip`. A dry run stores nothing, and shows
    every value of the columns of groups and which group it means.
    """
    kind = _format(request)
    found = await to_thread.run_sync(surveys.get, store, survey)
    limits = UploadLimits(rows=settings.rows, cell=settings.cell, unpacked=settings.unpacked_bytes)
    encoding = request.headers.get("content-encoding", "")
    body = receive(
        request.stream(),
        settings.spool,
        settings.upload_bytes,
        encoding=encoding,
        unpacked=settings.unpacked_bytes,
    )
    async with body as path:
        if dry_run:
            trial = partial(preview, path, found.columns, kind, limits)
            return JSONResponse(DryRun.of(await _in_turn(trial)).model_dump(mode="json"))
        taken = partial(intake.upload, store, survey, path, kind, limits, caller.name)
        return await _in_turn(taken)


def _format(request: Request) -> UploadFormat:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in FORMATS:
        known = ", ".join(FORMATS)
        raise UnsupportedMediaError(f"the Content-Type of an upload has to be one of {known}")
    return FORMATS[media_type]


async def _in_turn(read: Callable[[], Value]) -> Value:
    """Reads off the event loop, a few uploads at a time, apart from the threads of other calls."""
    try:
        turns = _READING.get()
    except LookupError:
        turns = CapacityLimiter(READ_AT_ONCE)
        _READING.set(turns)
    return await to_thread.run_sync(read, limiter=turns)
