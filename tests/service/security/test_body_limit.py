from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.security.body_limit import BodyLimit, raise_limit
from tests.service.security.asgi import ask, status

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


async def reads(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the whole body and says how long it is."""
    body = await Request(scope, receive).body()
    await Response(status_code=200 if body else 204)(scope, receive, send)


async def takes_more(scope: Scope, receive: Receive, send: Send) -> None:
    raise_limit(scope, 100)
    await reads(scope, receive, send)


async def does_not_read(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(status_code=401)(scope, receive, send)


def test_a_body_as_long_as_the_limit_is_read() -> None:
    assert status(ask(BodyLimit(reads, 10), [b"12345", b"67890"])) == 200


@pytest.mark.parametrize("headers", [{}, {"content-length": "1"}, {"content-length": "x"}])
def test_a_longer_one_is_not_read_whatever_its_header_says(headers: dict[str, str]) -> None:
    with pytest.raises(HTTPException, match="longer than 10 bytes") as refused:
        ask(BodyLimit(reads, 10), [b"12345", b"67890", b"1"], headers)
    assert refused.value.status_code == 413


@pytest.mark.parametrize("length", ["11", "9" * 5_000])
def test_one_that_is_announced_as_longer_is_refused_unread(length: str) -> None:
    with pytest.raises(HTTPException, match="longer than"):
        ask(BodyLimit(reads, 10), [], {"content-length": length})


def test_the_limit_can_be_raised_for_one_request() -> None:
    assert status(ask(BodyLimit(takes_more, 10), [b"x" * 100], {"content-length": "100"})) == 200
    with pytest.raises(HTTPException, match="longer than 100 bytes"):
        ask(BodyLimit(takes_more, 10), [b"x" * 101])


def test_who_is_turned_away_is_not_told_that_the_body_is_too_long() -> None:
    assert status(ask(BodyLimit(does_not_read, 10), [], {"content-length": "11"})) == 401
