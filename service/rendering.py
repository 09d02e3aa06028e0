"""Pages, made on the server from templates; nothing in them loads from elsewhere."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from service.counts.notes import WAITING
from service.counts.outputs.figures import FILTERS
from service.security.headers import PAGE

if TYPE_CHECKING:
    from datetime import date, datetime

    from service.pages.visitor import Visitor


def page(
    template: str,
    status: int = 200,
    *,
    visitor: Visitor | None = None,
    **shown: Any,  # noqa: ANN401 - whatever a template shows
) -> HTMLResponse:
    """Answer with a page.

    Args:
        template: Name of its template.
        status: The HTTP status.
        visitor: Who looks at it, where that is known.
        **shown: What the template shows.
    """
    content = _environment().get_template(template).render(visitor=visitor, **shown)
    return HTMLResponse(content, status, {"Content-Security-Policy": PAGE})


def number(value: int) -> str:
    """Write a whole number with commas: 12,345."""
    return f"{value:,}"


def day(value: date | datetime) -> str:
    """Write a day as 5 March 2026."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """Write a moment, which is in UTC, as 5 March 2026 at 14:05 UTC."""
    return f"{day(value)} at {value:%H:%M} UTC"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("service"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= FILTERS | {"number": number, "day": day, "moment": moment}
    made.globals["WAITING"] = WAITING
    return made
