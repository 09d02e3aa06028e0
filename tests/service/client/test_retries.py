"""When a call is tried again, when it is not, and what is told in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.client import (
    Backoff,
    Client,
    ForeignAnswerError,
    ProblemError,
    UnknownFormatError,
    UnreachableError,
)
from service.client.backoff import seconds_asked
from service.errors import FieldError
from tests.service.sample_survey import new_survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

URL = "http://service.test"
KEY = "sayso_1_secret"
NO_MODELS: dict[str, list[str]] = {"models": []}
NOTHING = {"received": 0, "accepted": 0, "duplicate": 0, "rejected": 0}
BUSY = {
    "type": "/problems/busy",
    "title": "Busy",
    "status": 503,
    "detail": "too many comments wait",
    "errors": [],
}


class Script:
    """A service that gives prepared answers in turn, and remembers what it was sent."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers: Iterator[httpx.Response | Exception] = iter(answers)
        self.bodies: list[bytes] = []
        self.waits: list[float] = []

    def client(self, retries: int | Backoff = 5) -> Client:
        transport = httpx.MockTransport(self._answer)
        return Client(URL, KEY, retries=retries, transport=transport, sleep=self.waits.append)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(request.read())
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


def busy(seconds: int = 2, status: int = 503) -> httpx.Response:
    return httpx.Response(status, json=BUSY, headers={"Retry-After": str(seconds)})


@pytest.mark.parametrize("status", [429, 503])
def test_a_call_that_is_turned_away_is_tried_again_after_the_time_asked_for(status: int) -> None:
    script = Script(busy(2, status), busy(7, status), httpx.Response(200, json=NO_MODELS))
    assert script.client().models() == ()
    assert 2 <= script.waits[0] <= 2.25
    assert 7 <= script.waits[1] <= 7.5


def test_a_call_without_a_connection_is_tried_again() -> None:
    script = Script(httpx.ConnectError("refused"), httpx.Response(200, json=NO_MODELS))
    assert script.client().models() == ()
    assert len(script.waits) == 1


def test_what_is_not_answered_in_the_end_is_unreachable() -> None:
    script = Script(*[httpx.ConnectError("refused")] * 4)
    with pytest.raises(UnreachableError, match="no answer: ConnectError: refused"):
        script.client(retries=3).models()
    assert len(script.waits) == 3


def test_a_problem_is_told_with_all_its_members() -> None:
    wrong = {"row": 3, "column": "sex", "message": "no such group"}
    problem = BUSY | {"title": "Wrong", "status": 422, "detail": "see errors", "errors": [wrong]}
    script = Script(httpx.Response(422, json=problem))
    with pytest.raises(ProblemError, match="422 Wrong: see errors") as raised:
        script.client().models()
    assert raised.value.errors == (FieldError(3, "sex", "no such group"),)
    assert not script.waits


def test_a_service_that_asks_for_too_much_patience_is_not_waited_for() -> None:
    script = Script(busy(3600))
    with pytest.raises(ProblemError) as raised:
        script.client().models()
    assert raised.value.retry_after == 3600


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.create_survey(new_survey()),
        lambda client: client.delete_survey("visits"),
        lambda client: client.keys.make("dashboard", ["tag"]),
    ],
)
def test_what_may_have_been_done_is_not_done_twice(call: Callable[[Client], object]) -> None:
    script = Script(httpx.ReadError("cut off"))
    with pytest.raises(UnreachableError):
        call(script.client())
    assert len(script.bodies) == 1


def test_an_upload_is_sent_whole_again() -> None:
    script = Script(httpx.ReadError("cut off"), busy(), httpx.Response(202, json=NOTHING))
    content = b"response_id\r\n" + b"r\r\n" * 60_000
    script.client().upload("visits", content, "csv")
    assert script.bodies == [content] * 3


