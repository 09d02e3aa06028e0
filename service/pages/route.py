"""Routes of pages: what goes wrong on one is told on a page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.errors import StoreError, UnauthorisedError, UnprocessableError
from service.observability.logs import describe
from service.problem import FORESEEN, framework_error, headers_of, service_error
from service.rendering import page

if TYPE_CHECKING:
    from service.errors import ServiceError

log = structlog.get_logger(__name__)

SEE_OTHER = 303
"""Status of what answers a form with another page."""
MOST_SHOWN = 100
"""Errors of rows that a page lists."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose problems are pages; of who is not signed in it asks that first."""

    def get_route_handler(self) -> Handler:
        """Give what answers a request."""
        answer = super().get_route_handler()

        async def answer_with_pages(request: Request) -> Response:
            try:
                return await answer(request)
            except HTTPException as error:
                return problem_page(request, framework_error(error))
            except FORESEEN as error:
                if isinstance(error, StoreError):
                    # no traceback: what the store was given may be in it
                    log.error("store.failed", **describe(error))  # noqa: TRY400
                return problem_page(request, service_error(error))

        return answer_with_pages


def page_router(prefix: str = "") -> APIRouter:
    """Make a router for pages, which are no part of the description of the calls."""
    return APIRouter(prefix=prefix, include_in_schema=False, route_class=PageRoute)


def problem_page(request: Request, error: ServiceError) -> Response:
    """Tell on a page what went wrong, or ask who is not signed in to do that."""
    if isinstance(error, UnauthorisedError):
        return page("pages/sign_in.html", error.status, why=sentence(str(error)), to=_back(request))
    errors = error.errors if isinstance(error, UnprocessableError) else ()
    answer = page(
        "pages/problem.html",
        error.status,
        title=error.title,
        detail=sentence(str(error)),
        errors=errors[:MOST_SHOWN],
    )
    answer.headers.update(headers_of(error))
    return answer


def _back(request: Request) -> str:
    """Give the address to show once they are signed in: what they asked for, if that can be."""
    if request.method != "GET" or request.url.path == "/sign-in":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def sentence(text: str) -> str:
    """Write a message as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
