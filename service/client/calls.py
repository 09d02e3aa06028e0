"""Sending a request until it is answered, and reading the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from service.client.backoff import seconds_asked
from service.client.errors import ClientError, ForeignAnswerError, ProblemError, UnreachableError
from service.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service.client.backoff import Backoff

Answer = TypeVar("Answer")

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_BROKEN = (*_NEVER_SENT, httpx.NetworkError, httpx.RemoteProtocolError)
_AGAIN = (429, 503)


class _Problem(BaseModel):
    title: str
    detail: str = ""
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class Calls:
    """Sends requests, and again where that can help.

    Attributes:
        http: What sends one request.
        slow: How long to wait for the answer to an upload.
        backoff: How long to wait between tries, and how often to try.
        sleep: Waits for some seconds.
        luck: Draws from 0 to 1.
    """

    http: httpx.Client
    slow: httpx.Timeout
    backoff: Backoff
    sleep: Callable[[float], None]
    luck: Callable[[], float]

    def ask(
        self,
        kind: type[Answer],
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, Any] | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """Send what JSON can hold, and read the answer.

        Args:
            kind: What is answered.
            method: HTTP method.
            path: The address below the service's.
            body: What is sent; None for nothing.
            query: Parameters of the address; those that are None are left out.
            repeatable: Whether it may be sent again when nobody can tell if it was carried out.

        Raises:
            ProblemError: The service answered with a problem.
            UnreachableError: No answer came.
            ForeignAnswerError: The answer is not one that Sayso gives.
        """
        wanted = _given(query)

        def build() -> httpx.Request:
            return self.http.build_request(method, path, json=body, params=wanted)

        return read(self.answer(build, repeatable=repeatable), kind)

    def content(self, method: str, path: str, query: Mapping[str, Any] | None = None) -> bytes:
        """Send a request, and give the body of the answer as it is.

        Args:
            method: HTTP method.
            path: The address below the service's.
            query: Parameters of the address; those that are None are left out.

        Raises:
            ProblemError: The service answered with a problem.
            UnreachableError: No answer came.
        """
        wanted = _given(query)

        def build() -> httpx.Request:
            return self.http.build_request(method, path, params=wanted)

        return self.answer(build, repeatable=True).content

    def answer(self, build: Callable[[], httpx.Request], *, repeatable: bool) -> httpx.Response:
        """Send a request until it is answered with something else than a problem.

        Args:
            build: Makes the request; called for each try, since a body is read only once.
            repeatable: Whether it may be sent again when nobody can tell if it was carried out.

        Raises:
            ProblemError: The service answered with a problem.
            UnreachableError: No answer came.
        """
        tried = 0
        while True:
            tried += 1
            try:
                return self._once(build())
            except httpx.TransportError as error:
                again = isinstance(error, _BROKEN if repeatable else _NEVER_SENT)
                failure: ClientError = UnreachableError(f"no answer: {_kind(error)}")
                failure.__cause__ = error
            except ProblemError as error:
                again, failure = error.status in _AGAIN, error
            self._wait(tried, failure, again=again)

    def _once(self, request: httpx.Request) -> httpx.Response:
        response = self.http.send(request)
        if response.is_success:
            return response
        raise _problem(response)

    def _wait(self, tried: int, failure: ClientError, *, again: bool) -> None:
        asked = failure.retry_after if isinstance(failure, ProblemError) else None
        pause = self.backoff.pause(tried, asked, self.luck()) if again else None
        if pause is None:
            raise failure
        self.sleep(pause)


class Asking:
    """Some of what the client asks.

    Args:
        calls: Sends its requests.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls


def place(*parts: str | int) -> str:
    """Give the address of something, whatever characters its names have."""
    return "/v1/" + "/".join(quote(str(part), safe="") for part in parts)


def read(response: httpx.Response, kind: type[Answer]) -> Answer:
    """Read the JSON of an answer; members that are not known here are left out.

    Raises:
        ForeignAnswerError: It is not what Sayso answers.
    """
    try:
        return TypeAdapter(kind).validate_json(response.content or b"null", extra="ignore")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        # without the cause, which quotes the answer
        raise ForeignAnswerError(f"not an answer of Sayso: {place}: {first['msg']}") from None


def _given(query: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (query or {}).items() if value is not None}


def _problem(response: httpx.Response) -> ProblemError:
    asked = seconds_asked(response.headers.get("Retry-After"))
    try:
        told = _Problem.model_validate_json(response.content)
    except ValidationError:
        detail = "the answer does not say why"
        return ProblemError(response.status_code, response.reason_phrase, detail, (), asked)
    return ProblemError(response.status_code, told.title, told.detail, told.errors, asked)


def _kind(error: httpx.TransportError) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
