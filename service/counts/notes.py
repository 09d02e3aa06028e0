"""What a reader of a table has to know, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.counts.readings import Reading
from service.counts.records import PolicyStamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.counts.policy import Policy
    from service.counts.readings import Readings
    from service.counts.records import CountQuery, CountRow


WAITING = "Some comments are not tagged yet, so that figures may still change."
"""What is said of a survey while its model is at work."""


def policy_stamp(policy: Policy) -> PolicyStamp:
    """Tell which policy a table was made under, and what it does."""
    rule = "Nothing is hidden or rounded."
    if policy.protects:
        rule = (
            f"Numbers of people from 1 to {policy.smallest_shown - 1} are hidden, and so are those"
            f" that would give one away; others are rounded to the nearest {policy.round_to}."
            f" Nothing is told of groups of fewer than {policy.smallest_base} people."
        )
    return PolicyStamp(id=policy.id, version=policy.version, name=policy.name, rule=rule)


def notes_of(
    readings: Readings, query: CountQuery, policy: Policy, rows: Sequence[CountRow]
) -> tuple[str, ...]:
    """Tell what a reader of a table has to know."""
    return tuple(_notes(readings, query, policy, rows))


def _notes(
    readings: Readings, query: CountQuery, policy: Policy, rows: Sequence[CountRow]
) -> Iterator[str]:
    if (readings.status == Reading.WAITING).any():
        yield WAITING
    yield (
        "A person counts once for a theme, however many comments they left. The base is people with"
        " a comment that could be read."
    )
    if query.polarity is not None:
        yield f"Only themes that a person speaks of as {query.polarity.value} are counted."
    if query.by:
        yield _elsewhere(policy)
    if policy.protects and any(row.hidden for row in rows):
        yield ("A hidden figure (*) is a small number, or one that would give a small number away.")
    if policy.protects and any(row.rounded_to > policy.round_to for row in rows):
        yield "Some figures of everyone are rounded more coarsely, to protect small groups."
    if readings.weight is not None:
        yield (
            "Shares are weighted, and their intervals use the effective number of people (Kish)."
            " Counts and bases are not weighted."
        )


def _elsewhere(policy: Policy) -> str:
    everyone_else = "everyone else whose group is known"
    if policy.protects:
        everyone_else += " and is shown for the theme"
    return (
        f"Differences are from {everyone_else}; p-values are adjusted over the whole table"
        " (Benjamini and Hochberg)."
    )
