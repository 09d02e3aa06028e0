"""The one check of the one shape in which problems are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from httpx2 import Response


def problem(response: Response, status: int) -> dict[str, Any]:
    """Check that an answer is a problem of this status, and give it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert set(told) == {"type", "title", "status", "detail", "errors"}
    assert told["status"] == status
    assert told["type"] == "about:blank" or told["type"].startswith("/problems/")
    assert told["title"]
    assert told["detail"]
    assert all(set(error) == {"row", "column", "message"} for error in told["errors"])
    return told
