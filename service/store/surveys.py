"""Surveys: making, reading and erasing them, and how far they have come."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select, update

from service.errors import ConflictError
from service.records import Progress, ResponseColumns, Survey
from service.store.artefacts import artefact_key, artefact_keys
from service.store.erasing import erase, missing_survey
from service.store.statements import insert_new
from service.store.tables import comment, profile, response, survey

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

    from service.records import ArtefactStamp, NewSurvey

__all__ = [
    "SurveyKey",
    "create",
    "erase",
    "every",
    "get",
    "progress",
    "survey_key",
    "use_artefact",
]


class SurveyKey(NamedTuple):
    """A survey's number in the store, and that of the artefact that tags it now."""

    pk: int
    artefact: int


def create(conn: Connection, new: NewSurvey, artefact: ArtefactStamp) -> Survey:
    """Makes a survey.

    Args:
        conn: In a transaction that writes.
        new: What it is to be.
        artefact: What its comments are to be tagged by.

    Raises:
        ConflictError: If there is a survey with this id.
    """
    created = datetime.now(UTC)
    values = {
        **new.model_dump(include={"id", "name", "model"}),
        "columns": new.columns.model_dump(mode="json"),
        "created": created,
        "artefact": artefact_key(conn, artefact),
    }
    if not insert_new(conn, survey, values):
        raise ConflictError(f"there is a survey {new.id!r} already")
    return Survey(**dict(new), created=created, artefact=artefact)


def get(conn: Connection, survey_id: str) -> Survey:
    """Gives a survey.

    Raises:
        NotFoundError: If there is none with this id.
    """
    row = conn.execute(select(survey).where(survey.c.id == survey_id)).mappings().one_or_none()
    if row is None:
        raise missing_survey(survey_id)
    return _survey(row, _stamps(conn))


def every(conn: Connection) -> list[Survey]:
    """Gives all surveys in the order in which they were made."""
    stamps = _stamps(conn)
    rows = conn.execute(select(survey).order_by(survey.c.pk)).mappings()
    return [_survey(row, stamps) for row in rows]


def use_artefact(conn: Connection, survey_id: str, artefact: ArtefactStamp) -> None:
    """Sets what a survey's comments are tagged by; those tagged by anything else become work.

    Raises:
        NotFoundError: If there is no such survey.
    """
    changed = conn.execute(
        update(survey)
        .where(survey.c.id == survey_id)
        .values(model=artefact.id, artefact=artefact_key(conn, artefact))
    )
    if changed.rowcount == 0:
        raise missing_survey(survey_id)


def survey_key(conn: Connection, survey_id: str, *, lock: bool = False) -> SurveyKey:
    """Gives a survey's numbers in the store.

    Args:
        conn: In a transaction.
        survey_id: Its id.
        lock: Whether it is to be changed: others who change it then wait for this transaction to
            end, though workers do not, and one that is being erased is gone already.

    Raises:
        NotFoundError: If there is no such survey.
    """
    wanted = select(survey.c.pk, survey.c.artefact).where(survey.c.id == survey_id)
    if lock:
        wanted = wanted.where(survey.c.erasing.is_(False)).with_for_update(key_share=True)
    row = conn.execute(wanted).one_or_none()
    if row is None:
        raise missing_survey(survey_id)
    return SurveyKey(*row)


def progress(conn: Connection, survey_id: str) -> Progress:
    """Counts a survey's responses, comments and what the present artefact has tagged.

    Raises:
        NotFoundError: If there is no such survey.
    """
    key = survey_key(conn, survey_id)
    comments, statuses = _tagged(conn, key)
    responses, groups = _groups(conn, key, get(conn, survey_id).columns)
    return Progress(
        responses=responses,
        comments=comments,
        tagged=statuses.total(),
        statuses=dict(statuses),
        groups=groups,
    )


def _stamps(conn: Connection) -> dict[int, ArtefactStamp]:
    return {pk: stamp for stamp, pk in artefact_keys(conn).items()}


def _survey(row: RowMapping, stamps: dict[int, ArtefactStamp]) -> Survey:
    return Survey(
        id=row["id"],
        name=row["name"],
        model=row["model"],
        columns=ResponseColumns.model_validate(row["columns"]),
        created=row["created"],
        artefact=stamps[row["artefact"]],
    )


def _tagged(conn: Connection, key: SurveyKey) -> tuple[int, Counter[str]]:
    """Counts comments, and those that the present artefact has tagged by status."""
    counted = conn.execute(
        select(comment.c.tagged_by, comment.c.status, func.count())
        .where(comment.c.survey == key.pk)
        .group_by(comment.c.tagged_by, comment.c.status)
    ).all()
    statuses = Counter({status: times for by, status, times in counted if by == key.artefact})
    return sum(times for _, _, times in counted), statuses


def _groups(
    conn: Connection, key: SurveyKey, columns: ResponseColumns
) -> tuple[int, dict[str, dict[str, int]]]:
    """Counts responses, all and by characteristic and group."""
    groups: dict[str, Counter[str]] = {name: Counter() for name in columns.characteristics}
    counted = conn.execute(
        select(profile.c.groups, func.count(response.c.pk))
        .join_from(profile, response)
        .where(profile.c.survey == key.pk)
        .group_by(profile.c.pk)
    ).all()
    for held, times in counted:
        for name, group in held.items():
            groups.setdefault(name, Counter())[group] += times
    return sum(times for _, times in counted), {name: dict(of) for name, of in groups.items()}
