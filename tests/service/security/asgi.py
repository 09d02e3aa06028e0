"""Asking an ASGI app without a server, so that a test says what exactly is sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.types import ASGIApp, Message


def ask(
    app: ASGIApp, body: Iterable[bytes] = (b"",), headers: Mapping[str, str] | None = None
) -> list[Message]:
    """Send a request in pieces and give what is answered."""
    pieces = list(body)
    sent = iter(
        {"type": "http.request", "body": piece, "more_body": place < len(pieces) - 1}
        for place, piece in enumerate(pieces)
    )
    answered: list[Message] = []

    async def receive() -> Message:
        return next(sent)

    async def send(message: Message) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [
            (name.lower().encode(), value.encode()) for name, value in (headers or {}).items()
        ],
    }

    async def run() -> None:
        await app(scope, receive, send)

    asyncio.run(run())
    return answered


def status(answered: Iterable[Message]) -> int:
    return next(int(message["status"]) for message in answered if "status" in message)
