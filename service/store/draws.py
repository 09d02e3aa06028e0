"""Drawing samples of comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, or_, select

from service.errors import ConflictError
from service.store.queue import PACKED
from service.store.samples import READABLE, Sample, SampleKind, keep, sample
from service.store.surveys import survey_key
from service.store.tables import comment, review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from service.records import Survey
    from service.store.surveys import SurveyKey


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
    """Draws comments from those that the present artefact has tagged and could read.

    A random sample is drawn from those before the first that still waits to be tagged, so that its
    frame is all that could be read up to some comment, whatever is tagged or sent later.

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
    at_random = kind == "random"
    could_be = settled(conn, key) if at_random else [*_readable(key), _unread()]
    wanted = select(comment.c.pk).where(*could_be).order_by(comment.c.pk)
    frame = conn.execute(wanted).scalars().all()
    if not frame:
        raise nothing_to_draw(survey)
    drawn = _random(frame, size, seed) if at_random else _closest(conn, could_be, size, thresholds)
    values = {
        "artefact": key.artefact,
        "kind": kind,
        "unit": "comments",
        "size": len(drawn),
        "frame": len(frame),
        "last": frame[-1] if at_random else None,
        "seed": seed,
        "blind": blind,
    }
    chance = len(drawn) / len(frame) if at_random else None
    return sample(conn, survey, keep(conn, key.pk, values, [(pk, chance) for pk in drawn]))


def settled(conn: Connection, key: SurveyKey) -> list[ColumnElement[bool]]:
    """Asks for the readable comments before the first that waits to be tagged."""
    waits = or_(comment.c.tagged_by.is_(None), comment.c.tagged_by != key.artefact)
    wanted = select(func.min(comment.c.pk)).where(comment.c.survey == key.pk, waits)
    first = conn.execute(wanted).scalar_one()
    return [*_readable(key), *([] if first is None else [comment.c.pk < first])]


def nothing_to_draw(survey: Survey) -> ConflictError:
    """Gives the error that says that a sample would be empty."""
    return ConflictError(f"the survey {survey.id!r} has no comments to draw; are they tagged?")


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
