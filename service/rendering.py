"""Pages, made on the server from templates; none has a script, or loads from elsewhere."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from service.security.headers import PAGE


def page(template: str, status: int = 200, **shown: Any) -> HTMLResponse:  # noqa: ANN401
    """Answer with a page.

    Args:
        template: Name of its template.
        status: The HTTP status.
        **shown: What the template shows.
    """
    content = _environment().get_template(template).render(**shown)
    return HTMLResponse(content, status, {"Content-Security-Policy": PAGE})


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("service"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
