"""What the coverage of a table tells of how many people there are."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from service.missing_groups import rounded_share
from tests.service.counts.attack.reader import ANY, Bounds

if TYPE_CHECKING:
    from service.counts.records import Coverage

ROUNDED_DOWN_TO = 10


def readable_people(coverage: Coverage) -> Bounds:
    """Bound the people with an answer that could be read, by trying all that there could be."""
    if coverage.responses is None:
        return ANY
    first = coverage.responses
    found = [_of(everyone, coverage) for everyone in range(first, first + ROUNDED_DOWN_TO)]
    possible = [bounds for bounds in found if bounds.low <= bounds.high]
    return Bounds(min(b.low for b in possible), max(b.high for b in possible))


def _of(everyone: int, coverage: Coverage) -> Bounds:
    """Bound them if there is that number of people, told apart in four rounded shares."""
    shares = (coverage.readable, coverage.unreadable, coverage.silent, coverage.waiting)
    readable, *others = (_between(everyone, share) for share in shares)
    rest = Bounds(
        everyone - sum(each.high for each in others), everyone - sum(each.low for each in others)
    )
    return readable.and_(rest)


def _between(everyone: int, share: float | None) -> Bounds:
    fits = None if share is None else _numbers(everyone).get(share)
    return fits or Bounds(1, 0)


@lru_cache(maxsize=ROUNDED_DOWN_TO)
def _numbers(everyone: int) -> dict[float, Bounds]:
    """Give the first and the last number that is told as each share."""
    found: dict[float, Bounds] = {}
    for number in range(everyone + 1):
        share = rounded_share(number, everyone)
        first = found[share].low if share in found else number
        found[share] = Bounds(first, number)
    return found
