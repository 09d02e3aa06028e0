"""A survey in a store, and what the store then says of its comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data.example_surveys import TextColumn
from service.records import (
    CommentQuery,
    NewSurvey,
    ResponseColumns,
    ResponseRow,
    StoredComment,
    StoredTag,
)
from service.store import comments, responses, surveys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models import Prediction, Tagger
    from service.records import ArtefactStamp, Survey
    from service.store import Store

TEXTS = (
    "waited {n} hours to be seen",
    "nurse number {n} was so kind",
    "the car park was full for {n} minutes but a kind smile from 2 people",
    "nothing more to say than {n} words",
    "bardzo długo czekałam na lekarza w poczekalni {n}",
)
Answer = tuple[str | None, tuple[StoredTag, ...]]


def texts(number: int) -> list[str]:
    return [TEXTS[n % len(TEXTS)].format(n=n) for n in range(number)]


def add_survey(
    store: Store, stamp: ArtefactStamp, comments: Sequence[str], name: str = "survey"
) -> Survey:
    """Store a survey with one comment a response."""
    column = TextColumn(column="comment", question="What could we do better?")
    new = NewSurvey(
        id=name,
        name="A survey",
        model=stamp.id,
        columns=ResponseColumns(response_id="id", text=(column,)),
    )
    rows = [
        ResponseRow(str(row), None, None, None, None, ((0, text),), ())
        for row, text in enumerate(comments)
    ]
    with store.write() as conn:
        survey = surveys.create(conn, new, stamp)
        responses.add(conn, survey, rows)
    return survey


def tagged(store: Store, survey: Survey) -> int:
    with store.read() as conn:
        return surveys.progress(conn, survey.id).tagged


def stored_answers(store: Store, survey: Survey) -> dict[str, Answer]:
    """What is stored of each comment, by its text."""
    with store.read() as conn:
        page = comments.search(conn, survey, CommentQuery(), None, 100_000)
    assert page.next is None
    assert len({one.text for one in page.comments}) == len(page.comments)
    return {one.text: _answer(one) for one in page.comments}


def answers(tagger: Tagger, survey: Survey, texts: Sequence[str]) -> dict[str, Answer]:
    """What the tagger says of each comment, as it should be stored."""
    predictions = tagger.tag(texts, survey.columns.text[0].question)
    return {text: _expected(said) for text, said in zip(texts, predictions, strict=True)}


def _answer(comment: StoredComment) -> Answer:
    return (comment.status, comment.tags)


def _expected(prediction: Prediction) -> Answer:
    tags = tuple(
        StoredTag(
            theme=tag.theme,
            score=tag.score,
            polarity=tag.polarity,
            evidence=tuple((span.start, span.end) for span in tag.evidence),
        )
        for tag in prediction.tags
    )
    return (prediction.status, tags)
