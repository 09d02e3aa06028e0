"""The work: comments that the artefact their survey wants has not tagged yet.

No table lists it. On PostgreSQL a worker holds the comments it has claimed, and others pass them
by, until its transaction ends however it ends; on SQLite two workers may tag the same comment, and
the second finds it done.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import delete, func, or_, select

from service.records import Work
from service.store.artefacts import artefact_keys
from service.store.many_rows import among, change, load
from service.store.reading_changes import touch
from service.store.tables import comment, survey, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Row

    from models import Prediction
    from service.records import ArtefactStamp, Done
    from service.store.store import Store

PACKED = "<f4"
"""How numpy calls the scores of a comment as they are stored."""
_TAG_COLUMNS = ("comment", "place", "survey", "theme", "score", "polarity", "evidence")
_SAID_COLUMNS = ("tagged_by", "status", "sentiment", "scores", "pk")


def batch(
    store: Store,
    stamps: Sequence[ArtefactStamp],
    limit: int,
    tag_all: Callable[[ArtefactStamp, list[Work]], list[Done]],
) -> int:
    """Claims some comments, has them tagged and writes what was said.

    If it ends in the middle, nothing is written and the comments are work again.

    Args:
        store: Where they are.
        stamps: The artefacts that can be tagged with.
        limit: Most comments at a time.
        tag_all: Tags them; it may leave some out.

    Returns:
        How many were tagged; 0 where nothing is left.

    Raises:
        StoreError: If the store cannot be used.
    """
    if store.dialect == "postgresql":
        with store.write() as conn:
            claimed = claim(conn, stamps, limit)
            return 0 if claimed is None else finish(conn, claimed[0], tag_all(*claimed))
    with store.read() as conn:
        claimed = claim(conn, stamps, limit)
    if claimed is None:
        return 0
    done = tag_all(*claimed)
    with store.write() as conn:
        return finish(conn, claimed[0], done)


def claim(
    conn: Connection, stamps: Sequence[ArtefactStamp], limit: int
) -> tuple[ArtefactStamp, list[Work]] | None:
    """Gives some comments to tag, all of one survey, and what to tag them with.

    Args:
        conn: In a transaction; on PostgreSQL they are its own until it ends.
        stamps: The artefacts that can be tagged with.
        limit: Most comments.

    Returns:
        None where there is nothing to do.
    """
    keys = {pk: stamp for stamp, pk in artefact_keys(conn).items() if stamp in stamps}
    for wanting in _surveys_that_want(conn, keys):
        if work := _some_work(conn, wanting, limit):
            return keys[wanting.artefact], work
    return None


def finish(conn: Connection, stamp: ArtefactStamp, done: Sequence[Done]) -> int:
    """Writes what the tagger says of some comments, in place of what was said before.

    Comments that are gone, whose survey wants another artefact by now, or that this one has tagged
    already, are left alone.

    Args:
        conn: In a transaction that writes.
        stamp: What they were tagged with.
        done: What it says.

    Returns:
        How many were written.
    """
    by = artefact_keys(conn).get(stamp)
    said = {one.comment: one.prediction for one in done}
    if by is None or not said:
        return 0
    wanted = _still_wanted(conn, by, list(said))
    _write(conn, by, wanted, said)
    touch(conn, ((row.survey, row.response) for row in wanted))
    return len(wanted)


def left(conn: Connection, stamps: Sequence[ArtefactStamp]) -> int:
    """Counts the comments that these artefacts are to tag."""
    keys = {stamp: pk for stamp, pk in artefact_keys(conn).items() if stamp in stamps}
    counted = select(func.count()).join_from(comment, survey)
    wanting = survey.c.artefact.in_(keys.values()), survey.c.erasing.is_(False)
    return conn.execute(counted.where(*wanting, or_(*_untagged(survey.c.artefact)))).scalar_one()


def wants(conn: Connection, survey_pk: int, artefact: int) -> bool:
    """Tells whether a survey has comments that an artefact has not tagged.

    Args:
        conn: In a transaction.
        survey_pk: Number of the survey.
        artefact: Number of the artefact.
    """
    of_survey = select(comment.c.pk).where(comment.c.survey == survey_pk).limit(1)
    return any(conn.execute(of_survey.where(each)).first() for each in _untagged(artefact))


def _surveys_that_want(
    conn: Connection, artefacts: Iterable[int]
) -> Sequence[Row[*tuple[Any, ...]]]:
    wanted = select(survey.c.pk, survey.c.artefact, survey.c.columns).where(
        survey.c.artefact.in_(artefacts), survey.c.erasing.is_(False)
    )
    return conn.execute(wanted.order_by(survey.c.pk)).all()


def _some_work(conn: Connection, wanting: Row[*tuple[Any, ...]], limit: int) -> list[Work]:
    if not _stays(conn, wanting.pk):
        return []
    questions = [text["question"] for text in wanting.columns["text"]]
    for each in _untagged(wanting.artefact):
        rows = conn.execute(
            select(comment.c.pk, comment.c.text, comment.c.question)
            .where(comment.c.survey == wanting.pk, each)
            # the order of an index, so that claiming takes no longer the more there is to do
            .order_by(comment.c.tagged_by, comment.c.status, comment.c.pk)
            .limit(limit)
            .with_for_update(key_share=True, skip_locked=True)
        ).all()
        if rows:
            return [Work(row.pk, row.text, questions[row.question]) for row in rows]
    return []


def _stays(conn: Connection, pk: int) -> bool:
    """Tells whether a survey is there, and keeps it there until the transaction ends."""
    there = select(survey.c.pk).where(survey.c.pk == pk, survey.c.erasing.is_(False))
    held = there.with_for_update(read=True, key_share=True, skip_locked=True)
    return conn.execute(held).one_or_none() is not None


def _untagged(
    artefact: int | ColumnElement[int],
) -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    """Parts what another artefact tagged, or none, into ranges of an index."""
    by = comment.c.tagged_by
    return by.is_(None), by < artefact, by > artefact


def _still_wanted(
    conn: Connection, by: int, comments: Sequence[int]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Gives those comments that are still to be tagged by an artefact."""
    told_of = among(conn, comment.c.pk, comments)
    theirs = select(comment.c.survey).where(told_of)
    wanting = select(survey.c.pk).where(
        survey.c.pk.in_(theirs), survey.c.artefact == by, survey.c.erasing.is_(False)
    )
    held = conn.execute(wanting.with_for_update(read=True, key_share=True)).scalars().all()
    still = (
        select(comment.c.pk, comment.c.survey, comment.c.response, comment.c.tagged_by)
        .where(told_of, comment.c.survey.in_(held), or_(*_untagged(by)))
        .order_by(comment.c.pk)
    )
    return conn.execute(still.with_for_update(key_share=True)).all()


