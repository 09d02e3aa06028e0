"""How the readings of a range of responses are packed: columns of numbers one after another."""

from __future__ import annotations

import json
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelled_data import MissingGroup
from service.counts.readings import MOST_THEMES
from service.errors import UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    from labelled_data import EqualityScheme
    from service.records import ResponseColumns

    Columns: TypeAlias = Mapping[str, NDArray[Any]]

_VERSION = 2
_DIGEST_BYTES = 16
MASKS = ("tagged", "praised", "blamed")


class PackedColumn(NamedTuple):
    """One column of a block.

    Attributes:
        name: What it is called in `Readings`.
        dtype: As numpy names it; the lowest byte comes first on every machine.
        width: Numbers that each response has in it.
    """

    name: str
    dtype: str
    width: int


class Layout:
    """What a survey's blocks hold, and what their numbers stand for.

    The shape of a column is (n, width), with n responses by their number in the store. What a
    survey does not have has no column.

    - ``offset``: its number, from the lowest of its range on.
    - ``person``: 63 bits of a hash, or the negative number of a response that names nobody.
    - ``groups``: for each characteristic, the place of the group, or of why there is none.
    - ``day``: proleptic ordinal, 0 where it is not known.
    - ``site``: place from 1 in a list of sites kept elsewhere, 0 where it is not known.
    - ``weight``: 1 where it is not given.
    - ``status``: for each question, a `Reading`.
    - ``tagged``, ``praised``, ``blamed``: for each question a bit for each theme, in the fewest
      bytes that hold them all.

    Args:
        columns: What the columns of the survey hold.
        themes: Ids of the themes that are told apart, in order.

    Raises:
        UnprocessableError: There are more themes than bits.

    Attributes:
        themes: The bit of each theme.
        questions: How many questions there are.
        places: For each characteristic, the place of each group and of why there is none.
        packed: The columns, in the order in which they are packed.
    """

    def __init__(self, columns: ResponseColumns, themes: Sequence[str]) -> None:
        if len(themes) > MOST_THEMES:
            raise UnprocessableError(
                f"a codebook of {len(themes)} themes cannot be counted: {MOST_THEMES} is the most"
            )
        self.questions = len(columns.text)
        self.themes = {theme: 1 << place for place, theme in enumerate(themes)}
        self.places = {
            name: _numbered(outcomes_in_order(group.resolved_scheme()))
            for name, group in columns.characteristics.items()
        }
        # long numbers first, so that all of them stand where a processor likes to find them
        self.packed = sorted(
            self._columns(columns), key=lambda column: -np.dtype(column.dtype).itemsize
        )

    @cached_property
    def digest(self) -> bytes:
        """Tells apart layouts that differ in anything."""
        groups = [list(places) for places in self.places.values()]
        told = json.dumps([_VERSION, list(self.themes), groups, self.packed])
        return blake2b(told.encode(), digest_size=_DIGEST_BYTES).digest()

    def pack(self, columns: Columns) -> bytes:
        """Packs columns, of which there may be more than are packed."""
        return b"".join(
            np.ascontiguousarray(columns[name], dtype).tobytes() for name, dtype, _ in self.packed
        )

    def unpack(self, data: bytes) -> dict[str, NDArray[Any]]:
        """Gives the columns that were packed, without copying them."""
        each = sum(np.dtype(dtype).itemsize * width for _, dtype, width in self.packed)
        count, start = len(data) // each, 0
        columns: dict[str, NDArray[Any]] = {}
        for name, dtype, width in self.packed:
            columns[name] = np.ndarray((count, width), dtype, data, start)
            start += columns[name].nbytes
        return columns

    def _columns(self, columns: ResponseColumns) -> Iterator[PackedColumn]:
        questions = self.questions
        if columns.person is not None:
            yield PackedColumn("person", "<i8", 1)
        if columns.weight is not None:
            yield PackedColumn("weight", "<f8", 1)
        if columns.site is not None:
            yield PackedColumn("site", "<i4", 1)
        yield PackedColumn("offset", "<u2", 1)
        yield PackedColumn("groups", "<i2", len(columns.characteristics))
        yield PackedColumn("day", "<i4", 1)
        yield PackedColumn("status", "|u1", questions)
        mask = np.min_scalar_type((1 << len(self.themes)) - 1)
        for name in MASKS:
            yield PackedColumn(name, f"<u{mask.itemsize}", questions)


def outcomes_in_order(scheme: EqualityScheme) -> tuple[str, ...]:
    """Gives the groups of a scheme in its order, then why there may be none."""
    return (*scheme.group_ids, *map(str, MissingGroup))


def _numbered(outcomes: Sequence[str]) -> dict[str, int]:
    return {outcome: place for place, outcome in enumerate(outcomes)}
