"""The first page: every survey and how far it has come."""

from fastapi.responses import HTMLResponse

from service import surveys
from service.coarse_progress import coarse_progress
from service.deps import ModelsDep, StoreDep
from service.pages.route import page_router
from service.pages.visitor import VisitorDep
from service.rendering import page
from service.security.principals import Scope

router = page_router()


@router.get("/")
def show_home(store: StoreDep, models: ModelsDep, visitor: VisitorDep) -> HTMLResponse:
    """Show the surveys, to those who may see any."""
    found = surveys.every(store) if visitor.may(Scope.SURVEYS_READ) else []
    exact = visitor.may(Scope.COUNTS_EXACT)
    shown = []
    for survey in found:
        _, progress = surveys.with_progress(store, survey.id)
        shown.append((survey, progress if exact else coarse_progress(progress)))
    return page("pages/home.html", visitor=visitor, surveys=shown, models=models.stamps())
