"""Who did what, in plain words."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from service import audited
from service.deps import StoreDep
from service.pages.key_words import deed
from service.pages.route import page_router
from service.pages.visitor import AdminVisitor
from service.rendering import page
from service.routes.keys import LARGEST

router = page_router()

ENTRIES = 50


@router.get("/audit")
def show_audit(
    store: StoreDep,
    visitor: AdminVisitor,
    after: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> HTMLResponse:
    """Show who read or changed what, the newest first."""
    entries, following = audited.page_of(store, ENTRIES, after)
    told = [(entry, deed(entry)) for entry in entries]
    address = f"/audit?after={following}" if following else None
    return page("pages/audit.html", visitor=visitor, told=told, following=address, first=not after)
