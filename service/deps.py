"""What routes ask for by type: ``def read(store: StoreDep, caller: SurveyReader) -> …``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBasic, HTTPBasicCredentials, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from service.bringing import Runner
from service.observability.metrics import Metrics
from service.readings_cache import ReadingsCache
from service.security import sessions
from service.security.authentication import Given, authenticate
from service.security.body_limit import raise_limit
from service.security.key_uses import KeyUses
from service.security.principals import Principal, Scope
from service.security.rate_limit import RateLimiter
from service.settings import Settings
from service.store import Store
from service.tagging.batcher import Batcher
from service.tagging.models import LoadedModels

_BEARER = HTTPBearer(
    scheme_name="Key", description="An API key, as `sayso keys create` prints it.", auto_error=False
)
_BASIC = HTTPBasic(
    scheme_name="KeyAsPassword",
    description="The key as password, with any user name, for clients that know only a URL.",
    auto_error=False,
)
_COOKIE = APIKeyCookie(
    name=sessions.COOKIE,
    scheme_name="Session",
    description="A browser that followed the sign-in link.",
    auto_error=False,
)


@dataclass(slots=True)
class AppState:
    """What an app holds while it runs, at ``app.state.service``.

    Attributes:
        store: Where responses are.
        models: The taggers it loaded.
        batcher: Tags what requests bring.
        settings: How it was started.
        limiter: What each key has asked for of late.
        uses: When keys were used.
        metrics: What is counted.
        readings: What the counts of surveys are made of, for a few of them.
        bringing: Reads the files of surveys that people bring.
    """

    store: Store
    models: LoadedModels
    batcher: Batcher
    settings: Settings
    limiter: RateLimiter
    uses: KeyUses
    metrics: Metrics
    readings: ReadingsCache
    bringing: Runner


def state(request: Request) -> AppState:
    """Give what the app holds."""
    held = request.app.state.service
    assert isinstance(held, AppState)  # noqa: S101 - for the type; the lifespan set it
    return held


StateDep = Annotated[AppState, Depends(state)]


def _store(held: StateDep) -> Store:
    return held.store


def _models(held: StateDep) -> LoadedModels:
    return held.models


def _batcher(held: StateDep) -> Batcher:
    return held.batcher


def _settings(held: StateDep) -> Settings:
    return held.settings


def _readings(held: StateDep) -> ReadingsCache:
    return held.readings


StoreDep = Annotated[Store, Depends(_store)]
ModelsDep = Annotated[LoadedModels, Depends(_models)]
BatcherDep = Annotated[Batcher, Depends(_batcher)]
SettingsDep = Annotated[Settings, Depends(_settings)]
ReadingsDep = Annotated[ReadingsCache, Depends(_readings)]


def given(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    basic: Annotated[HTTPBasicCredentials | None, Depends(_BASIC)],
    cookie: Annotated[str | None, Depends(_COOKIE)],
) -> Given:
    """Give what a request brings to show who is asking."""
    return Given(
        key=bearer.credentials if bearer else basic.password if basic else None,
        session=cookie,
        method=request.method,
        csrf=request.headers.get("x-csrf-token"),
    )


GivenDep = Annotated[Given, Depends(given)]


def caller(request: Request, held: StateDep, given: GivenDep) -> Principal:
    """Tell who is asking, and count the request against what they may ask in a minute.

    Raises:
        UnauthorisedError: No key and no session was given, or not a good one.
        ForbiddenError: A browser's request may have been made by another site.
        TooManyRequestsError: They asked for too much of late.
    """
    principal = authenticate(held.store, given)
    request.state.principal = principal.name
    held.limiter.count_request(principal.name)
    if principal.key is not None:
        held.uses.used(principal.key)
    return principal


Caller = Annotated[Principal, Depends(caller)]


def needs(scope: str) -> Callable[[Caller], Principal]:
    """Make a dependency that lets only those with a scope pass.

    Example:
        ``reader: Annotated[Principal, Depends(needs("surveys:read"))]``
    """

    def allowed(principal: Caller) -> Principal:
        principal.check(scope)
        return principal

    return allowed


MayTag = Annotated[Principal, Depends(needs(Scope.TAG))]
SurveyReader = Annotated[Principal, Depends(needs(Scope.SURVEYS_READ))]
SurveyWriter = Annotated[Principal, Depends(needs(Scope.SURVEYS_WRITE))]
CommentReader = Annotated[Principal, Depends(needs(Scope.COMMENTS_READ))]
Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]
Admin = Annotated[Principal, Depends(needs(Scope.ADMIN))]


def takes_uploads(request: Request, settings: SettingsDep) -> None:
    """Let a request's body be as long as an upload; for a router's ``dependencies``."""
    raise_limit(request.scope, settings.upload_bytes)
