"""Which answers a query picks, and whether a survey has what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from service.counts.dimensions import group_nodes, group_places
from service.errors import FieldError, UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from service.counts.people import People
    from service.counts.readings import Characteristic, Readings
    from service.counts.records import CountQuery

SITE = "site"


def characteristic_of(readings: Readings, dimension: str) -> int | None:
    """Give the place of the characteristic that a dimension's id means.

    Returns:
        None where the id means the site, which no characteristic of the survey tells.

    Raises:
        UnprocessableError: The survey has no such characteristic, or it has no site.
    """
    ids = [characteristic.id for characteristic in readings.characteristics]
    if dimension == SITE and SITE not in ids:
        if readings.site_characteristic is not None:
            return ids.index(readings.site_characteristic)
        if readings.sites:
            return None
    if dimension not in ids:
        raise _wrong("by", f"the survey has no characteristic {dimension!r}", ids)
    return ids.index(dimension)


def check(readings: Readings, query: CountQuery) -> None:
    """See that a survey has what a query asks for.

    Raises:
        UnprocessableError: It has no such characteristic, theme, question or site, no dates, or no
            broad groups.
    """
    by = [characteristic_of(readings, dimension) for dimension in query.by]
    if len(set(by)) < len(by):
        raise _wrong("by", f"{query.by[0]!r} and {query.by[1]!r} are one and the same")
    _check_level(query, [readings.characteristics[place] for place in by if place is not None])
    for theme in query.themes or ():
        if theme not in readings.themes:
            raise _wrong("themes", f"the survey has no theme {theme!r}", readings.themes)
    _questions(readings, query)
    if query.site is not None:
        _site(readings, query, query.site)
    if (query.since or query.until) and not readings.day.any():
        raise _wrong("since" if query.since else "until", "the survey's responses have no dates")


def questions(readings: Readings, query: CountQuery) -> slice:
    """Give the columns of the question that a query picks, or of all.

    Raises:
        UnprocessableError: The survey has no such question.
    """
    return _questions(readings, query)


def picked(people: People, query: CountQuery) -> NDArray[np.bool_]:
    """Tell which responses a query picks by their site and day.

    Where the site is a characteristic, it picks all responses of the people in that group, at the
    query's level, just as a row of a table by that characteristic does.

    Args:
        people: Of a survey that has what the query asks for.
        query: What is asked.

    Returns:
        Shape (n,), in the order of `people.readings`.
    """
    readings = people.readings
    taken = np.ones(len(readings), np.bool_)
    if query.since:
        taken &= readings.day >= query.since.toordinal()
    if query.until:
        taken &= (readings.day > 0) & (readings.day <= query.until.toordinal())
    if query.site is not None:
        taken &= _at_site(people, query, query.site)
    return taken


def _at_site(people: People, query: CountQuery, site: str) -> NDArray[np.bool_]:
    place = _site(people.readings, query, site)
    characteristic = _site_characteristic(people.readings)
    if characteristic is None:
        return np.equal(people.readings.site, place)
    return np.equal(group_places(people, characteristic, query.level), place)[people.of]


def _site(readings: Readings, query: CountQuery, site: str) -> int:
    characteristic = _site_characteristic(readings)
    nodes = readings.sites
    if characteristic is not None:
        nodes = group_nodes(readings.characteristics[characteristic], query.level)
    ids = [node.id for node in nodes]
    if site not in ids:
        raise _wrong("site", f"the survey has no site {site!r}")
    return ids.index(site)


def _site_characteristic(readings: Readings) -> int | None:
    if readings.site_characteristic is None:
        return None
    ids = [characteristic.id for characteristic in readings.characteristics]
    return ids.index(readings.site_characteristic)


def _questions(readings: Readings, query: CountQuery) -> slice:
    if query.question is None:
        return slice(None)
    ids = [question.id for question in readings.questions]
    if query.question not in ids:
        raise _wrong("question", f"the survey has no question {query.question!r}", ids)
    place = ids.index(query.question)
    return slice(place, place + 1)


def _check_level(query: CountQuery, by: list[Characteristic]) -> None:
    if query.level != "broad_groups" or not query.by:
        return
    if not any(each.broad_nodes != each.nodes for each in by):
        raise _wrong("level", f"{' and '.join(map(repr, query.by))} cannot be told by broad groups")


def _wrong(member: str, message: str, known: Iterable[str] = ()) -> UnprocessableError:
    if known := ", ".join(map(repr, known)):
        message = f"{message}, but {known}"
    return UnprocessableError(message, (FieldError(None, member, message),))
