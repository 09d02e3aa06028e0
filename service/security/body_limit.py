"""How long a request's body may be, whatever its header says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LIMIT = "sayso.body_limit"
TOO_LARGE = 413
LONGEST = 20
"""Digits of an announced length that are read; no body has more."""


class BodyLimit:
    """Stops reading a body where it gets longer than it may be.

    Args:
        app: What reads it.
        limit: Most bytes, unless `raise_limit` was called before the body is read.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[_LIMIT] = self._limit
        await self._app(scope, _Counted(scope, receive), send)


class _Counted:
    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._read = 0

    async def __call__(self) -> Message:
        self._check(_announced(self._scope))
        message = await self._receive()
        self._read += len(message.get("body", b""))
        self._check(self._read)
        return message

    def _check(self, length: int) -> None:
        limit: int = self._scope[_LIMIT]
        if length > limit:
            # of the framework's own kind, since it lets no other pass while it reads a body
            raise HTTPException(TOO_LARGE, f"the request is longer than {limit:,} bytes")


def raise_limit(scope: Scope, limit: int) -> None:
    """Let the body of one request be longer than most."""
    scope[_LIMIT] = limit


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length[:LONGEST]) if length.isascii() and length.isdecimal() else 0
