"""What part of a survey each row of a table tells of, as nodes that the protection knows."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.counts.measures import dimension_of
from service.errors import FieldError, UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from service.counts.policy import Policy
    from service.counts.protection import Places
    from service.counts.readings import Node, Readings
    from service.counts.records import CountQuery
    from service.counts.tallies import Dimension, Tallies

SITE, QUESTION, PERIOD, POLARITY = "site", "question", "period", "polarity"


@dataclass(frozen=True, slots=True)
class Slices:
    """What a query narrows a survey to, and parts it by.

    Attributes:
        base: Nodes that narrow whose answers count.
        polarity: Nodes that narrow which themes count, if any.
        by: The dimensions that part people.
    """

    base: tuple[Places, ...]
    polarity: tuple[Places, ...]
    by: tuple[Dimension, ...]

    def of_base(self, cell: Sequence[Node]) -> tuple[Places, ...]:
        """Give the slices of a cell's base."""
        return (*self.base, *self._parted(cell))

    def of_count(self, cell: Sequence[Node]) -> tuple[Places, ...]:
        """Give the slices of a cell's count."""
        return (*self.of_base(cell), *self.polarity)

    def _parted(self, cell: Sequence[Node]) -> Iterator[Places]:
        for dimension, node in zip(self.by, cell, strict=False):
            yield (dimension.first + dimension.nodes.index(node),)


def slices_of(query: CountQuery, readings: Readings, tallies: Tallies, policy: Policy) -> Slices:
    """Turn a query to nodes, or refuse it.

    Args:
        query: One that the survey can answer.
        readings: The survey.
        tallies: Its numbers.
        policy: One that protects.

    Raises:
        UnprocessableError: The policy gives no such table: it is of too many dimensions, of days
            rather than months, of several months and something else, of polarity by what people
            answer twice, of another level than the survey compares, or of a characteristic that
            another tells already.
    """
    by = tuple(_parting(each, query, readings, tallies, policy) for each in query.by)
    site = [] if query.site is None else [_site(query.site, readings, tallies, policy)]
    narrowed = [dimension for dimension, _ in site]
    for dimension in narrowed:
        if dimension in by:
            raise _refused("site", f"{dimension.id!r} cannot part people and narrow them as well")
    base = [places for _, places in site]
    if query.question is not None:
        base.append(_node(dimension_of(tallies, QUESTION), query.question))
    if query.since is not None or query.until is not None:
        base.append(_months(query.since, query.until, tallies, policy))
    polarity = []
    if query.polarity is not None:
        polarity.append(_node(dimension_of(tallies, POLARITY), query.polarity.value))
    number = len(by) + len(base) + len(polarity)
    _check_number(number, policy)
    if polarity and base:
        _check_parted(base[0], tallies, policy)
    if number > 1 and (query.since or query.until):
        _check_month(base[-1], tallies, policy)
    return Slices(tuple(base), tuple(polarity), by)


def _months(since: date | None, until: date | None, tallies: Tallies, policy: Policy) -> Places:
    """Give the months from one day to another, both included.

    Raises:
        UnprocessableError: They do not begin and end with a month.
    """
    if since is not None and since.day != 1:
        raise _refused(
            "from", f"under the policy {policy.id!r} dates begin with a month, not on {since}"
        )
    if until is not None and until.day != monthrange(until.year, until.month)[1]:
        raise _refused(
            "to", f"under the policy {policy.id!r} dates end with a month, not on {until}"
        )
    dimension = _known(PERIOD, tallies, "from", policy)
    first = "" if since is None else f"{since:%Y-%m}"
    last = "9999-99" if until is None else f"{until:%Y-%m}"
    return tuple(
        dimension.first + place
        for place, node in enumerate(dimension.nodes)
        if not node.missing and first <= node.id <= last
    )


def _parting(
    dimension_id: str, query: CountQuery, readings: Readings, tallies: Tallies, policy: Policy
) -> Dimension:
    dimension = _known(_resolved(dimension_id, readings), tallies, "by", policy)
    compared = [each for each in readings.characteristics if each.id == dimension.id]
    if query.level is not None and compared and compared[0].compared != query.level:
        raise _refused(
            "level",
            f"under the policy {policy.id!r} {dimension.id!r} is told by the level that the survey"
            f" compares ({compared[0].compared}): two levels would give each other's small numbers"
            " away",
        )
    return dimension


def _site(
    site: str, readings: Readings, tallies: Tallies, policy: Policy
) -> tuple[Dimension, Places]:
    dimension = _known(_resolved(SITE, readings), tallies, "site", policy)
    return dimension, _node(dimension, site)


def _resolved(dimension_id: str, readings: Readings) -> str:
    """Give the characteristic that comes from the column of sites for the site."""
    known = [each.id for each in readings.characteristics]
    if dimension_id == SITE and SITE not in known and readings.site_characteristic is not None:
        return readings.site_characteristic
    return dimension_id


def _known(dimension_id: str, tallies: Tallies, member: str, policy: Policy) -> Dimension:
    try:
        return dimension_of(tallies, dimension_id)
    except KeyError:
        raise _refused(
            member,
            f"under the policy {policy.id!r} {dimension_id!r} is not told: it comes from the same"
            " column as another characteristic, or follows from one, and would give its small"
            " numbers away",
        ) from None


def _node(dimension: Dimension, node_id: str) -> Places:
    ids = [node.id for node in dimension.nodes]
    return (dimension.first + ids.index(node_id),)


def _check_month(places: Places, tallies: Tallies, policy: Policy) -> None:
    """See that a table by something else as well is narrowed to one month."""
    dimension = dimension_of(tallies, PERIOD)
    whole = tallies.partition[tallies.dimensions.index(dimension)]
    if len(places) != 1 or not whole:
        raise _refused(
            "from",
            f"under the policy {policy.id!r} a table that is parted or narrowed by something else"
            " may tell of one month, and only where people answered once: several together would"
            " tell small numbers by their sums",
        )


def _check_parted(places: Places, tallies: Tallies, policy: Policy) -> None:
    """See that polarity narrows what people stand in once."""
    for dimension, whole in zip(tallies.dimensions, tallies.partition, strict=True):
        inside = dimension.first <= min(places, default=-1) < dimension.first + len(dimension.nodes)
        if inside and not whole:
            raise _refused(
                "polarity",
                f"under the policy {policy.id!r} polarity is not told by {dimension.id}: people"
                " answer more than once, and may speak otherwise of a theme each time",
            )


def _check_number(number: int, policy: Policy) -> None:
    if policy.most_dimensions is not None and number > policy.most_dimensions:
        raise _refused(
            "by",
            f"the policy {policy.id!r} gives tables by at most {policy.most_dimensions} of"
            f" characteristics, question, site, dates and polarity at once, not {number}: more"
            " would part people into groups so small that they could be told apart",
        )


def _refused(member: str, message: str) -> UnprocessableError:
    return UnprocessableError(message, (FieldError(None, member, message),))
