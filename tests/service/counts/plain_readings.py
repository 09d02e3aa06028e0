"""Readings spelled out a response at a time, and the same straight from the rows of a store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import text

from service.counts.readings import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from service.counts.readings import Readings
    from service.records import Survey
    from service.store import Store

_RESPONSES = """
    SELECT response.pk, person, given_on, site, weight, profile.groups
    FROM response JOIN profile ON profile.pk = response.profile
    JOIN survey ON survey.pk = response.survey WHERE survey.id = :survey ORDER BY response.pk
"""
_COMMENTS = """
    SELECT comment.pk, response, question, status, tagged_by = survey.artefact AS is_current
    FROM comment JOIN survey ON survey.pk = comment.survey WHERE survey.id = :survey
"""
_TAGS = "SELECT theme, polarity FROM tag WHERE comment = :comment"

Answer = tuple[Reading, frozenset[tuple[str, bool, bool]]]
"""How far it could be read, and its themes: whether something good, or bad, is said of each."""

_NO_ANSWER: Answer = (Reading.NONE, frozenset())


@dataclass(frozen=True)
class Spelled:
    """One response; its person is the place of the first response of the same person."""

    person: int
    groups: tuple[str, ...]
    day: date | None
    site: str | None
    weight: float
    answers: tuple[Answer, ...]


def spelled(readings: Readings) -> list[Spelled]:
    """Spells out readings."""
    people = range(len(readings)) if readings.person is None else readings.person.tolist()
    return [
        Spelled(
            person=people.index(people[at]),
            groups=tuple(
                each.nodes[place].id
                for each, place in zip(readings.characteristics, readings.groups[at], strict=True)
            ),
            day=date.fromordinal(int(readings.day[at])) if readings.day[at] else None,
            site=None if readings.site[at] < 0 else readings.sites[readings.site[at]].id,
            weight=1.0 if readings.weight is None else float(readings.weight[at]),
            answers=tuple(_answer(readings, at, n) for n in range(len(readings.questions))),
        )
        for at in range(len(readings))
    ]


def from_rows(store: Store, survey: Survey, themes: Iterable[str]) -> list[Spelled]:
    """Spells out what a store holds of a survey, a row at a time."""
    with store.read() as conn:
        answers = _answers(conn, survey, set(themes))
        rows = conn.execute(text(_RESPONSES), {"survey": survey.id}).all()
    people: list[object] = []
    told = []
    for row in rows:
        people.append(("nobody", row.pk) if row.person is None else row.person)
        told.append(
            Spelled(
                person=people.index(people[-1]),
                groups=tuple(_json(row.groups)[name] for name in survey.columns.characteristics),
                day=_day(row.given_on),
                site=row.site,
                weight=1.0 if row.weight is None else row.weight,
                answers=tuple(
                    answers.get((row.pk, number), _NO_ANSWER)
                    for number in range(len(survey.columns.text))
                ),
            )
        )
    return told


def _answer(readings: Readings, at: int, question: int) -> Answer:
    def holds(mask: str, place: int) -> bool:
        return bool(int(getattr(readings, mask)[at, question]) >> place & 1)

    themes = frozenset(
        (theme, holds("praised", place), holds("blamed", place))
        for place, theme in enumerate(readings.themes)
        if holds("tagged", place)
    )
    return Reading(int(readings.status[at, question])), themes


def _answers(conn: Connection, survey: Survey, themes: set[str]) -> dict[tuple[int, int], Answer]:
    answers = {}
    for row in conn.execute(text(_COMMENTS), {"survey": survey.id}).all():
        tags = conn.execute(text(_TAGS), {"comment": row.pk}).all() if row.is_current else []
        answers[row.response, row.question] = (
            _reading(row.status) if row.is_current else Reading.WAITING,
            frozenset(
                (theme, polarity in ("positive", "mixed"), polarity in ("negative", "mixed"))
                for theme, polarity in tags
                if theme in themes
            ),
        )
    return answers


def _reading(status: str) -> Reading:
    return Reading.UNREADABLE if status in ("empty", "not_english") else Reading.READABLE


def _json(held: str | Mapping[str, str]) -> Mapping[str, str]:
    return json.loads(held) if isinstance(held, str) else held


def _day(held: str | date | None) -> date | None:
    return date.fromisoformat(held) if isinstance(held, str) else held