def _write(
    conn: Connection,
    by: int,
    wanted: Sequence[Row[*tuple[Any, ...]]],
    said: Mapping[int, Prediction],
) -> None:
    if tagged_before := [row.pk for row in wanted if row.tagged_by is not None]:
        conn.execute(delete(tag).where(among(conn, tag.c.comment, tagged_before)))
    tags = (one for row in wanted for one in _tag_values(row.pk, row.survey, said[row.pk]))
    load(conn, tag, _TAG_COLUMNS, tags)
    change(conn, comment, _SAID_COLUMNS, (_said_values(by, row.pk, said[row.pk]) for row in wanted))


def _tag_values(pk: int, survey_pk: int, prediction: Prediction) -> Iterator[tuple[object, ...]]:
    for place, given in enumerate(prediction.tags):
        score, evidence = float(given.score), json.dumps(given.evidence)
        polarity = None if given.polarity is None else given.polarity.value
        yield pk, place, survey_pk, given.theme, score, polarity, evidence


def _said_values(by: int, pk: int, prediction: Prediction) -> tuple[object, ...]:
    return by, prediction.status.value, prediction.sentiment, _packed(prediction), pk


def _packed(prediction: Prediction) -> bytes | None:
    if prediction.scores is None:
        return None
    return np.asarray(prediction.scores, dtype=PACKED).tobytes()
