"""Every table that a reader may ask for, and what each of its figures is of."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from labelled_data import Polarity
from service.counts.records import CountQuery
from tests.service.counts.attack.joint import FIRST_YEAR, UNKNOWN, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.counts.readings import Node
    from service.counts.records import CountRow, TrendPoint
    from tests.service.counts.attack.joint import Shape

MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Asked:
    """A table, or a trend where it has a period."""

    query: CountQuery
    period: str | None = None

    def __str__(self) -> str:
        said = self.query.model_dump(mode="json", exclude_defaults=True)
        return " ".join(f"{k}={v}" for k, v in {**said, "period": self.period}.items() if v)


def tables(shape: Shape, most_dimensions: int = 2) -> Iterator[Asked]:
    """Give every table and every trend of a survey that takes no more dimensions."""
    for by in _partings(shape):
        for filters in _filters(shape, by):
            if len(by) + len(filters) <= most_dimensions:
                yield Asked(_query(by, filters))
        if len(by) > 1:
            yield Asked(CountQuery(by=by[::-1]))
    for period in MONTHS_OF if shape.months else ():
        for filters in _filters(shape, ()):
            if "dates" not in filters and len(filters) < most_dimensions:
                yield Asked(_query((), filters), period)
    yield from (Asked(CountQuery(), period) for period in shape.characteristics)
    if shape.site_characteristic:
        yield Asked(CountQuery(by=("site",)))


def _partings(shape: Shape) -> Iterator[tuple[str, ...]]:
    names = [*shape.characteristics, *(["site"] if shape.sites else [])]
    for many in (0, 1, 2):
        yield from combinations(names, many)


Members: TypeAlias = "dict[str, object]"
Filters: TypeAlias = "dict[str, Members]"


def _filters(shape: Shape, by: tuple[str, ...]) -> Iterator[Filters]:
    """Give every combination of filters."""
    combined: list[Filters] = [{}]
    for name, values in _choices(shape, by).items():
        combined += [{**others, name: value} for others in combined for value in values]
    yield from combined


def _choices(shape: Shape, by: tuple[str, ...]) -> dict[str, list[Members]]:
    """Give, by dimension, what a query may say to pick some of it."""
    return {
        "site": [{"site": site} for site in _sites(shape, by)],
        "question": [{"question": f"question-{n}"} for n in range(shape.questions)],
        "dates": list(_dates(shape.months, open_too=not by)),
        "polarity": [{"polarity": polarity} for polarity in Polarity if shape.polarity],
    }


def _sites(shape: Shape, by: tuple[str, ...]) -> list[str]:
    if shape.site_characteristic and shape.site_characteristic not in by:
        known = shape.characteristics[shape.site_characteristic]
        return [node.id for node in known if not node.missing]
    return [] if "site" in by else [f"site-{n}" for n in range(shape.sites)]


def _dates(months: int, *, open_too: bool) -> Iterator[Members]:
    """Give all from one month to another, and those that are open at one end."""
    for first in range(months):
        since: Members = {"since": date(FIRST_YEAR, first + 1, 1)}
        for last in range(first, months):
            yield {**since, "until": _month_end(last)}
        if open_too:
            yield since
            yield {"until": _month_end(first)}


def _month_end(month: int) -> date:
    return date(FIRST_YEAR, month + 1, monthrange(FIRST_YEAR, month + 1)[1])


def _query(by: tuple[str, ...], filters: Filters) -> CountQuery:
    members = {name: value for said in filters.values() for name, value in said.items()}
    return CountQuery.model_validate({"by": by, **members})


def part_of(shape: Shape, query: CountQuery, groups: dict[str, str]) -> Part:
    """Say which people a row of a table is of."""
    site, known = None, {name: place for name, place in groups.items() if name != "site"}
    said = query.site or groups.get("site")
    if said and shape.site_characteristic:
        known[shape.site_characteristic] = said
    elif said:
        site = int(said.removeprefix("site-")) if said.startswith("site-") else UNKNOWN
    return Part(
        groups=frozenset(
            (name, _place(shape.characteristics[name], node)) for name, node in known.items()
        ),
        question=int(query.question.removeprefix("question-")) if query.question else None,
        site=site,
        months=_months(shape, query),
        polarity=str(query.polarity) if query.polarity else None,
    )


def part_of_row(shape: Shape, asked: Asked, row: CountRow) -> Part:
    """Say which people a row of a table is of."""
    return part_of(shape, asked.query, row.groups)


def part_of_point(shape: Shape, asked: Asked, point: TrendPoint) -> Part:
    """Say which people a point of a trend is of."""
    if asked.period in shape.characteristics:
        return part_of(shape, asked.query, {str(asked.period): point.period})
    step, said = MONTHS_OF[str(asked.period)], point.period.removeprefix(str(FIRST_YEAR))
    number = int(said.removeprefix("-").removeprefix("Q") or 1)
    return _period(shape, asked.query, step * (number - 1), step)


def _period(shape: Shape, query: CountQuery, first: int, length: int) -> Part:
    months = first, min(first + length, shape.months) - 1
    return part_of(shape, query, {})._replace(months=months)


def parts(shape: Shape, asked: Asked) -> list[Part]:
    """Give all that a table could tell of, whether or not it does."""
    if asked.period in MONTHS_OF:
        step = MONTHS_OF[asked.period]
        return [_period(shape, asked.query, m, step) for m in range(0, shape.months, step)]
    if asked.period:
        known = [node.id for node in shape.characteristics[asked.period] if not node.missing]
        return [part_of(shape, asked.query, {asked.period: node}) for node in known]
    crossings: list[dict[str, str]] = [{}]
    for name in asked.query.by:
        crossings = [{**c, name: node} for c in crossings for node in node_ids(shape, name)]
    told = [{}, *crossings] if asked.query.by else [{}]
    return [part_of(shape, asked.query, groups) for groups in told]


def node_ids(shape: Shape, name: str) -> list[str]:
    """Give the ids of a dimension's nodes."""
    if name == "site" and shape.site_characteristic:
        name = shape.site_characteristic
    if name == "site":
        unknown = ["not_known"] if shape.some_site_unknown else []
        return [*(f"site-{n}" for n in range(shape.sites)), *unknown]
    return [node.id for node in shape.characteristics[name]]


def _place(known: tuple[Node, ...], node_id: str) -> int:
    return next(place for place, node in enumerate(known) if node.id == node_id)


def _months(shape: Shape, query: CountQuery) -> tuple[int, int] | None:
    if query.since is None and query.until is None:
        return None
    first = query.since.month - 1 if query.since else 0
    return first, query.until.month - 1 if query.until else shape.months - 1
