"""The client: a method for each thing the service does."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Self

import httpx

from service.client.backoff import Backoff
from service.client.calls import Calls, place
from service.client.counts import CountCalls
from service.client.keys import Keys
from service.client.results import Model, ModelDetails, Models, Tagged
from service.client.reviews import ReviewCalls
from service.client.surveys import SurveyCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType


class Client(SurveyCalls, CountCalls, ReviewCalls):
    """Asks a service of Sayso; to be closed, or used in a ``with`` block.

    A call that finds no connection, or is answered with 429 or 503, is tried again after the time
    the service asks for. Every call may raise `ProblemError`, `UnreachableError` and
    `ForeignAnswerError`.

    Args:
        url: The service, such as ``http://127.0.0.1:8000``.
        key: A key, as ``sayso keys create`` prints it.
        timeout: Seconds to wait for an answer.
        upload_timeout: Seconds to wait for the answer to an upload, once it is sent.
        retries: How often a call is tried again, or all about it.
        transport: Sends the requests; by default over the network.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = 30.0,
        upload_timeout: float = 1800.0,
        retries: int | Backoff = 5,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        http = httpx.Client(base_url=url, headers=headers, timeout=timeout, transport=transport)
        backoff = Backoff(retries) if isinstance(retries, int) else retries
        slow = httpx.Timeout(timeout, read=upload_timeout)
        super().__init__(Calls(http, slow, backoff, sleep, random.random))
        self.keys = Keys(self._calls)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({str(self._calls.http.base_url)!r})"  # the key is nobody's business

    def close(self) -> None:
        """Close its connections."""
        self._calls.http.close()

    def tag(
        self,
        model: str,
        texts: Sequence[str],
        questions: Sequence[str | None] | str | None = None,
        *,
        operating_point: str = "balanced",
        scores: bool = False,
    ) -> Tagged:
        """Tag up to 1,000 comments now.

        Args:
            model: Id of the model.
            texts: The comments.
            questions: The question each one answers: one for all, one each, or none.
            operating_point: Which thresholds to use.
            scores: Whether to tell the score of every theme.
        """
        if questions is None or isinstance(questions, str):
            questions = [questions] * len(texts)
        comments = [
            {"text": text, "question": question}
            for text, question in zip(texts, questions, strict=True)
        ]
        body = {
            "model": model,
            "comments": comments,
            "operating_point": operating_point,
            "scores": scores,
        }
        return self._calls.ask(Tagged, "POST", place("tag"), body=body)

    def models(self) -> tuple[Model, ...]:
        """List the models that are loaded."""
        return self._calls.ask(Models, "GET", place("models")).models

    def model(self, model: str) -> ModelDetails:
        """Tell all about a model."""
        return self._calls.ask(ModelDetails, "GET", place("models", model))
