"""Small surveys to put in a store, and what a tagger might say of their comments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from labelled_data import Polarity, Span
from models import OperatingPoint, Prediction, Status, Tag
from service.records import ArtefactStamp, Done, NewSurvey, ResponseRow
from service.store import queue, responses, surveys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.records import Survey, Work
    from service.store import Store

STAMP = ArtefactStamp(
    id="tiny",
    version="1.0.0",
    sha256="0" * 64,
    codebook="tiny",
    codebook_version="1.0",
    operating_point=OperatingPoint.BALANCED,
)
NEWER = STAMP.model_copy(update={"version": "2.0.0"})
DAY = date(2025, 3, 14)
THEMES = ("waiting", "kindness", "parking")


def new_survey(survey_id: str = "visits") -> NewSurvey:
    return NewSurvey.model_validate(
        {
            "id": survey_id,
            "name": "Visits",
            "model": "tiny",
            "columns": {
                "response_id": "id",
                "person": "patient",
                "date": "date",
                "site": "hospital",
                "weight": "weight",
                "text": [
                    {"column": "good", "question": "What was good?"},
                    {"column": "better", "question": "What could we do better?"},
                ],
                "characteristics": {
                    "sex": {"column": "sex", "scheme": "sex"},
                    "carer": {"column": "carer", "scheme": "carer"},
                },
            },
        }
    )


def response(
    response_id: str,
    *texts: str,
    person: str | None = None,
    given_on: date | None = DAY,
    site: str | None = "North",
    weight: float | None = None,
    sex: str = "female",
    carer: str = "not_stated",
) -> ResponseRow:
    """A response that answers the first questions."""
    return ResponseRow(
        response_id=response_id,
        person=person,
        given_on=given_on,
        site=site,
        weight=weight,
        answers=tuple(enumerate(texts)),
        groups=(("sex", sex), ("carer", carer)),
    )


def add_survey(store: Store, rows: Sequence[ResponseRow] = (), survey_id: str = "visits") -> Survey:
    with store.write() as conn:
        survey = surveys.create(conn, new_survey(survey_id), STAMP)
        responses.add(conn, survey, rows)
    return survey


def numbered(count: int) -> list[ResponseRow]:
    """Responses with one comment each, all different."""
    return [response(f"r{n}", f"waited {n} hours") for n in range(count)]


def prediction(text: str) -> Prediction:
    """Gives each theme whose name begins a word of the text; the longer the text the surer."""
    given = [theme for theme in THEMES if theme[:4] in text]
    score = min(0.99, 0.5 + len(text) / 1000)
    tags = tuple(
        Tag(theme, score, Polarity.NEGATIVE, (Span(0, 4), Span(5, 6)))
        if theme == "waiting"
        else Tag(theme, score)
        for theme in given
    )
    if not text.strip("."):
        return Prediction(Status.EMPTY)
    scores = tuple(score if theme in given else 0.1 for theme in THEMES)
    status = Status.TAGGED if given else Status.NO_THEME
    return Prediction(status, tags, scores, sentiment=4 if "waiting" in given else None)


def tag_work(_: ArtefactStamp, work: Iterable[Work]) -> list[Done]:
    return [Done(one.comment, prediction(one.text)) for one in work]


def tag_everything(store: Store, stamp: ArtefactStamp = STAMP) -> int:
    """Tags until nothing is left, and gives how many comments that were."""
    return sum(iter(lambda: queue.batch(store, [stamp], 50, tag_work), 0))
