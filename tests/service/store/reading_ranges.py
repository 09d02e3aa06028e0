"""Surveys whose responses fill several ranges, though there are few of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, text, update

from labelled_data import Codebook
from service.store import surveys
from service.store.reading_changes import RESPONSES
from service.store.tables import profile, response
from service.store.tables import survey as survey_table
from tests.service.store.content import STAMP, THEMES, new_survey

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.store import Store

_AHEAD = "ahead"


def codebook(themes: tuple[str, ...] = THEMES) -> Codebook:
    """A codebook that has some themes, in order."""
    told = [{"id": theme, "name": theme.title(), "definition": theme} for theme in themes]
    return Codebook.model_validate(
        {"id": "tiny", "name": "Tiny", "version": "1.0", "unit": "one comment", "themes": told}
    )


def begin_next_range(store: Store) -> None:
    """Has the responses that come next numbered from the beginning of a range that has none yet."""
    with store.write() as conn:
        last = conn.execute(select(func.max(response.c.pk))).scalar_one() or 0
        before = (last // RESPONSES + 1) * RESPONSES - 1
        if store.dialect == "postgresql":
            sequence = text("SELECT setval(pg_get_serial_sequence('response', 'pk'), :before)")
            conn.execute(sequence, {"before": before})
        else:
            # SQLite numbers on from the highest number there is
            moved = update(response).where(response.c.survey == _spacer(conn)).values(pk=before)
            conn.execute(moved)


def _spacer(conn: Connection) -> int:
    """Gives a survey with one response and no comments, which it makes where there is none."""
    held = conn.execute(select(survey_table.c.pk).where(survey_table.c.id == _AHEAD)).scalar()
    if held is not None:
        return int(held)
    surveys.create(conn, new_survey(_AHEAD), STAMP)
    pk = surveys.survey_key(conn, _AHEAD).pk
    made = insert(profile).values(survey=pk, digest=b"", groups={}).returning(profile.c.pk)
    of = conn.execute(made).scalar_one()
    conn.execute(insert(response).values(survey=pk, response_id="", digest=b"", profile=of))
    return pk
