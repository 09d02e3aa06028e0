"""How many people a table cannot tell of, because nobody could read what they wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.counts.counting import coverage
from service.counts.people import people
from service.counts.records import CountQuery, Coverage
from service.missing_groups import FEWEST, rounded_share

if TYPE_CHECKING:
    from service.counts.policy import Policy
    from service.counts.readings import Readings

_COARSE = 10


def coverage_of(readings: Readings, query: CountQuery, policy: Policy) -> Coverage:
    """Tell how much of a survey, or of what a query picks, could be read.

    Under a policy that protects, it is that of the whole survey, whatever the query picks, and as
    coarse as the shares of people whose group is missing.

    Args:
        readings: The survey.
        query: What is asked.
        policy: The rules.
    """
    if policy.protects:
        return _coarse(coverage(people(readings), CountQuery()))
    everyone, readable, unreadable, silent, waiting = coverage(people(readings), query)
    whole = max(everyone, 1)
    return Coverage(
        responses=everyone,
        readable=readable / whole,
        unreadable=unreadable / whole,
        silent=silent / whole,
        waiting=waiting / whole,
    )


def _coarse(people: tuple[int, int, int, int, int]) -> Coverage:
    everyone, readable, unreadable, silent, waiting = people
    if everyone < FEWEST:
        return Coverage(responses=None)
    return Coverage(
        responses=everyone // _COARSE * _COARSE,
        readable=rounded_share(readable, everyone),
        unreadable=rounded_share(unreadable, everyone),
        silent=rounded_share(silent, everyone),
        waiting=rounded_share(waiting, everyone),
    )
