"""Who the rows of a tagged file are from: their groups, site, day and weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from labelled_data import (
    HeaderError,
    LabelError,
    MissingGroup,
    load_equality_scheme,
    shipped_equality_scheme,
)
from service.counts.characteristics import of_scheme, of_values
from service.counts.readings import Node
from service.uploads.cells import day, positive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelled_data import EqualityScheme
    from service.counts.readings import Characteristic
    from service.counts.tagged_cells import TaggedCells

MOST_GROUPS = 60
"""Different values above which a column does not tell a characteristic."""


def groups_of(
    cells: TaggedCells, column: str, scheme: str | None, level: Literal["groups", "broad_groups"]
) -> tuple[Characteristic, NDArray[np.int16]]:
    """Read a column of groups.

    Args:
        cells: The file.
        column: Its header.
        scheme: Id of a shipped equality scheme, or the path of a YAML file; None where each
            different value is a group, and a blank cell says that it is not known.
        level: What is told apart, where the scheme has broad groups.

    Returns:
        The characteristic; and of each row the place in its nodes, shape (n,).

    Raises:
        LabelError: The scheme does not say which group a cell means.
        EqualitySchemeError: There is no such scheme.
        HeaderError: Without a scheme, the column has too many different values.
    """
    if scheme is not None:
        known = _scheme(scheme)
        told, places = cells.read(column, known.group_of)
        compared = level if known.broad_groups else "groups"
        characteristic = of_scheme(column, column, known, compared, column)
    else:
        told, places = cells.read(column, _own_group)
        if len(values := sorted(set(told) - set(MissingGroup))) > MOST_GROUPS:
            raise HeaderError(
                f"{cells.path}: the column {column!r} has {len(values):,} different values, so it"
                f" is not a characteristic, which has at most {MOST_GROUPS}"
            )
        characteristic = of_values(column, values)
    nodes = {node.id: place for place, node in enumerate(characteristic.nodes)}
    return characteristic, np.array([nodes[group] for group in told], np.int16)[places]


def sites_of(cells: TaggedCells, column: str | None) -> tuple[tuple[Node, ...], NDArray[np.int32]]:
    """Read the column of sites.

    Returns:
        The sites, in alphabetical order; and of each row the place there, -1 for none.
    """
    if column is None:
        return (), np.full(len(cells), -1, np.int32)
    told, places = cells.read(column, str)
    sites = sorted(set(told) - {""})
    order = {site: place for place, site in enumerate(sites)} | {"": -1}
    return (
        tuple(Node(site, site) for site in sites),
        np.array([order[site] for site in told], np.int32)[places],
    )


def people_of(cells: TaggedCells, column: str) -> NDArray[np.int64]:
    """Number the people; each blank cell is somebody else's."""
    found = cells.distinct(column)
    blank = np.array([cell == "" for (cell,) in found.cells], np.bool_)[found.places]
    own = len(found.cells) + np.arange(len(cells))
    return np.where(blank, own, found.places).astype(np.int64)


def days_of(cells: TaggedCells, column: str | None) -> NDArray[np.int32]:
    """Read the column of dates: proleptic ordinals, 0 for none.

    Raises:
        LabelError: A cell is no date of ISO 8601.
    """
    if column is None:
        return np.zeros(len(cells), np.int32)
    told, places = cells.read(column, day)
    return np.array([0 if each is None else each.toordinal() for each in told], np.int32)[places]


def weights_of(cells: TaggedCells, column: str | None) -> NDArray[np.float64] | None:
    """Read the column of survey weights.

    Raises:
        LabelError: A cell is no positive number.
    """
    if column is None:
        return None
    told, places = cells.read(column, positive)
    return np.array(told, np.float64)[places]


def responses_of(
    cells: TaggedCells, row: str | None, same: Sequence[str]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Tell which rows are of one response.

    Args:
        cells: The file.
        row: Header of the column that numbers the responses; None where each row is one.
        same: Headers of columns that have to be alike in all rows of one response.

    Returns:
        Of each row the place of its response, in order of appearance; and the first row of each.

    Raises:
        LabelError: Rows of one response differ, as where two tagged files were joined.
    """
    if row is None:
        return np.arange(len(cells)), np.arange(len(cells))
    _, responses = cells.read(row, _number)
    first = cells.distinct(row).first
    for column in same:
        places = cells.distinct(column).places
        other = np.flatnonzero(places != places[first][responses])
        if len(other):
            raise LabelError(
                f"{cells.place(int(other[0]), column)}: another row with the same number in the"
                f" column {row!r} says otherwise; were two files joined?"
            )
    return responses, first


def _number(cell: str) -> str:
    if not cell:
        raise ValueError("there is no number to tell the response by")
    return cell


def _own_group(cell: str) -> str:
    return cell or MissingGroup.NOT_KNOWN.value


def _scheme(named: str) -> EqualityScheme:
    if named.endswith((".yaml", ".yml")):
        return load_equality_scheme(named)
    return shipped_equality_scheme(named)
