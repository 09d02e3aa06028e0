"""Signing a browser in, by the link that `sayso serve` prints, and out."""

from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse

from service.deps import StoreDep
from service.pages.route import page_router
from service.pages.visitor import PageForm, SessionCookie, VisitorDep
from service.security import sessions

router = page_router()

SEE_OTHER = 303


@router.get("/sign-in")
def sign_in(request: Request, store: StoreDep, token: Annotated[str, Query()] = "") -> Response:
    """Sign a browser in by the link that `sayso serve` prints."""
    return with_session(request, sessions.sign_in(store, token), "/")


def with_session(request: Request, secret: str, to: str) -> Response:
    """Send a browser on to a page, with the cookie of its session."""
    response = RedirectResponse(to, SEE_OTHER)
    response.set_cookie(
        sessions.COOKIE,
        secret,
        max_age=int(sessions.SESSION_LASTS.total_seconds()),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


@router.post("/sign-out")
def sign_out(
    store: StoreDep, visitor: VisitorDep, form: PageForm, cookie: SessionCookie = None
) -> Response:
    """End a browser's session."""
    if cookie is not None:
        sessions.sign_out(store, cookie)
    response = RedirectResponse("/", SEE_OTHER)
    response.delete_cookie(sessions.COOKIE, httponly=True, samesite="strict")
    return response
