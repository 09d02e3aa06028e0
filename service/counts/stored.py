"""Readings of a survey in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from service.counts.characteristics import of_scheme
from service.counts.readings import Characteristic, Node, Readings
from service.errors import ConflictError
from service.store import reading_blocks, reading_changes, surveys
from service.store.reading_changes import RESPONSES
from service.store.reading_layout import MASKS, Layout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from labelled_data import Codebook
    from service.records import ResponseColumns, Survey
    from service.store import Store
    from service.store.reading_rows import ResponseRange


def stored_readings(store: Store, survey: Survey, codebook: Codebook) -> Readings:
    """Gives a survey's readings, all of one moment.

    What is not kept yet is worked out, and kept for the next time.

    Args:
        store: Where the survey is; in no transaction.
        survey: The survey as it is now.
        codebook: What its artefact tags with. Tags of themes that it lacks are left out.

    Raises:
        UnprocessableError: The codebook has more than `MOST_THEMES` themes.
        NotFoundError: The survey is gone.
        ConflictError: Its model was changed since it was looked up.
    """
    layout = Layout(survey.columns, codebook.theme_ids)
    with store.read() as conn:
        if surveys.get(conn, survey.id) != survey:
            raise ConflictError(f"the model of {survey.id!r} was changed just now; ask again")
        key = surveys.survey_key(conn, survey.id)
        held = reading_blocks.kept(conn, key, layout)
        blocks = reading_blocks.worked_out(conn, key, layout)
    reading_blocks.keep(store, survey, layout, blocks)
    held |= {block.place: block.held for block in blocks}
    return _readings(survey.columns, codebook, dict(sorted(held.items())))


def readings_version(conn: Connection, survey: Survey) -> str:
    """Gives a word that is another one whenever a survey's readings are; it is cheap to ask for.

    Args:
        conn: In a transaction.
        survey: The survey.

    Raises:
        NotFoundError: The survey is gone.
    """
    return reading_changes.version(conn, survey.id)


def _readings(
    columns: ResponseColumns, codebook: Codebook, held: Mapping[int, ResponseRange]
) -> Readings:
    ranges = list(held.values())
    first = np.repeat(np.array(list(held), "i8") * RESPONSES, [len(each) for each in ranges])
    sites = tuple(sorted({site for each in ranges for site in each.sites}))
    questions = len(columns.text)
    return Readings(
        themes=codebook.theme_ids,
        theme_names=tuple(theme.name for theme in codebook.themes),
        characteristics=survey_characteristics(columns),
        questions=tuple(Node(text.column, text.question) for text in columns.text),
        sites=tuple(Node(site, site) for site in sites),
        site_characteristic=_site_characteristic(columns),
        number=first + _joined(ranges, "offset", "i8")[:, 0],
        person=_joined(ranges, "person", "i8")[:, 0] if columns.person is not None else None,
        groups=_joined(ranges, "groups", "i2", len(columns.characteristics)),
        day=_joined(ranges, "day", "i4")[:, 0],
        site=_sites(ranges, sites) if sites else np.full(sum(map(len, ranges)), -1, "i4"),
        weight=_joined(ranges, "weight", "f8")[:, 0] if columns.weight is not None else None,
        status=_joined(ranges, "status", "u1", questions),
        **{name: _joined(ranges, name, "u8", questions) for name in MASKS},
    )


def _joined(ranges: Sequence[ResponseRange], name: str, dtype: str, width: int = 1) -> NDArray[Any]:
    """Gives a column of all ranges, of shape (n, width)."""
    joined = np.empty((sum(map(len, ranges)), width), dtype)
    start = 0
    for each in ranges:
        end = start + len(each)
        joined[start:end] = each.columns[name].reshape(len(each), width)
        start = end
    return joined


def _sites(ranges: Sequence[ResponseRange], sites: Sequence[str]) -> NDArray[np.int32]:
    """Gives the place of each response's site in the list of all of them."""
    places = {site: place for place, site in enumerate(sites)}
    # ranges that were kept share one list
    lists = {id(each.sites): each.sites for each in ranges}
    known = {
        which: np.array([-1, *(places[site] for site in held)], "i4")
        for which, held in lists.items()
    }
    parts = [known[id(each.sites)][each.columns["site"].ravel()] for each in ranges]
    return np.concatenate(parts)


def _site_characteristic(columns: ResponseColumns) -> str | None:
    named = (
        name for name, group in columns.characteristics.items() if group.column == columns.site
    )
    return next(named, None)


def survey_characteristics(columns: ResponseColumns) -> tuple[Characteristic, ...]:
    """Give what parts the people of a survey into groups, with the names that tables have."""
    return tuple(
        of_scheme(
            name,
            name.replace("_", " ").capitalize(),
            group.resolved_scheme(),
            group.compared,
            group.column,
        )
        for name, group in columns.characteristics.items()
    )
