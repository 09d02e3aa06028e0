"""Blocks: readings of a survey's responses, worked out once and kept for the next count.

A block holds the responses of one survey whose numbers are in one range. Whoever adds or tags any
of them takes away what was worked out, and counts that, in the same transaction
(`reading_changes`). It is worked out anew by whoever needs it, or by a worker that has nothing left
to tag, from what one moment showed; and kept only if the count is still what it was then. So nobody
waits for others to work it out, and what is kept is never outdated.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import insert, or_, select, update

from service.errors import NotFoundError
from service.store import queue
from service.store.artefacts import artefact_keys
from service.store.engines import BINARY
from service.store.reading_rows import RangeReader, ResponseRange
from service.store.surveys import get, survey_key
from service.store.tables import reading_block, reading_site, survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from service.records import ArtefactStamp, Survey
    from service.store.reading_layout import Layout
    from service.store.store import Store
    from service.store.surveys import SurveyKey

_WRITTEN_AT_ONCE = 16


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Readings that were worked out.

    Attributes:
        place: Which range they are of.
        changes: What its row counted when they were.
        held: The readings.
    """

    place: int
    changes: int
    held: ResponseRange


def kept(conn: Connection, key: SurveyKey, layout: Layout) -> dict[int, ResponseRange]:
    """Gives what is kept of a survey, by the place of the range.

    Args:
        conn: In a transaction.
        key: The survey, and the artefact whose tags count.
        layout: What is to be told.
    """
    sites = tuple(_sites(conn, key.pk))
    rows = conn.execute(
        select(reading_block.c.place, reading_block.c.data).where(
            reading_block.c.survey == key.pk,
            reading_block.c.artefact == key.artefact,
            reading_block.c.layout == layout.digest,
        ),
        execution_options={BINARY: True},
    )
    return {place: ResponseRange(layout.unpack(data), sites) for place, data in rows}


def worked_out(
    conn: Connection, key: SurveyKey, layout: Layout, most: int | None = None
) -> list[Block]:
    """Works out what is not kept of a survey.

    Args:
        conn: In a transaction that sees one moment, as `Store.read` gives it.
        key: The survey, and the artefact whose tags count.
        layout: What is to be told.
        most: Most blocks; None for all that are missing.
    """
    missing = (
        select(reading_block.c.place, reading_block.c.changes)
        .where(reading_block.c.survey == key.pk, _lacks(key.artefact, layout))
        .order_by(reading_block.c.place)
        .limit(most)
    )
    reader = RangeReader(conn, key, layout)
    return [Block(*row, reader.read(row.place)) for row in conn.execute(missing).all()]


def keep(store: Store, owner: Survey, layout: Layout, blocks: Sequence[Block]) -> int:
    """Keeps what was worked out, but for what has changed since.

    Args:
        store: Where it was read; in no transaction.
        owner: The survey, as it was when that was worked out.
        layout: What is told.
        blocks: What was worked out.

    Returns:
        How many blocks are kept.
    """
    count = 0
    for start in range(0, len(blocks), _WRITTEN_AT_ONCE):
        with suppress(NotFoundError), store.write() as conn:
            count += _keep(conn, owner, layout, blocks[start : start + _WRITTEN_AT_ONCE])
    return count


def ready_survey(conn: Connection, stamps: Sequence[ArtefactStamp]) -> Survey | None:
    """Gives a survey without comments left to tag, some of which is not worked out.

    Args:
        conn: In a transaction.
        stamps: The artefacts whose surveys are looked at.
    """
    keys = {pk for stamp, pk in artefact_keys(conn).items() if stamp in stamps}
    missing = select(reading_block.c.place).where(
        reading_block.c.survey == survey.c.pk, _lacks(survey.c.artefact)
    )
    lacking = select(survey.c.id, survey.c.pk, survey.c.artefact).where(
        survey.c.artefact.in_(keys), survey.c.erasing.is_(False), missing.exists()
    )
    for survey_id, *key in conn.execute(lacking.order_by(survey.c.pk)).all():
        if not queue.wants(conn, *key):
            return get(conn, survey_id)
    return None


def _lacks(artefact: int | ColumnElement[int], layout: Layout | None = None) -> ColumnElement[bool]:
    """Asks for rows that keep nothing, or nothing of use."""
    column = reading_block.c
    other = [] if layout is None else [column.layout != layout.digest]
    return or_(column.artefact.is_(None), column.artefact != artefact, *other)


def _keep(conn: Connection, owner: Survey, layout: Layout, blocks: Sequence[Block]) -> int:
    # others who keep blocks of this survey, and may number its sites, take turns
    key = survey_key(conn, owner.id, lock=True)
    if get(conn, owner.id) != owner:
        return 0
    numbers = _numbers(conn, key.pk, (site for block in blocks for site in block.held.sites))
    return sum(_keep_one(conn, key, layout, block, numbers) for block in blocks)


def _keep_one(
    conn: Connection, key: SurveyKey, layout: Layout, block: Block, numbers: dict[str, int]
) -> int:
    lasting = np.array([0, *(numbers[site] for site in block.held.sites)])
    columns = {**block.held.columns, "site": lasting[block.held.columns["site"]]}
    same = (
        reading_block.c.survey == key.pk,
        reading_block.c.place == block.place,
        reading_block.c.changes == block.changes,
    )
    values = {"artefact": key.artefact, "layout": layout.digest, "data": layout.pack(columns)}
    return conn.execute(update(reading_block).where(*same).values(values)).rowcount


def _sites(conn: Connection, survey_pk: int) -> Iterator[str]:
    """Gives a survey's sites by number, from 1."""
    sites = select(reading_site.c.site).where(reading_site.c.survey == survey_pk)
    yield from conn.execute(sites.order_by(reading_site.c.number)).scalars()


def _numbers(conn: Connection, survey_pk: int, wanted: Iterable[str]) -> dict[str, int]:
    """Gives the number of each site, which new ones get here."""
    numbers = {site: number for number, site in enumerate(_sites(conn, survey_pk), 1)}
    known = len(numbers)
    for site in wanted:
        numbers.setdefault(site, len(numbers) + 1)
    new = list(numbers.items())[known:]
    if new:
        conn.execute(
            insert(reading_site),
            [{"survey": survey_pk, "number": number, "site": site} for site, number in new],
        )
    return numbers
