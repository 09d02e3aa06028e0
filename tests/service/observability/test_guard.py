from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from structlog.testing import capture_logs

from service.observability.guard import BrokenOffError, Guard
from tests.service.security.asgi import ask, status

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

WORDS = "what somebody wrote in confidence"


async def fails(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError(WORDS)


async def fails_late(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError(WORDS)


async def loses_its_client(scope: Scope, receive: Receive, send: Send) -> None:
    raise ClientDisconnect


def test_a_request_is_logged_with_its_status_and_time() -> None:
    with capture_logs() as logs:
        ask(Guard(Response(status_code=204)))
    (line,) = logs
    assert (line["event"], line["status"], line["method"]) == ("request", 204, "POST")
    assert line["ms"] >= 0
    assert set(line) == {"event", "log_level", "method", "route", "caller", "status", "ms"}


def test_what_nobody_foresaw_is_answered_and_logged_without_its_message() -> None:
    with capture_logs() as logs:
        answered = ask(Guard(fails))
    assert status(answered) == 500
    assert [line["event"] for line in logs] == ["request.failed", "request"]
    assert logs[0]["error"] == "RuntimeError"
    assert WORDS not in str(logs) + str(answered)


def test_an_answer_that_had_begun_is_broken_off_without_the_message() -> None:
    with capture_logs() as logs, pytest.raises(BrokenOffError) as broken:
        ask(Guard(fails_late))
    assert broken.value.__suppress_context__
    assert WORDS not in str(logs)


def test_a_client_that_goes_away_is_no_failure() -> None:
    with capture_logs() as logs:
        ask(Guard(loses_its_client))
    assert [line["event"] for line in logs] == ["request"]
