"""Erasing a survey, off the disk too."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from service.errors import BusyError, NotFoundError
from service.store import tables
from service.store.tables import survey

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.store.store import Store

_LONGEST_SHOWN = 64

# Those that hold what people wrote or are; those that point to others come first.
_OF_PEOPLE = (
    tables.review,
    tables.review_item,
    tables.review_sample,
    tables.reading_block,
    tables.reading_site,
    tables.tag,
    tables.comment,
    tables.response,
    tables.profile,
)


def erase(store: Store, survey_id: str) -> None:
    """Deletes a survey with all that belongs to it, off the disk too.

    Whatever stops it, the survey is there until it is done, so that it can be erased again.

    Args:
        store: Where it is; in no transaction.
        survey_id: Its id.

    Raises:
        NotFoundError: If there is no such survey.
        BusyError: If traces stay on the disk since others have been reading for too long.
    """
    with store.write() as conn:
        # workers pass it by from here on, so that the lock below is to be had
        marked = conn.execute(update(survey).where(survey.c.id == survey_id).values(erasing=True))
        if marked.rowcount == 0:
            raise missing_survey(survey_id)
    with store.write() as conn:
        _delete_contents(conn, survey_id)
    store.scrub([table.name for table in _OF_PEOPLE])
    with store.write() as conn:
        conn.execute(delete(survey).where(survey.c.id == survey_id, survey.c.erasing.is_(True)))
    with suppress(BusyError):  # no more than its name is left
        store.scrub([survey.name])


def missing_survey(survey_id: str) -> NotFoundError:
    """Gives the error that says that there is no such survey."""
    return NotFoundError(f"there is no survey {survey_id[:_LONGEST_SHOWN]!r}")


def _delete_contents(conn: Connection, survey_id: str) -> None:
    wanted = select(survey.c.pk).where(survey.c.id == survey_id, survey.c.erasing.is_(True))
    pk = conn.execute(wanted.with_for_update()).scalar_one_or_none()
    samples = select(tables.review_sample.c.pk).where(tables.review_sample.c.survey == pk)
    for table in _OF_PEOPLE:
        owner = table.c.sample.in_(samples) if table is tables.review_item else table.c.survey == pk
        conn.execute(delete(table).where(owner))
    if conn.dialect.name == "sqlite":
        # the index of words keeps what it deletes until it is put in order
        conn.exec_driver_sql("INSERT INTO comment_text(comment_text) VALUES ('optimize')")
