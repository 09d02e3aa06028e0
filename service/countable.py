"""What the counts of a survey can be asked by."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from service.counts.dimensions import group_nodes
from service.counts.picking import SITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.counted_survey import CountedSurvey
    from service.counts.policy import Policy
    from service.counts.readings import Node, Readings

_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Parting:
    """What people can be parted by.

    Attributes:
        id: A characteristic, or "site".
        name: Its plain name.
        told: Whether the policy tells it; not, where it follows from another.
    """

    id: str
    name: str
    told: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month in which there may be responses.

    Attributes:
        first: Its first day.
        last: Its last day.
    """

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Countable:
    """What the counts of a survey can be asked by.

    Attributes:
        themes: Ids and plain names, in codebook order.
        partings: Its characteristics, and its sites where they are none.
        questions: Its questions.
        sites: Where responses are about, or the groups that these are.
        site_characteristic: The characteristic that the site is, if any.
        months: From that of the first response to that of the last; none without dates.
    """

    themes: dict[str, str]
    partings: tuple[Parting, ...]
    questions: tuple[Node, ...]
    sites: tuple[Node, ...]
    site_characteristic: str | None
    months: tuple[Month, ...]


def countable(counted: CountedSurvey, policy: Policy) -> Countable:
    """Tell what counts of a survey can be asked by.

    Args:
        counted: The survey.
        policy: What may be published of it.
    """
    readings = counted.readings
    partings = [(each.id, each.name) for each in readings.characteristics]
    if readings.sites and readings.site_characteristic is None and SITE not in dict(partings):
        partings.append((SITE, "Site"))
    return Countable(
        themes=dict(zip(readings.themes, readings.theme_names, strict=True)),
        partings=tuple(Parting(*each, counted.tells(policy, each[0])) for each in partings),
        questions=readings.questions,
        sites=_sites(readings),
        site_characteristic=readings.site_characteristic,
        months=tuple(_months(readings)),
    )


def _sites(readings: Readings) -> tuple[Node, ...]:
    for characteristic in readings.characteristics:
        if characteristic.id == readings.site_characteristic:
            return tuple(node for node in group_nodes(characteristic) if not node.missing)
    return readings.sites


def _months(readings: Readings) -> Iterator[Month]:
    days = readings.day[readings.day > 0]
    if not len(days):
        return
    first, last = date.fromordinal(int(days.min())), date.fromordinal(int(days.max()))
    for number in range(_number(first), _number(last) + 1):
        year, month = number // _A_YEAR, number % _A_YEAR + 1
        yield Month(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _number(day: date) -> int:
    return day.year * _A_YEAR + day.month - 1
