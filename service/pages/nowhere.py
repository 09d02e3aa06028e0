"""What a browser is told where no page can answer: that, on a page; programs are told as ever.

There is none at an address, or what should have answered went wrong in a way nobody foresaw.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from service.errors import NotFoundError
from service.pages.route import problem_page
from service.problem import framework_problem, problem_response
from service.rendering import page

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from service.errors import ServiceError

CALLS = ("/v1/", "/api/", "/predict_multilabel", "/health/", "/metrics")
"""How addresses begin that only programs ask for."""
TOLD = {
    HTTPStatus.NOT_FOUND: (
        NotFoundError.title,
        "There is nothing at this address. If you typed it, check that it is right; if a link led"
        " here, what it led to may have been erased.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "This is no page to open by its address",
        "This address only takes what a form sends. Go back to the page that the form is on.",
    ),
}
"""Title and text of a page, by the status."""


def tell_browsers(app: FastAPI) -> None:
    """Have an app answer a browser with a page where there is none at an address."""
    app.add_exception_handler(HTTPException, _answer)


def tell_of_failure(request: Request, error: ServiceError) -> Response:
    """Answer with what went wrong: on a page where a browser asked for one."""
    return problem_page(request, error) if _is_for_a_page(request) else problem_response(error)


async def _answer(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type
    told = TOLD.get(HTTPStatus(error.status_code))
    if told is None or not _is_for_a_page(request):
        return await framework_problem(request, error)
    title, detail = told
    answer = page("pages/problem.html", error.status_code, title=title, detail=detail, errors=())
    answer.headers.update(error.headers or {})
    return answer


def _is_for_a_page(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and not request.url.path.startswith(CALLS)
