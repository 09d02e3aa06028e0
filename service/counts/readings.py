"""What a survey's responses say, in columns: all that counts are made of, and no text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_THEMES = 64
"""Themes that fit the bits of a column."""


class Reading(IntEnum):
    """How far an answer could be read."""

    NONE = 0
    """There is no answer."""
    UNREADABLE = 1
    """Empty, or not in English."""
    READABLE = 2
    """The model could read it, whether or not it found a theme."""
    WAITING = 3
    """The present model has not been over it yet."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a dimension: a group, a site, a question, a month, a polarity.

    Attributes:
        id: Short name, unique in its dimension.
        name: Plain name for people.
        missing: Whether it tells why there is no group, rather than being one.
    """

    id: str
    name: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Characteristic:
    """What parts people into groups.

    Attributes:
        id: As the survey names it.
        name: Plain name for people.
        nodes: Its groups in the scheme's order, then why there is none (`MissingGroup`, in its
            order).
        broad: For each node, the place in `broad_nodes` of its broad group.
        broad_nodes: Broad groups (groups without one stand for themselves), then the missing ones;
            the same as `nodes` where the scheme has no broad groups.
        compared: The level that is published under a policy that publishes one.
        column: Header of the column it comes from: two that share one are one and the same.
    """

    id: str
    name: str
    nodes: tuple[Node, ...]
    broad: tuple[int, ...]
    broad_nodes: tuple[Node, ...]
    compared: Literal["groups", "broad_groups"]
    column: str


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Responses in columns: n of them, with Q questions and C characteristics.

    A theme is a bit: theme t of the codebook's order stands in ``1 << t``.

    Attributes:
        themes: Ids of the themes in the codebook's order; at most `MOST_THEMES`.
        theme_names: Their plain names.
        characteristics: C of them.
        questions: Q of them; their ids are the headers of their columns.
        sites: Where responses are about; empty where the survey has no site.
        site_characteristic: Id of the characteristic that comes from the column of sites, if any:
            the site is then that characteristic, and no dimension of its own.
        number: Shape (n,), int64, ascending; what each response is known by where it is kept.
        person: Shape (n,), int64; the same number is the same person. None where each response is
            somebody else's.
        groups: Shape (n, C), int16; place in the characteristic's `nodes`.
        day: Shape (n,), int32; proleptic ordinal of the day, 0 where it is not known.
        site: Shape (n,), int32; place in `sites`, -1 where it is not known.
        weight: Shape (n,), float64; 1 where it is not given. None where the survey has none.
        status: Shape (n, Q), uint8; see `Reading`.
        tagged: Shape (n, Q), uint64; themes the answer raises.
        praised: Shape (n, Q), uint64; themes it speaks well of, mixed ones among them.
        blamed: Shape (n, Q), uint64; themes it speaks badly of, mixed ones among them.
    """

    themes: tuple[str, ...]
    theme_names: tuple[str, ...]
    characteristics: tuple[Characteristic, ...]
    questions: tuple[Node, ...]
    sites: tuple[Node, ...]
    site_characteristic: str | None
    number: NDArray[np.int64]
    person: NDArray[np.int64] | None
    groups: NDArray[np.int16]
    day: NDArray[np.int32]
    site: NDArray[np.int32]
    weight: NDArray[np.float64] | None
    status: NDArray[np.uint8]
    tagged: NDArray[np.uint64]
    praised: NDArray[np.uint64]
    blamed: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.day)
