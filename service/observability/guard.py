"""The outermost layer of a request: it is logged, and nothing unforeseen gets out of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from starlette.requests import ClientDisconnect, Request

from service.errors import ServiceError
from service.observability.logs import describe
from service.observability.methods import known_method
from service.problem import problem_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Tell = Callable[[Request, ServiceError], Response]

log = structlog.get_logger(__name__)

UNFORESEEN = "something went wrong that the service did not foresee; its log says where"


class BrokenOffError(Exception):
    """An answer had begun when it went wrong, so that it could only be broken off."""


class Guard:
    """Logs each request as method, route, status, time and who asked; never its address or body.

    An error that nobody foresaw is logged without its message and answered with a problem.

    Args:
        app: What answers.
        tell: Puts that problem before who asked; by default as any program is told of it.
    """

    def __init__(self, app: ASGIApp, tell: Tell = lambda _, error: problem_response(error)) -> None:
        self._app = app
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        started = time.perf_counter()
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:  # this is where the unforeseen ends
            await self._answer_for(error, answer, scope, receive)
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            log.info("request", status=answer.status, ms=milliseconds, **_of(scope))

    async def _answer_for(
        self, error: Exception, answer: _Answer, scope: Scope, receive: Receive
    ) -> None:
        if isinstance(error, ClientDisconnect):
            return
        log.error("request.failed", **_of(scope), **describe(error))
        if answer.status is not None:
            raise BrokenOffError from None
        told = self._tell(Request(scope), ServiceError(UNFORESEEN))
        await told(scope, receive, answer.send)


class _Answer:
    """Sends an answer and remembers its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def _of(scope: Scope) -> dict[str, Any]:
    """Tell of a request what may be logged."""
    route = scope.get("route")
    return {
        "method": known_method(scope["method"]),
        "route": getattr(route, "path", None),
        "caller": scope.get("state", {}).get("principal"),
    }
