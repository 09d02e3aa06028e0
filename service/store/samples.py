"""Samples of comments for people to read, as they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, case, func, insert, select

from models import Status
from service.errors import NotFoundError
from service.store.artefacts import artefact_keys
from service.store.strata import DrawnStratum
from service.store.surveys import survey_key
from service.store.tables import comment, response, review, review_item, review_sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Row, Subquery

    from service.records import ArtefactStamp, Survey

SampleKind = Literal["random", "uncertain"]
SampleUnit = Literal["comments", "people"]

READABLE = (Status.TAGGED, Status.NO_THEME, Status.UNSURE)
"""What the tagger could read, so that a person's reading can be held against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Comments drawn for people to read.

    Attributes:
        id: Its number.
        kind: "random" lets figures be corrected by it; "uncertain" only teaches the model.
        unit: What was drawn: comments, or people with all their readable comments.
        size: How many comments or people were drawn.
        frame: How many they were drawn from.
        last: The last comment that could be drawn; None unless it was random.
        strata: Of a sample of people, who was drawn with which chance.
        seed: Draws the same again from the same frame.
        blind: Whether readers are not shown what the model says.
        created: When, in UTC.
        artefact: What the comments were tagged by when it was drawn.
        comments: How many comments it holds.
        read: How many of them somebody has read.
        people: How many people these are from.
        people_read: How many of those had all their comments in it read.
    """

    id: int
    kind: SampleKind
    unit: SampleUnit
    size: int
    frame: int
    last: int | None
    strata: tuple[DrawnStratum, ...]
    seed: int
    blind: bool
    created: datetime
    artefact: ArtefactStamp
    comments: int
    read: int
    people: int
    people_read: int

    @property
    def probability(self) -> float | None:
        """The chance that any had to be drawn; None where chances differ, or none was random."""
        if self.kind != "random" or len(self.strata) > 1:
            return None
        return self.size / self.frame


def samples(conn: Connection, survey: Survey) -> list[Sample]:
    """Gives a survey's samples in the order in which they were drawn.

    Raises:
        NotFoundError: If the survey is gone.
    """
    key = survey_key(conn, survey.id)
    return _samples(conn, review_sample.c.survey == key.pk)


def sample(conn: Connection, survey: Survey, sample_id: int) -> Sample:
    """Gives one sample.

    Raises:
        NotFoundError: If the survey has no such sample, or is gone.
    """
    key = survey_key(conn, survey.id)
    found = _samples(conn, review_sample.c.survey == key.pk, review_sample.c.pk == sample_id)
    if not found:
        raise NotFoundError(f"the survey {survey.id!r} has no sample {sample_id}")
    return found[0]


def keep(
    conn: Connection,
    survey: int,
    values: Mapping[str, object],
    drawn: Sequence[tuple[int, float | None]],
) -> int:
    """Keeps a sample.

    Args:
        conn: In a transaction that writes.
        survey: Number of the survey.
        values: The other columns of `review_sample`.
        drawn: Comments in the order in which they are to be read, each with its chance.

    Returns:
        Its number.
    """
    made = insert(review_sample).values(survey=survey, created=datetime.now(UTC), **values)
    pk: int = conn.execute(made.returning(review_sample.c.pk)).scalar_one()
    places = [
        {"sample": pk, "place": place, "comment": of, "probability": chance}
        for place, (of, chance) in enumerate(drawn)
    ]
    conn.execute(insert(review_item), places)
    return pk


def _samples(conn: Connection, *which: ColumnElement[bool]) -> list[Sample]:
    stamps = {pk: stamp for stamp, pk in artefact_keys(conn).items()}
    held = _held(*which)
    rows = conn.execute(
        select(review_sample, held)
        .join_from(review_sample, held, held.c.sample == review_sample.c.pk)
        .order_by(review_sample.c.pk)
    )
    return [_sample(row, stamps[row.artefact]) for row in rows]


def _held(*which: ColumnElement[bool]) -> Subquery:
    """Counts the comments and people of samples, and those that were read."""
    read = select(review.c.sample, review.c.comment).distinct().subquery()
    # who does not say who they are is somebody else than anybody
    lone = case((response.c.person.is_(None), response.c.pk))
    of_person = (
        select(
            review_item.c.sample,
            func.count(review_item.c.comment).label("comments"),
            func.count(read.c.comment).label("read"),
        )
        .join_from(review_item, review_sample)
        .join(comment, comment.c.pk == review_item.c.comment)
        .join(response)
        .outerjoin(
            read,
            and_(read.c.sample == review_item.c.sample, read.c.comment == review_item.c.comment),
        )
        .where(*which)
        .group_by(review_item.c.sample, response.c.person, lone)
        .subquery()
    )
    whole = case((of_person.c.read == of_person.c.comments, 1))
    return (
        select(
            of_person.c.sample,
            func.sum(of_person.c.comments).label("comments"),
            func.sum(of_person.c.read).label("read"),
            func.count().label("people"),
            func.count(whole).label("people_read"),
        )
        .group_by(of_person.c.sample)
        .subquery()
    )


def _sample(row: Row[*tuple[Any, ...]], artefact: ArtefactStamp) -> Sample:
    return Sample(
        id=row.pk,
        kind=row.kind,
        unit=row.unit,
        size=row.size,
        frame=row.frame,
        last=row.last,
        strata=tuple(DrawnStratum(**stratum) for stratum in row.strata or ()),
        seed=row.seed,
        blind=row.blind,
        created=row.created,
        artefact=artefact,
        comments=int(row.comments),
        read=int(row.read),
        people=row.people,
        people_read=row.people_read,
    )
