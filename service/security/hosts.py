"""The names by which the service may be called.

A web page of another site can have its own name point to this computer, and then speak to the
service as if it were its own. The browser still sends that name, so it is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from service.errors import BadRequestError
from service.problem import problem_response
from service.settings import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

ANY = "*"
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^:/@\[\]]+))(?::[0-9]+)?")


class AllowedHosts:
    """Refuses requests to any name but those allowed, and the names of this computer.

    Args:
        app: What answers the others.
        allowed: Names; a leading ``*.`` stands for any name below, ``*`` alone for all.
    """

    def __init__(self, app: ASGIApp, allowed: Iterable[str]) -> None:
        self._app = app
        self._allowed = {name.lower() for name in (*LOOPBACK, *allowed)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as ASGI has it."""
        if scope["type"] == "http" and not self._allows(Headers(scope=scope).get("host", "")):
            error = BadRequestError(
                "this name is not one of the service's; see SAYSO_ALLOWED_HOSTS"
            )
            await problem_response(error)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _allows(self, header: str) -> bool:
        if ANY in self._allowed:
            return True
        found = _HOST.fullmatch(header.lower())
        return found is not None and self._knows(found[1] or found[2])

    def _knows(self, name: str) -> bool:
        parents = (f"*.{name.split('.', n)[n]}" for n in range(1, name.count(".") + 1))
        return name in self._allowed or any(parent in self._allowed for parent in parents)
