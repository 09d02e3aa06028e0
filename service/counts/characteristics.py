"""Characteristics made of an equality scheme, or of a column's own values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from labelled_data import MissingGroup
from service.counts.readings import Characteristic, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labelled_data import EqualityScheme

MISSING_NODES = tuple(
    Node(reason.value, name, missing=True)
    for reason, name in (
        (MissingGroup.NOT_STATED, "Not stated"),
        (MissingGroup.NOT_KNOWN, "Not known"),
        (MissingGroup.NOT_ASKED, "Not asked"),
    )
)


def of_scheme(
    characteristic_id: str,
    name: str,
    scheme: EqualityScheme,
    compared: Literal["groups", "broad_groups"],
    column: str,
) -> Characteristic:
    """Give the characteristic that a scheme describes.

    Broad groups come in the order of their groups; a group without one stands for itself.

    Args:
        characteristic_id: As the survey names it.
        name: Plain name for people.
        scheme: Its groups.
        compared: The level that is published under a policy that publishes one.
        column: Header of its column.
    """
    nodes = (*(Node(group.id, group.name) for group in scheme.groups), *MISSING_NODES)
    names = {group.id: group.name for group in scheme.groups}
    names |= {group.id: group.name for group in scheme.broad_groups}
    heads = [group.parent or group.id for group in scheme.groups]
    broad_nodes = (*(Node(head, names[head]) for head in dict.fromkeys(heads)), *MISSING_NODES)
    places = {node.id: place for place, node in enumerate(broad_nodes)}
    return Characteristic(
        id=characteristic_id,
        name=name,
        nodes=nodes,
        broad=tuple(places[head] for head in (*heads, *(node.id for node in MISSING_NODES))),
        broad_nodes=broad_nodes,
        compared=compared,
        column=column,
    )


def of_values(column: str, values: Sequence[str]) -> Characteristic:
    """Give a characteristic whose groups are the values of a column.

    Args:
        column: Header of the column, which is its id and name too.
        values: Unique, in order; those that name a reason why there is no group are left out.
    """
    groups = [Node(value, value) for value in values if value not in set(MissingGroup)]
    nodes = (*groups, *MISSING_NODES)
    return Characteristic(
        id=column,
        name=column,
        nodes=nodes,
        broad=tuple(range(len(nodes))),
        broad_nodes=nodes,
        compared="groups",
        column=column,
    )