def test_an_upload_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    file = tmp_path / "responses.csv"
    file.write_bytes(b"x" * 200_000)
    script = Script(httpx.Response(202, json=NOTHING))
    script.client().upload("visits", file, progress=lambda sent, size: told.append((sent, size)))
    assert [sent for sent, _ in told] == [65_536, 131_072, 196_608, 200_000]
    assert {size for _, size in told} == {200_000}


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.csv", "text/csv"),
        ("a.CSV", "text/csv"),
        ("a.json", "application/json"),
        ("a.jsonl", "application/x-ndjson"),
        ("a.ndjson", "application/x-ndjson"),
        ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_file_is_sent_as_what_its_suffix_says(name: str, media_type: str, tmp_path: Path) -> None:
    sent: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers)
        return httpx.Response(202, json=NOTHING)

    (tmp_path / name).write_bytes(b"abc")
    Client(URL, KEY, transport=httpx.MockTransport(answer)).upload("visits", tmp_path / name)
    assert sent[0]["Content-Type"] == media_type
    assert sent[0]["Content-Length"] == "3"
    assert "Transfer-Encoding" not in sent[0]


@pytest.mark.parametrize("source", ["responses", "responses.ods"])
def test_a_file_of_no_known_format_is_not_sent(source: str, tmp_path: Path) -> None:
    script = Script()
    with pytest.raises(UnknownFormatError, match="does not tell the format"):
        script.client().upload("visits", tmp_path / source)
    assert not script.bodies


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"models": 3}'])
def test_an_answer_that_is_not_of_sayso_is_told_apart(content: bytes) -> None:
    with pytest.raises(ForeignAnswerError, match="not an answer of Sayso"):
        Script(httpx.Response(200, content=content)).client().models()


def test_a_problem_that_is_none_of_sayso_has_its_status() -> None:
    with pytest.raises(ProblemError) as raised:
        Script(httpx.Response(502, content=b"<html>")).client().models()
    assert (raised.value.status, raised.value.title) == (502, "Bad Gateway")


def test_neither_a_client_nor_its_errors_show_the_key() -> None:
    client = Script(httpx.ConnectError("refused")).client(retries=0)
    assert repr(client) == "Client('http://service.test')"
    with pytest.raises(UnreachableError) as raised:
        client.models()
    assert "secret" not in repr(raised.value) + str(raised.value)


def test_names_in_addresses_cannot_lead_elsewhere() -> None:
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path.decode())
        return httpx.Response(404, json=BUSY | {"status": 404})

    client = Client(URL, KEY, transport=httpx.MockTransport(answer))
    with pytest.raises(ProblemError):
        client.survey("../keys?x=1")
    assert paths == ["/v1/surveys/..%2Fkeys%3Fx%3D1"]


@given(st.integers(1, 40), st.floats(0, 120) | st.none(), st.floats(0, 1), st.integers(0, 40))
def test_waits_are_at_least_what_was_asked_for_and_never_endless(
    tried: int, asked: float | None, luck: float, retries: int
) -> None:
    backoff = Backoff(retries)
    pause = backoff.pause(tried, asked, luck)
    assert (pause is None) == (tried > retries)
    if pause is not None:
        assert (asked or 0) <= pause <= (asked or 0) + backoff.longest


@given(st.integers(0, 100_000))
def test_a_time_to_wait_may_be_seconds_or_a_date(seconds: int) -> None:
    now = datetime(2025, 1, 1, tzinfo=UTC)
    date = f"{now + timedelta(seconds=seconds):%a, %d %b %Y %H:%M:%S GMT}"
    assert seconds_asked(str(seconds), now) == seconds_asked(date, now) == seconds
    assert seconds_asked(date, now + timedelta(days=2)) == 0


@pytest.mark.parametrize("header", [None, "", "soon", "-3"])
def test_a_time_to_wait_that_cannot_be_read_is_none(header: str | None) -> None:
    assert seconds_asked(header) is None
