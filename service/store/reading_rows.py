"""Working readings out of what the store holds of responses, a range of them at a time."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import and_, case, select

from labelled_data import MissingGroup, Polarity
from models import Status
from service.counts.readings import Reading
from service.store.reading_changes import RESPONSES
from service.store.statements import parts
from service.store.tables import comment, profile, response, tag

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection, Row

    from service.store.reading_layout import Columns, Layout
    from service.store.surveys import SurveyKey

_SALT_BYTES = 16
_READINGS: Mapping[str | None, Reading] = {
    None: Reading.WAITING,
    Status.EMPTY: Reading.UNREADABLE,
    Status.NOT_ENGLISH: Reading.UNREADABLE,
    Status.TAGGED: Reading.READABLE,
    Status.NO_THEME: Reading.READABLE,
    Status.UNSURE: Reading.READABLE,
}
_PRAISES = frozenset(polarity for polarity in Polarity if polarity.praises)
_BLAMES = frozenset(polarity for polarity in Polarity if polarity.blames)


@dataclass(frozen=True, slots=True, eq=False)
class ResponseRange:
    """The responses of one survey in one range, by their number.

    Attributes:
        columns: As `Layout` tells; each of them, whether or not the survey has it.
        sites: What the numbers of the column of sites stand for, from 1.
    """

    columns: Columns
    sites: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.columns["day"])


class RangeReader:
    """Works out ranges of a survey, one after another.

    Args:
        conn: In a transaction.
        key: The survey, and the artefact whose tags count.
        layout: What is told of its responses.
    """

    def __init__(self, conn: Connection, key: SurveyKey, layout: Layout) -> None:
        self._conn = conn
        self._key = key
        self._layout = layout
        self._groups: dict[int, tuple[int, ...]] = {}

    def read(self, place: int) -> ResponseRange:
        """Works out the range of a place."""
        rows = self._responses(place)
        numbers: dict[str | None, int] = {None: 0}
        columns = {
            "offset": np.array([row.pk - place * RESPONSES for row in rows], "u2"),
            "person": np.array([self._person(row.pk, row.person) for row in rows], "i8"),
            "groups": self._groups_of([row.profile for row in rows]),
            "day": np.array([_ordinal(row.given_on) for row in rows], "i4"),
            "site": np.array([numbers.setdefault(row.site, len(numbers)) for row in rows], "i4"),
            "weight": np.array([1.0 if row.weight is None else row.weight for row in rows], "f8"),
            **self._answers(place, [row.pk for row in rows]),
        }
        return ResponseRange(columns, tuple(site for site in numbers if site is not None))

    def _responses(self, place: int) -> Sequence[Row[*tuple[Any, ...]]]:
        held = response.c
        # the sum keeps a database from going through the whole survey by another index
        of_survey = held.survey + 0 == self._key.pk
        return self._conn.execute(
            select(held.pk, held.person, held.given_on, held.site, held.weight, held.profile)
            .where(_is_in_range(held.pk, place), of_survey)
            .order_by(held.pk)
        ).all()

    def _person(self, number: int, person: str | None) -> int:
        """Gives a number that is the same for the same person of the survey.

        It is a hash of 63 bits. The chance that any two of n people have the same is close to
        n² / 2⁶⁴ (the birthday bound): 5e-8 for a million.
        """
        if person is None:
            return -number
        salt = self._key.pk.to_bytes(_SALT_BYTES, "little")
        digest = blake2b(person.encode(), digest_size=8, salt=salt).digest()
        return int.from_bytes(digest, "little") >> 1

    def _groups_of(self, profiles: Sequence[int]) -> NDArray[np.int16]:
        for some in parts(sorted(set(profiles) - self._groups.keys())):
            held = select(profile.c.pk, profile.c.groups).where(profile.c.pk.in_(some))
            self._groups |= {pk: self._places(groups) for pk, groups in self._conn.execute(held)}
        groups = np.array([self._groups[pk] for pk in profiles], "i2")
        return groups.reshape(len(profiles), len(self._layout.places))

    def _places(self, groups: Mapping[str, str]) -> tuple[int, ...]:
        unknown = MissingGroup.NOT_KNOWN
        return tuple(
            # a scheme that comes with Sayso may have lost a group since
            places.get(groups.get(name, unknown), places[unknown])
            for name, places in self._layout.places.items()
        )

    def _answers(self, place: int, pks: Sequence[int]) -> dict[str, NDArray[Any]]:
        """Gives the columns that have a number for each question."""
        questions = self._layout.questions
        first_cells = {pk: at * questions for at, pk in enumerate(pks)}
        said = self._said(place, first_cells)
        cells = [first_cells[row[0]] + row[1] for row in said]
        status = np.zeros(len(pks) * questions, "u1")
        status[cells] = [_READINGS[row[2]] for row in said]
        columns = {"status": status, **self._masks(said, cells, len(status))}
        return {name: column.reshape(len(pks), questions) for name, column in columns.items()}

    def _said(self, place: int, wanted: Container[int]) -> list[Row[*tuple[Any, ...]]]:
        """Gives response, question, status, theme and polarity: a row for each theme, or one."""
        is_current = comment.c.tagged_by == self._key.artefact
        status = case((is_current, comment.c.status))
        rows = self._conn.execute(
            select(comment.c.response, comment.c.question, status, tag.c.theme, tag.c.polarity)
            .outerjoin_from(comment, tag, and_(is_current, tag.c.comment == comment.c.pk))
            .where(_is_in_range(comment.c.response, place))
        ).all()
        return [row for row in rows if row[0] in wanted]

    def _masks(
        self, said: Sequence[Row[*tuple[Any, ...]]], cells: Sequence[int], count: int
    ) -> dict[str, NDArray[np.uint64]]:
        bits = [self._layout.themes.get(row[3], 0) for row in said]
        praises = [bit if row[4] in _PRAISES else 0 for row, bit in zip(said, bits, strict=True)]
        blames = [bit if row[4] in _BLAMES else 0 for row, bit in zip(said, bits, strict=True)]
        return {
            "tagged": _united(bits, cells, count),
            "praised": _united(praises, cells, count),
            "blamed": _united(blames, cells, count),
        }


def _is_in_range(number: ColumnElement[int], place: int) -> ColumnElement[bool]:
    return and_(number >= place * RESPONSES, number < (place + 1) * RESPONSES)


def _ordinal(day: date | None) -> int:
    return 0 if day is None else day.toordinal()


def _united(bits: Sequence[int], cells: Sequence[int], count: int) -> NDArray[np.uint64]:
    """Gives each cell all bits that are told of it."""
    united = np.zeros(count, "u8")
    np.bitwise_or.at(united, np.array(cells, "i8"), np.array(bits, "u8"))
    return united
