"""The one shape in which anything that went wrong is told: RFC 9457's problem details."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from labelled_data import DataError, RowError
from models import ModelError
from service.errors import (
    BadRequestError,
    BusyError,
    FieldError,
    ForbiddenError,
    NotFoundError,
    ServiceError,
    StoreError,
    TooLargeError,
    TooManyRequestsError,
    UnauthorisedError,
    UnprocessableError,
)
from service.observability.logs import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fastapi import FastAPI
    from starlette.requests import Request

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 1_000
LONGEST_PATH = 200
CHALLENGE = 'Bearer realm="Sayso"'
STORE_BACK = 5
"""Seconds after which it is worth asking a store again that could not be reached."""

KEYED = (UnauthorisedError, ForbiddenError, TooManyRequestsError, StoreError)
"""What any call that needs a key may answer with."""
FORESEEN = (
    ServiceError,
    RequestValidationError,
    DataError,
    ModelError,
    ClientDisconnect,
)
"""What is told to who asked, rather than a defect."""
_KINDS = {kind.status: kind for kind in (BadRequestError, NotFoundError, TooLargeError)}
_WORDS = {
    HTTPStatus.BAD_REQUEST: "the body of the request cannot be read",
    HTTPStatus.NOT_FOUND: "there is nothing at this address",
    HTTPStatus.METHOD_NOT_ALLOWED: "this address does not take requests of this method",
}


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it.

    Attributes:
        type: `/problems/` and a short name of the kind, or `about:blank`.
        title: Plain name of the kind.
        status: The HTTP status.
        detail: What went wrong this time, in one sentence.
        errors: What is wrong, row by row or member by member: the first thousand.
    """

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()


def problem_response(error: ServiceError) -> JSONResponse:
    """Answer with what went wrong."""
    errors = error.errors if isinstance(error, UnprocessableError) else ()
    problem = Problem(
        type=f"/problems/{error.slug}",
        title=error.title,
        status=error.status,
        detail=str(error),
        errors=errors[:MOST_ERRORS],
    )
    return _respond(problem, headers_of(error))


def documented(*kinds: type[ServiceError]) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with, for its ``responses``."""
    by_status: dict[int | str, list[type[ServiceError]]] = {}
    for kind in sorted(kinds, key=lambda kind: kind.status):
        by_status.setdefault(kind.status, []).append(kind)
    return {status: _documented(alike) for status, alike in by_status.items()}


def tell_problems(app: FastAPI) -> None:
    """Have an app answer with a problem whenever something goes wrong that is foreseen."""
    app.add_exception_handler(HTTPException, framework_problem)
    for kind in FORESEEN:
        app.add_exception_handler(kind, _of_our_own)


async def _of_our_own(request: Request, error: Exception) -> JSONResponse:
    told = service_error(error)
    if isinstance(told, StoreError):
        log.error("store.failed", **describe(error))
    return problem_response(told)


async def framework_problem(request: Request, error: Exception) -> JSONResponse:
    """Answer with what the framework found wrong with a request."""
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type
    status = HTTPStatus(error.status_code)
    if status in _KINDS:
        return problem_response(framework_error(error))
    detail = _WORDS.get(status, error.detail)
    problem = Problem(type="about:blank", title=status.phrase, status=status, detail=detail)
    return _respond(problem, error.headers)


def framework_error(error: HTTPException) -> ServiceError:
    """Give what the framework found wrong with a request as the problem it is to who asked."""
    status = HTTPStatus(error.status_code)
    return _KINDS.get(status, BadRequestError)(_WORDS.get(status, error.detail))


def service_error(error: Exception) -> ServiceError:
    """Give what went wrong as the problem it is to who asked."""
    match error:
        case ServiceError():
            return error
        case RequestValidationError():
            return invalid(error.errors())
        case RowError():
            return UnprocessableError(str(error), (FieldError(error.row, None, str(error)),))
        case ClientDisconnect():
            return BadRequestError("the request ended before its body did")
        case _:
            return UnprocessableError(str(error))


def invalid(errors: Iterable[Mapping[str, Any]]) -> UnprocessableError:
    """Turn what pydantic found wrong into a problem, without the values it found."""
    fields = tuple(_field(one) for one in errors)
    return UnprocessableError("the request is not as it should be; see errors", fields)


def _field(error: Mapping[str, Any]) -> FieldError:
    if error["type"] == "json_invalid":
        return FieldError(None, None, f"not JSON from character {error['loc'][-1]} on")
    return FieldError(None, _path(error["loc"]), error["msg"])


def _path(place: Sequence[str | int]) -> str | None:
    """Name a member from within what it is part of; ``None`` for the whole body."""
    return ".".join(str(part) for part in place[1:])[:LONGEST_PATH] or None


def _respond(problem: Problem, headers: Mapping[str, str] | None) -> JSONResponse:
    return JSONResponse(
        problem.model_dump(mode="json"),
        status_code=problem.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def headers_of(error: ServiceError) -> dict[str, str]:
    """Give the headers that go with a problem."""
    match error:
        case TooManyRequestsError() | BusyError():
            return {"Retry-After": str(error.retry_after)}
        case StoreError():
            return {"Retry-After": str(STORE_BACK)}
        case UnauthorisedError():
            return {"WWW-Authenticate": CHALLENGE}
        case _:
            return {}


def _documented(kinds: Sequence[type[ServiceError]]) -> dict[str, Any]:
    examples = {kind.slug: {"value": _example(kind)} for kind in kinds}
    schema = {"$ref": "#/components/schemas/Problem"}
    described: dict[str, Any] = {
        "description": "; ".join(kind.title for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }
    if any(issubclass(kind, TooManyRequestsError | BusyError | StoreError) for kind in kinds):
        described["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        }
    return described


def _example(kind: type[ServiceError]) -> dict[str, Any]:
    summary = (kind.__doc__ or "").partition("\n")[0]
    detail = summary[:1].lower() + summary[1:].rstrip(".")
    return Problem(
        type=f"/problems/{kind.slug}", title=kind.title, status=kind.status, detail=detail
    ).model_dump(mode="json")
