"""Counting how often a survey's responses change, by ranges of their numbers.

Each range that a survey has responses in has a row from the first of them on; it may keep what was
worked out of them (`reading_blocks`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from service.store.erasing import missing_survey
from service.store.tables import reading_block, survey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

RESPONSES = 4096
"""How many numbers of responses a range has; a migration knows it too."""


def touch(conn: Connection, touched: Iterable[tuple[int, int]]) -> None:
    """Says that something about responses has changed, which ends what was worked out of them.

    It belongs at the end of the transaction: others who change responses of the same range wait
    from here on until it ends.

    Args:
        conn: In a transaction that writes.
        touched: Number of the survey and number of the response, any number of times.
    """
    places = sorted({(survey_pk, number // RESPONSES) for survey_pk, number in touched})
    if not places:
        return
    make = postgresql_insert if conn.dialect.name == "postgresql" else sqlite_insert
    ended = {"changes": reading_block.c.changes + 1, "artefact": None, "layout": None, "data": None}
    conn.execute(
        make(reading_block).on_conflict_do_update(
            index_elements=list(reading_block.primary_key), set_=ended
        ),
        [{"survey": survey_pk, "place": place, "changes": 1} for survey_pk, place in places],
    )


def version(conn: Connection, survey_id: str) -> str:
    """Gives a word that is another one whenever a survey's readings are.

    Args:
        conn: In a transaction.
        survey_id: Id of the survey.

    Raises:
        NotFoundError: If there is no such survey.
    """
    told = (
        select(survey.c.created, survey.c.artefact, func.sum(reading_block.c.changes))
        .outerjoin_from(survey, reading_block)
        .where(survey.c.id == survey_id)
        .group_by(survey.c.pk)
    )
    row = conn.execute(told).one_or_none()
    if row is None:
        raise missing_survey(survey_id)
    created, artefact, changes = row
    return f"{created.isoformat()} {artefact} {changes or 0}"
