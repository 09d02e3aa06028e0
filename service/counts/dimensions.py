"""What parts people or their answers, and where in it each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labelled_data import MissingGroup
from service.counts.readings import Node

if TYPE_CHECKING:
    from typing import Literal

    from numpy.typing import NDArray

    from service.counts.people import People
    from service.counts.readings import Characteristic, Readings

NOT_KNOWN = Node(MissingGroup.NOT_KNOWN.value, "Not known", missing=True)
_UNIX_EPOCH = 719_163
"""Proleptic ordinal of 1 January 1970."""


def group_nodes(
    characteristic: Characteristic, level: Literal["groups", "broad_groups"] | None = None
) -> tuple[Node, ...]:
    """Give a characteristic's groups at a level, or at the level that is compared."""
    broad = (level or characteristic.compared) == "broad_groups"
    return characteristic.broad_nodes if broad else characteristic.nodes


def group_places(
    people: People, place: int, level: Literal["groups", "broad_groups"] | None = None
) -> NDArray[np.intp]:
    """Give the place in `group_nodes` of each person's group, of the characteristic at a place."""
    characteristic = people.readings.characteristics[place]
    nodes = people.groups[:, place].astype(np.intp)
    broad = (level or characteristic.compared) == "broad_groups"
    return np.array(characteristic.broad, np.intp)[nodes] if broad else nodes


def site_nodes(readings: Readings) -> tuple[Node, ...]:
    """Give the sites, then that none is known."""
    return (*readings.sites, NOT_KNOWN)


def site_places(readings: Readings) -> NDArray[np.intp]:
    """Give the place in `site_nodes` of each response's site."""
    return np.where(readings.site < 0, len(readings.sites), readings.site).astype(np.intp)


def month_nodes(months: NDArray[np.intp]) -> tuple[Node, ...]:
    """Give the months from the first to the last of them, then that none is known.

    Args:
        months: Months since January 1970; at least one.
    """
    known = np.arange(months.min(), months.max() + 1).astype("datetime64[M]")
    return (*(Node(str(month), f"{month.item():%B %Y}") for month in known), NOT_KNOWN)


def months(readings: Readings) -> NDArray[np.intp]:
    """Give the month since January 1970 of each response; wrong where the day is not known."""
    first = int(readings.day.min(initial=0))
    days = np.arange(first, int(readings.day.max(initial=0)) + 1) - _UNIX_EPOCH
    of_day = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.intp)
    return of_day[readings.day - first]
