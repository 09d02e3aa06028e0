"""Samples of comments for people to read, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import numpy as np
from sqlalchemy import func, insert, select

from models import Status
from service.errors import ConflictError, NotFoundError
from service.store.artefacts import artefact_keys
from service.store.queue import PACKED
from service.store.surveys import survey_key
from service.store.tables import comment, review, review_item, review_sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from service.records import ArtefactStamp, Survey
    from service.store.surveys import SurveyKey

SampleKind = Literal["random", "uncertain"]

READABLE = (Status.TAGGED, Status.NO_THEME, Status.UNSURE)
"""What the tagger could read, so that a person's reading can be held against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Comments drawn for people to read.

    Attributes:
        id: Its number.
        kind: "random" lets figures be corrected by it; "uncertain" only teaches the model.
        size: How many comments.
        frame: How many it was drawn from.
        seed: Draws the same comments from the same frame.
        blind: Whether readers are not shown what the model says.
        created: When, in UTC.
        artefact: What the comments were tagged by when it was drawn.
        read: How many somebody has read.
    """

    id: int
    kind: SampleKind
    size: int
    frame: int
    seed: int
    blind: bool
    created: datetime
    artefact: ArtefactStamp
    read: int = 0

    @property
    def probability(self) -> float | None:
        """The chance that any comment of the frame had to be drawn; None unless it was random."""
        return self.size / self.frame if self.kind == "random" else None


def draw(
    conn: Connection,
    survey: Survey,
    kind: SampleKind,
    size: int,
    seed: int,
    *,
    blind: bool,
    thresholds: Sequence[float] = (),
) -> Sample:
    """Draws a sample from the comments that the present artefact has tagged and could read.

    Args:
        conn: In a transaction that writes.
        survey: Whose comments.
        kind: "random": each equally likely, without replacement; the chance is recorded with each.
            "uncertain": those nobody has read yet and of which some score comes closest to its
            threshold.
        size: How many; fewer where there are not so many.
        seed: Of a random sample, and of its order; 0 or more.
        blind: Whether readers are not to see what the model says.
        thresholds: Of an uncertain sample, the threshold of each theme in codebook order.

    Raises:
        NotFoundError: If the survey is gone.
        ConflictError: If there is no comment to draw.
    """
    key = survey_key(conn, survey.id, lock=True)
    could_be = *_readable(key), *([] if kind == "random" else [_unread()])
    frame = (
        conn.execute(select(comment.c.pk).where(*could_be).order_by(comment.c.pk)).scalars().all()
    )
    if not frame:
        raise ConflictError(f"the survey {survey.id!r} has no comments to draw; are they tagged?")
    drawn = (
        _random(frame, size, seed)
        if kind == "random"
        else _closest(conn, could_be, size, thresholds)
    )
    values = {
        "artefact": key.artefact,
        "kind": kind,
        "size": len(drawn),
        "frame": len(frame),
        "seed": seed,
        "blind": blind,
    }
    return sample(conn, survey, _insert(conn, key.pk, values, drawn))


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


def _readable(key: SurveyKey) -> tuple[ColumnElement[bool], ...]:
    return (
        comment.c.survey == key.pk,
        comment.c.tagged_by == key.artefact,
        comment.c.status.in_(READABLE),
    )


def _unread() -> ColumnElement[bool]:
    return comment.c.pk.not_in(select(review.c.comment))


def _random(frame: Sequence[int], size: int, seed: int) -> list[int]:
    drawn = np.random.default_rng(seed).permutation(len(frame))[:size]
    return [frame[place] for place in drawn]


def _closest(
    conn: Connection,
    could_be: Sequence[ColumnElement[bool]],
    size: int,
    thresholds: Sequence[float],
) -> list[int]:
    """Gives the comments of which some score is closest to its threshold, closest first."""
    scored = select(comment.c.pk, comment.c.scores).where(*could_be, comment.c.scores.is_not(None))
    rows = conn.execute(scored.order_by(comment.c.pk)).all()
    packed = b"".join(row.scores for row in rows)
    scores = np.frombuffer(packed, dtype=PACKED).reshape(len(rows), len(thresholds))
    margins = np.abs(scores - np.asarray(thresholds)).min(axis=1)
    return [rows[place].pk for place in np.argsort(margins, kind="stable")[:size]]


def _insert(
    conn: Connection, survey: int, values: Mapping[str, object], drawn: Sequence[int]
) -> int:
    made = insert(review_sample).values(survey=survey, created=datetime.now(UTC), **values)
    pk: int = conn.execute(made.returning(review_sample.c.pk)).scalar_one()
    places = [{"sample": pk, "place": at, "comment": of} for at, of in enumerate(drawn)]
    conn.execute(insert(review_item), places)
    return pk


def _samples(conn: Connection, *which: ColumnElement[bool]) -> list[Sample]:
    stamps = {pk: stamp for stamp, pk in artefact_keys(conn).items()}
    read = (
        select(func.count(review.c.comment.distinct()))
        .where(review.c.sample == review_sample.c.pk)
        .scalar_subquery()
    )
    rows = conn.execute(
        select(review_sample, read.label("read")).where(*which).order_by(review_sample.c.pk)
    )
    return [
        Sample(
            id=row.pk,
            kind=row.kind,
            size=row.size,
            frame=row.frame,
            seed=row.seed,
            blind=row.blind,
            created=row.created,
            artefact=stamps[row.artefact],
            read=row.read,
        )
        for row in rows
    ]
