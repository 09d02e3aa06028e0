"""A large survey written straight into a store, as if a model had tagged all of it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import Polarity, example_survey
from models import Status
from service.benchmarks.loading import next_number, number_on
from service.records import NewSurvey, ResponseColumns
from service.store import surveys
from service.store.many_rows import load
from service.store.reading_changes import touch
from service.store.reading_layout import outcomes_in_order
from service.store.tables import comment, profile, response, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from labelled_data import Codebook
    from service.records import ArtefactStamp, Survey
    from service.store import Store
    from service.store.surveys import SurveyKey

    Row = tuple[object, ...]

_CHARACTERISTICS = ("ethnicity", "age", "sex", "disability")
_AT_ONCE = 20_000
_PROFILES = 5_000
_SITES = tuple(f"Hospital {number}" for number in range(1, 41))
_DAYS = tuple((date(2025, 1, 1) + timedelta(days=day)).isoformat() for day in range(365))
_WORDS = (("Kind", "Rude", "Busy", "Calm", "Slow"), ("staff", "ward", "wait", "food", "parking"))
_TEXTS = tuple(" ".join(words) for words in product(*_WORDS))
_STATUSES = (Status.TAGGED, Status.NO_THEME, Status.UNSURE, Status.EMPTY, Status.NOT_ENGLISH)
_STATUS_SHARES = (0.8, 0.1, 0.05, 0.03, 0.02)
_POLARITIES = (*Polarity, None)
_ANSWERED = 0.75
_MOST_TAGS = 3
_EVIDENCE = "[[0, 4]]"


def new_survey(survey_id: str, model: str) -> NewSurvey:
    """Describe a survey with two questions, four characteristics, dates, sites and people."""
    columns = example_survey("uec").columns
    return NewSurvey(
        id=survey_id,
        name="A large survey",
        model=model,
        columns=ResponseColumns(
            response_id="response",
            person="person",
            date=columns.date,
            site=columns.site,
            text=columns.text,
            characteristics={name: columns.characteristics[name] for name in _CHARACTERISTICS},
        ),
    )


def fill(
    store: Store, new: NewSurvey, stamp: ArtefactStamp, codebook: Codebook, count: int
) -> Survey:
    """Make a survey that is tagged already.

    Args:
        store: Where it goes; nobody else may be writing to it.
        new: As `new_survey` describes it.
        stamp: What its comments are said to be tagged by.
        codebook: Themes for them.
        count: How many responses; of so many, they are always the same.
    """
    with store.write() as conn:
        survey = surveys.create(conn, new, stamp)
        bulk = _Bulk(conn, survey, codebook)
    for first in range(0, count, _AT_ONCE):
        with store.write() as conn:
            bulk.write(conn, first, min(_AT_ONCE, count - first))
    with store.write() as conn:
        for table in (profile, response, comment):
            number_on(conn, table)
    return survey


class _Bulk:
    def __init__(self, conn: Connection, survey: Survey, codebook: Codebook) -> None:
        self._key: SurveyKey = surveys.survey_key(conn, survey.id)
        self._themes = codebook.theme_ids
        self._questions = len(survey.columns.text)
        self._luck = np.random.default_rng(0)
        self._first_profile = next_number(conn, profile)
        self._first_response = next_number(conn, response)
        self._next_comment = next_number(conn, comment)
        load(conn, profile, ("pk", "survey", "digest", "groups"), self._profiles(survey))

    def write(self, conn: Connection, first: int, count: int) -> None:
        """Write so many responses with their comments and tags."""
        pks = range(self._first_response + first, self._first_response + first + count)
        about = ("pk", "survey", "response_id", "digest", "person", "given_on", "site", "profile")
        load(conn, response, about, self._responses(pks))
        comments, tags = self._answers(pks)
        said = ("pk", "survey", "response", "question", "text", "tagged_by", "status")
        load(conn, comment, said, comments)
        given = ("comment", "place", "survey", "theme", "score", "polarity", "evidence")
        load(conn, tag, given, tags)
        touch(conn, ((self._key.pk, pk) for pk in pks))

    def _profiles(self, survey: Survey) -> Iterator[Row]:
        groups = survey.columns.characteristics.items()
        told = {name: outcomes_in_order(group.resolved_scheme()) for name, group in groups}
        for number in range(_PROFILES):
            drawn = {name: str(self._luck.choice(held)) for name, held in told.items()}
            digest = number.to_bytes(16, "little")
            yield self._first_profile + number, self._key.pk, digest, json.dumps(drawn)

    def _responses(self, pks: Sequence[int]) -> Iterator[Row]:
        count = len(pks)
        # one in ten or so answers twice
        people = self._luck.integers(5 * (pks[-1] + 1), size=count).tolist()
        days = self._luck.integers(len(_DAYS), size=count).tolist()
        sites = self._luck.integers(len(_SITES), size=count).tolist()
        profiles = self._luck.integers(_PROFILES, size=count).tolist()
        for at, pk in enumerate(pks):
            yield (
                *(pk, self._key.pk, f"response-{pk}", pk.to_bytes(16, "little")),
                *(f"person-{people[at]}", _DAYS[days[at]], _SITES[sites[at]]),
                self._first_profile + profiles[at],
            )

    def _answers(self, pks: Sequence[int]) -> tuple[list[Row], list[Row]]:
        """Give comments, and their tags."""
        cells = np.flatnonzero(self._luck.random(len(pks) * self._questions) < _ANSWERED)
        statuses = self._luck.choice(len(_STATUSES), len(cells), p=_STATUS_SHARES).tolist()
        texts = self._luck.integers(len(_TEXTS), size=len(cells)).tolist()
        first, self._next_comment = self._next_comment, self._next_comment + len(cells)
        comments: list[Row] = [
            (
                *(first + at, self._key.pk, pks[cell // self._questions], cell % self._questions),
                *(_TEXTS[texts[at]], self._key.artefact, _STATUSES[statuses[at]].value),
            )
            for at, cell in enumerate(cells.tolist())
        ]
        tagged = [first + at for at, status in enumerate(statuses) if status == 0]
        return comments, list(self._tags(tagged))

    def _tags(self, comments: Sequence[int]) -> Iterator[Row]:
        counts = self._luck.integers(1, _MOST_TAGS + 1, size=len(comments)).tolist()
        themes = self._luck.integers(len(self._themes), size=len(comments)).tolist()
        polarities = self._luck.integers(len(_POLARITIES), size=len(comments)).tolist()
        for pk, count, theme, polarity in zip(comments, counts, themes, polarities, strict=True):
            for place in range(count):
                name = self._themes[(theme + place * place) % len(self._themes)]
                spoken = _POLARITIES[(polarity + place) % len(_POLARITIES)]
                yield pk, place, self._key.pk, name, 0.75, spoken, _EVIDENCE
