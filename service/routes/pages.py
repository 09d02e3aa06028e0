"""Pages for a browser: signing in and out, and what there is."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from service import surveys
from service.deps import ModelsDep, StoreDep
from service.errors import UnauthorisedError
from service.rendering import page
from service.security import sessions

router = APIRouter(include_in_schema=False)

SEE_OTHER = 303
UNAUTHORISED = 401

SessionCookie = Annotated[str | None, Cookie(alias=sessions.COOKIE)]


@router.get("/")
def show_home(store: StoreDep, models: ModelsDep, cookie: SessionCookie = None) -> Response:
    """Show the surveys and the models."""
    session = sessions.find(store, cookie) if cookie else None
    if session is None:
        return page("signed_out.html", UNAUTHORISED, why="This browser is not signed in.")
    shown = [surveys.with_progress(store, survey.id) for survey in surveys.every(store)]
    return page("home.html", surveys=shown, models=models.stamps(), csrf=session.csrf)


@router.get("/sign-in")
def sign_in(request: Request, store: StoreDep, token: Annotated[str, Query()] = "") -> Response:
    """Sign a browser in by the link that `sayso serve` prints."""
    try:
        secret = sessions.sign_in(store, token)
    except UnauthorisedError as error:
        why = str(error)
        return page("signed_out.html", UNAUTHORISED, why=f"{why[:1].upper()}{why[1:]}.")
    response = RedirectResponse("/", SEE_OTHER)
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
    store: StoreDep, csrf: Annotated[str, Form()] = "", cookie: SessionCookie = None
) -> Response:
    """End a browser's session."""
    session = sessions.find(store, cookie) if cookie else None
    if session is not None and cookie is not None and session.vouches_for(csrf):
        sessions.sign_out(store, cookie)
    response = RedirectResponse("/", SEE_OTHER)
    response.delete_cookie(sessions.COOKIE, httponly=True, samesite="strict")
    return response
