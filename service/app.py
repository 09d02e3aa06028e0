"""The service as an ASGI application."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from service.errors import BadRequestError, ServiceError
from service.observability.guard import Guard
from service.observability.metrics import Metrics
from service.openapi import DESCRIPTION, SUMMARY, TAGS, TITLE, VERSION, Service
from service.pages import routers as pages
from service.pages import tell_browsers, tell_of_failure
from service.problem import documented, tell_problems
from service.routes import (
    comments,
    counts,
    docs,
    health,
    keys,
    models,
    pxtextmining,
    responses,
    reviews,
    surveys,
    tag,
)
from service.running import running
from service.security.body_limit import BodyLimit
from service.security.headers import SecurityHeaders
from service.security.hosts import AllowedHosts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI
    from fastapi.telemetry import TelemetryConfig
    from starlette.routing import BaseRoute

    from service.settings import Settings
    from service.store import Store
    from service.tagging import LoadedModels

STATIC = Path(__file__).parent / "static"
# What the service tells of itself stays here, even where a collector of it is installed.
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
EVERYWHERE = documented(BadRequestError, ServiceError)


def create_app(
    settings: Settings, store: Store | None = None, models: LoadedModels | None = None
) -> FastAPI:
    """Make the service.

    Args:
        settings: How it is run.
        store: The store, if it is open already; else the app opens and closes its own.
        models: The models, if they are loaded already.

    Returns:
        The app; what it holds is at ``app.state.service`` from its start on.
    """
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(settings, metrics, store, models) as app.state.service:
            yield

    app = Service(
        title=TITLE,
        version=VERSION,
        summary=SUMMARY,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=NO_TELEMETRY,
        middleware=_middleware(settings, metrics),
        routes=list(_routes()),
    )
    tell_problems(app)
    tell_browsers(app)
    return app


def _middleware(settings: Settings, metrics: Metrics) -> list[Middleware]:
    """Give what every request passes, the outermost first."""
    own_name = () if settings.host == "0.0.0.0" else (settings.host,)  # noqa: S104 - compared
    return [
        Middleware(SecurityHeaders),
        Middleware(Guard, tell=tell_of_failure),
        Middleware(AllowedHosts, allowed=(*own_name, *settings.allowed_hosts)),
        metrics.middleware(),
        Middleware(BodyLimit, limit=settings.request_bytes),
    ]


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Give all calls and pages: of the code alone, so that every app of a process has the same.

    FastAPI reads the signatures behind a route at its first request. That takes a tenth of a second
    for all of them, which apps made one after another, as in tests, need not spend anew.
    """
    router = APIRouter()
    of_surveys = (surveys, responses, counts, comments, reviews)
    calls = (tag, models, *of_surveys, pxtextmining, keys, health)
    for module in (*calls, docs):
        router.include_router(module.router, responses=EVERYWHERE)
    for pages_of_one_kind in pages:
        router.include_router(pages_of_one_kind)
    router.mount("/static", StaticFiles(directory=STATIC), name="static")
    return tuple(router.routes)
