"""Comments that a client of pxtextmining leaves to be tagged and fetches later.

They wait in the store as a survey of their own, which the workers tag like any other. Its id is the
hash of the secret in the address of the results, so that those who may list surveys cannot fetch
what others sent.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from labelled_data.example_surveys import TextColumn
from labelled_data.fft_labels import published_labels
from service.errors import FieldError, NotFoundError, ServiceError, UnprocessableError
from service.records import CommentQuery, NewSurvey, ResponseColumns, ResponseRow
from service.store import audit, comments, responses, surveys
from service.store.column_types import storable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from service.records import StoredComment, Survey
    from service.store import Store
    from service.tagging import LoadedModels

MODEL = "fft"
KEPT = timedelta(hours=24)
"""After that a job is erased, fetched or not."""
FETCHER = "holder of a results address"
ERASER = "service"
BATCH = 1_000
_SECRET_BYTES = 24
_ID = re.compile(r"px-[0-9a-f]{40}")


class QuestionType(StrEnum):
    """What a comment answers."""

    WHAT_GOOD = "what_good"
    COULD_IMPROVE = "could_improve"
    NONSPECIFIC = "nonspecific"


# As the questions stand in the comments that the model was trained on.
_QUESTIONS = {
    QuestionType.WHAT_GOOD: "What was good?",
    QuestionType.COULD_IMPROVE: "How could we improve?",
    QuestionType.NONSPECIFIC: "FFT Why?",
}
_COLUMNS = ResponseColumns(
    response_id="comment_id",
    text=tuple(TextColumn(column=kind, question=asked) for kind, asked in _QUESTIONS.items()),
)


@dataclass(frozen=True, slots=True)
class SentComment:
    """A comment that was sent.

    Attributes:
        id: The sender's own, once in a job.
        text: What was written.
        question: What it answers.
    """

    id: str
    text: str
    question: QuestionType


@dataclass(frozen=True, slots=True)
class Result:
    """What was found in a comment.

    Attributes:
        id: The sender's own.
        text: What was written.
        labels: Names as version 7 of the framework has them.
        sentiment: 1 (very positive) to 5 (very negative); None where it could not be read.
    """

    id: str
    text: str
    labels: tuple[str, ...]
    sentiment: int | None


def check_ids(ids: Sequence[str]) -> None:
    """Stop those who give two comments one id.

    Raises:
        UnprocessableError: An id stands twice; told by the places of the comments, from 1.
    """
    firsts: dict[str, int] = {}
    repeats: list[FieldError] = []
    for place, comment_id in enumerate(ids, start=1):
        first = firsts.setdefault(storable(comment_id), place)
        if first != place:
            told = f"this is the id of comment {first} too"
            repeats.append(FieldError(place, "comment_id", told))
    if repeats:
        raise UnprocessableError("comment ids stand more than once; see errors", tuple(repeats))


def start(store: Store, models: LoadedModels, sent: Sequence[SentComment], actor: str) -> str:
    """Store comments to be tagged, all or none.

    Args:
        store: Where they wait.
        models: What can tag them.
        sent: The comments, each with an id of its own.
        actor: Who sent them, for the audit.

    Returns:
        The secret by which the results are fetched.

    Raises:
        UnprocessableError: An id stands twice.
        NotFoundError: The model is not loaded.
    """
    check_ids([one.id for one in sent])
    secret = token_urlsafe(_SECRET_BYTES)
    new = NewSurvey(id=_survey_id(secret), name="pxtextmining", model=MODEL, columns=_COLUMNS)
    with store.write() as conn:
        survey = surveys.create(conn, new, models.stamp(MODEL))
        for at in range(0, len(sent), BATCH):
            responses.add(conn, survey, [_row(one) for one in sent[at : at + BATCH]])
        audit.record(conn, actor, "pxtextmining.start", survey.id, {"comments": len(sent)})
    return secret


def results(store: Store, secret: str, now: datetime) -> list[Result] | None:
    """Fetch what was found, in the order in which the comments were sent.

    Args:
        store: Where the comments wait.
        secret: As `start` gave it.
        now: The time.

    Returns:
        None while some are still to be tagged.

    Raises:
        NotFoundError: There is no such job, or it is over.
    """
    with store.read() as conn:
        survey = _job(conn, secret, now)
        done = surveys.progress(conn, survey.id)
        if done.tagged < done.comments:
            return None
        found = [_result(one) for one in _comments(conn, survey)]
    with store.write() as conn:
        audit.record(conn, FETCHER, "pxtextmining.fetch", survey.id, {"comments": len(found)})
    return found


def is_job(survey: Survey) -> bool:
    """Tell whether a survey is such a job, which no list of surveys shows."""
    return _ID.fullmatch(survey.id) is not None and survey.columns == _COLUMNS


def sweep(store: Store, now: datetime) -> None:
    """Erase the jobs that are over; one that cannot be erased now is left to the next time."""
    with store.read() as conn:
        over = [one.id for one in surveys.every(conn) if is_job(one) and _is_over(one, now)]
    for survey_id in over:
        with suppress(ServiceError):
            with store.write() as conn:  # first, so that nothing is erased without a note of it
                audit.record(conn, ERASER, "pxtextmining.erase", survey_id, {})
            surveys.erase(store, survey_id)


def _survey_id(secret: str) -> str:
    return "px-" + sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _is_over(survey: Survey, now: datetime) -> bool:
    return now - survey.created >= KEPT


def _job(conn: Connection, secret: str, now: datetime) -> Survey:
    with suppress(NotFoundError):
        survey = surveys.get(conn, _survey_id(secret))
        if is_job(survey) and not _is_over(survey, now):
            return survey
    raise NotFoundError("there are no results at this address, or no longer")


def _row(one: SentComment) -> ResponseRow:
    number = list(QuestionType).index(one.question)
    return ResponseRow(
        response_id=one.id,
        person=None,
        given_on=None,
        site=None,
        weight=None,
        answers=((number, one.text),),  # a blank one too, so that it gets an answer
        groups=(),
    )


def _comments(conn: Connection, survey: Survey) -> Iterator[StoredComment]:
    after: int | None = None
    while True:
        page = comments.search(conn, survey, CommentQuery(), after, BATCH)
        yield from page.comments
        if page.next is None:
            return
        after = page.next


def _result(one: StoredComment) -> Result:
    labels = published_labels([tag.theme for tag in one.tags])
    return Result(one.response_id, one.text, tuple(labels), one.sentiment)
