"""What a query means, told over plain records: who is picked, and what they are parted by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from labelled_data import Polarity
from service.counts.records import CountQuery
from tests.service.counts.generated import FIRST_DAY

if TYPE_CHECKING:
    from service.counts.readings import Characteristic, Readings
    from tests.service.counts.brute_force import Cell, Record, Somebody


@dataclass(frozen=True)
class Asked:
    """A query of a survey."""

    survey: Readings
    query: CountQuery

    def cell(self, somebody: Somebody, response: Record) -> Cell:
        return tuple(self._node(each, somebody, response) for each in self.query.by)

    def picks(self, somebody: Somebody, response: Record) -> bool:
        day, query = response["day"], self.query
        since, until = query.since or date.min, query.until or date.max
        if (query.since or query.until) and (day is None or not since <= day <= until):
            return False
        return query.site is None or self._node("site", somebody, response) == query.site

    def _node(self, dimension: str, somebody: Somebody, response: Record) -> str:
        if dimension == "site" and self.survey.site_characteristic is None:
            return response["site"] or "not_known"
        if dimension == "site":
            dimension = self.survey.site_characteristic or dimension
        each = next(each for each in self.survey.characteristics if each.id == dimension)
        group = somebody.groups[dimension]
        broad = (self.query.level or each.compared) == "broad_groups"
        return broad_groups(each)[group] if broad else group


def broad_groups(characteristic: Characteristic) -> dict[str, str]:
    """Give the broad group of each group, and the missing ones themselves."""
    heads = characteristic.broad_nodes
    nodes = zip(characteristic.nodes, characteristic.broad, strict=True)
    return {node.id: heads[place].id for node, place in nodes}


@st.composite
def queries(draw: st.DrawFn, survey: Readings) -> CountQuery:
    """Make up what may be asked of a survey."""
    by = draw(st.lists(st.sampled_from(_dimensions(survey)), max_size=2, unique=True))
    level = draw(st.sampled_from(("groups", "broad_groups"))) if _has_broad(survey, by) else None
    days = st.none() | st.integers(-5, 200).map(lambda day: date.fromordinal(FIRST_DAY + day))
    since, until = draw(days), draw(days)
    if not survey.day.any():
        since = until = None
    if since and until and until < since:
        since, until = until, since
    whole = CountQuery(by=tuple(by), level=draw(st.sampled_from((None, level))))
    return CountQuery(
        by=whole.by,
        question=draw(st.sampled_from((None, *(node.id for node in survey.questions)))),
        since=since,
        until=until,
        site=draw(st.sampled_from((None, *_sites(survey, whole)))),
        polarity=draw(st.none() | st.sampled_from(Polarity)),
        level=whole.level,
    )


def _dimensions(survey: Readings) -> list[str]:
    ids = [each.id for each in survey.characteristics]
    if survey.site_characteristic is not None:
        return ["site" if each == survey.site_characteristic else each for each in ids]
    return [*ids, "site"] if survey.sites else ids


def _has_broad(survey: Readings, by: list[str]) -> bool:
    told = [each for each in survey.characteristics if each.id in by]
    return any(each.nodes != each.broad_nodes for each in told)


def _sites(survey: Readings, query: CountQuery) -> list[str]:
    nodes = survey.sites
    if survey.site_characteristic is not None:
        each = survey.characteristics[-1]
        broad = (query.level or each.compared) == "broad_groups"
        nodes = each.broad_nodes if broad else each.nodes
    return [node.id for node in nodes]
