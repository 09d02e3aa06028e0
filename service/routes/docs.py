"""The description of the calls: as OpenAPI for programs, and as a page for people."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse

from service.call_descriptions import paragraphs, sections
from service.deps import GivenDep, SettingsDep, StoreDep
from service.rendering import page
from service.security.authentication import authenticate


def may_read(given: GivenDep, settings: SettingsDep, store: StoreDep) -> None:
    """Let everybody read the description, or only those with a key, as the settings have it.

    Raises:
        UnauthorisedError: A key is needed, and there was none, or not a good one.
    """
    if settings.docs_need_key:
        authenticate(store, given)


router = APIRouter(include_in_schema=False, dependencies=[Depends(may_read)])


@router.get("/openapi.json")
def read_openapi(request: Request) -> JSONResponse:
    """Give the description of the calls as OpenAPI."""
    return JSONResponse(request.app.openapi())


@router.get("/docs")
def read_docs(request: Request) -> HTMLResponse:
    """Show the description of the calls."""
    document = request.app.openapi()
    info = document["info"]
    return page(
        "docs.html", info=info, about=paragraphs(info["description"]), sections=sections(document)
    )
