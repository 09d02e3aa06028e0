"""Every margin and every crossing of two of a survey: what disclosure control looks at."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

import numpy as np

from labelled_data import Polarity
from service.counts.crossing import Axis
from service.counts.dimensions import (
    group_nodes,
    group_places,
    month_nodes,
    months,
    site_nodes,
    site_places,
)
from service.counts.people import people
from service.counts.readings import Node
from service.counts.views import Placed, views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from service.counts.people import People
    from service.counts.readings import Readings

Kind = Literal["characteristic", "site", "question", "period", "polarity"]

_POLARITIES = tuple(Node(polarity.value, polarity.value.title()) for polarity in Polarity)


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a survey's people, their answers, or what they say of a theme can be parted by.

    Attributes:
        id: Of the characteristic; else the kind.
        kind: What it is.
        nodes: Its groups at the level that is compared, its sites, questions, months or polarities.
        first: Where its nodes begin among the K of all dimensions.
    """

    id: str
    kind: Kind
    nodes: tuple[Node, ...]
    first: int


@dataclass(frozen=True, slots=True, eq=False)
class Tallies:
    """Every margin of a survey, and every crossing of two of them.

    There are T themes, and K nodes of all dimensions. A person is in a node by an answer that could
    be read: any of theirs for a group, one from there for a site, a question or a month; so they
    may be in several. They raise a theme there by what they say in such answers. A crossing of
    site, question and month takes answers that are in both.

    Attributes:
        themes: Ids of the themes in the codebook's order.
        dimensions: Characteristics, but for those from the same column as an earlier one; the site,
            unless it is a characteristic; questions; months, where any day is known; polarities.
        partition: For each dimension, whether nobody is in two of its nodes.
        everyone: People with an answer that could be read.
        total: Shape (T,); those who raise the theme.
        base: Shape (K,); people in the node; everyone for a polarity.
        count: Shape (T, K); those of them who raise the theme there, or who speak of it so.
        base_pairs: Shape (K, K); people in both nodes, as `base` on the diagonal. A polarity has
            everyone who is in the other node.
        count_pairs: Shape (T, K, K); those of them who raise the theme there, or speak of it so.
    """

    themes: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    partition: tuple[bool, ...]
    everyone: int
    total: NDArray[np.int64]
    base: NDArray[np.int64]
    count: NDArray[np.int64]
    base_pairs: NDArray[np.int64]
    count_pairs: NDArray[np.int64]


def tallies(readings: Readings) -> Tallies:
    """Count every margin of a survey, and every crossing of two of them."""
    everyone = people(readings)
    dimensions = _dimensions(readings)
    polarity = dimensions[-1].first
    size, themes = polarity + len(Polarity), len(readings.themes)
    base_pairs = np.zeros((size, size), np.int64)
    count_pairs = np.zeros((themes, size, size), np.int64)
    for view in views(_placed(everyone, dimensions)):
        view.add_people(base_pairs)
        view.add_raising(count_pairs)
    answering = int(base_pairs[polarity, polarity])
    _add_polarities(base_pairs, polarity, answering)
    base = base_pairs.diagonal().copy()
    count = count_pairs.diagonal(axis1=1, axis2=2).copy()
    return Tallies(
        readings.themes,
        dimensions,
        tuple(_parts_people(dimension, base, answering) for dimension in dimensions),
        answering,
        count[:, polarity:].sum(axis=1),
        base,
        count,
        base_pairs,
        count_pairs,
    )


def _dimensions(readings: Readings) -> tuple[Dimension, ...]:
    listed = list(_listed(readings))
    firsts = accumulate((len(nodes) for _, _, nodes in listed), initial=0)
    return tuple(
        Dimension(each, kind, nodes, first)
        for (each, kind, nodes), first in zip(listed, firsts, strict=False)
    )


def _listed(readings: Readings) -> Iterator[tuple[str, Kind, tuple[Node, ...]]]:
    for place in _distinct_characteristics(readings):
        characteristic = readings.characteristics[place]
        yield characteristic.id, "characteristic", group_nodes(characteristic)
    if readings.sites and readings.site_characteristic is None:
        yield "site", "site", site_nodes(readings)
    yield "question", "question", readings.questions
    known = readings.day > 0
    if known.any():
        yield "period", "period", month_nodes(months(readings)[known])
    yield "polarity", "polarity", _POLARITIES


def _distinct_characteristics(readings: Readings) -> list[int]:
    columns = [characteristic.column for characteristic in readings.characteristics]
    return [place for place, column in enumerate(columns) if column not in columns[:place]]


def _placed(everyone: People, dimensions: tuple[Dimension, ...]) -> Placed:
    readings = everyone.readings
    first = {dimension.kind: dimension.first for dimension in reversed(dimensions)}
    groups = (group_places(everyone, place) for place in _distinct_characteristics(readings))
    parts = (
        (dimension, _places(readings, dimension))
        for dimension in dimensions
        if dimension.kind in ("site", "period")
    )
    return Placed(
        everyone,
        tuple(
            Axis(dimension.first, len(dimension.nodes), places)
            for dimension, places in zip(dimensions, groups, strict=False)
        ),
        tuple(Axis(part.first, len(part.nodes), places) for part, places in parts),
        first["question"],
        first["polarity"],
    )


def _places(readings: Readings, dimension: Dimension) -> NDArray[np.intp]:
    if dimension.kind == "site":
        return site_places(readings)
    known, month = readings.day > 0, months(readings)
    return np.where(known, month - month[known].min(), len(dimension.nodes) - 1)


def _add_polarities(pairs: NDArray[np.int64], polarity: int, everyone: int) -> None:
    base = pairs.diagonal().copy()
    base[polarity:] = everyone
    pairs[polarity:, :] = base
    pairs[:, polarity:] = base[:, None]


def _parts_people(dimension: Dimension, base: NDArray[np.int64], everyone: int) -> bool:
    if dimension.kind == "polarity":
        return True
    nodes = slice(dimension.first, dimension.first + len(dimension.nodes))
    return int(base[nodes].sum()) == everyone
