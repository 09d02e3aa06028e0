"""Signing a browser in, by a key or by the link that `sayso serve` prints, and out."""

import re
from typing import Annotated

from fastapi import Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from service.deps import StateDep, StoreDep
from service.errors import ForbiddenError, UnauthorisedError
from service.pages.route import SEE_OTHER, page_router, sentence
from service.pages.visitor import PageForm, SessionCookie, VisitorDep
from service.rendering import page
from service.security import sessions

router = page_router()

LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""An address of this service; browsers take // and /\\ for the start of another's."""
ELSEWHERE = frozenset({"cross-site", "same-site"})


def counted(request: Request, held: StateDep) -> None:
    """Count who tries to sign in, by where they ask from, so that nobody guesses all day.

    Raises:
        TooManyRequestsError: They tried too often of late.
    """
    host = request.client.host if request.client else "unknown"
    held.limiter.count_request(f"sign-in from {host}")


def of_ours(request: Request) -> None:
    """Stop a page of another site from signing a browser in, as somebody its user is not.

    Raises:
        ForbiddenError: The browser says that another site sent the form.
    """
    if request.headers.get("sec-fetch-site") in ELSEWHERE:
        raise ForbiddenError("another site sent this form; open the sign-in page and use that")


@router.get("/sign-in", dependencies=[Depends(counted)])
def sign_in(
    request: Request, store: StoreDep, token: Annotated[str | None, Query()] = None
) -> Response:
    """Ask for a key, or sign a browser in by the link that `sayso serve` prints."""
    if token is None:
        return page("pages/sign_in.html", to="/")
    return with_session(request, sessions.sign_in(store, token), "/")


@router.post("/sign-in", dependencies=[Depends(counted), Depends(of_ours)])
def sign_in_by_key(
    request: Request,
    store: StoreDep,
    key: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "/",
) -> Response:
    """Sign a browser in by a key, to do what that may."""
    place = to if LOCAL.fullmatch(to) else "/"
    if not key.strip():
        return page("pages/sign_in.html", 422, to=place, error="Enter your key.")
    try:
        secret = sessions.sign_in_by_key(store, key.strip())
    except UnauthorisedError as error:
        return page("pages/sign_in.html", error.status, to=place, error=sentence(str(error)))
    return with_session(request, secret, place)


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
