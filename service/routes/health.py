"""Whether the service runs, and how busy it is."""

from typing import Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, ConfigDict

from service.deps import GivenDep, StateDep
from service.errors import ForbiddenError, StoreError, UnauthorisedError
from service.problem import documented
from service.security.authentication import authenticate
from service.security.principals import Scope
from service.settings import LOOPBACK
from service.store import queue

EXAMPLE = """\
# HELP sayso_comments_left Comments in the store that are not yet tagged by the current artefact.
# TYPE sayso_comments_left gauge
sayso_comments_left 0.0
"""

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """That it is as it should be."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"] = "ok"


@router.get("/health/live", summary="Whether the process runs", response_description="It runs")
async def live() -> Health:
    """Answers as long as the process does; one that does not is to be started anew."""
    return Health()


@router.get(
    "/health/ready",
    summary="Whether it can do its work",
    response_description="It can",
    responses=documented(StoreError),
)
def ready(held: StateDep) -> Health:
    """Answers 200 when the models are loaded and the store answers, else 503."""
    if not held.store.answers():
        raise StoreError("the store does not answer at the moment")
    return Health()


def may_read_metrics(request: Request, held: StateDep, given: GivenDep) -> None:
    """Let this computer read the metrics, and who has the scope ``admin``.

    Raises:
        UnauthorisedError: The request comes from elsewhere without a good key.
        ForbiddenError: Its key lacks the scope.
    """
    if request.client is None or request.client.host not in LOOPBACK:
        authenticate(held.store, given).check(Scope.ADMIN)


@router.get(
    "/metrics",
    summary="Read the metrics",
    response_class=PlainTextResponse,
    response_description="The metrics, in the text format of Prometheus",
    dependencies=[Depends(may_read_metrics)],
    responses=documented(UnauthorisedError, ForbiddenError, StoreError)
    | {200: {"content": {"text/plain": {"example": EXAMPLE}}}},
)
def read_metrics(held: StateDep) -> Response:
    """Counts of requests by route, and how many comments wait to be tagged.

    This computer may read them without a key, others with the scope `admin`.
    """
    with held.store.read() as conn:
        left = queue.left(conn, held.models.stamps())
    exposition = held.metrics.exposition(held.batcher.waiting, left)
    return Response(exposition, media_type=CONTENT_TYPE_LATEST)
