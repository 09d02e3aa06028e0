"""Telling people's groups from the cells of a survey."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from labelled_data.errors import UnmappedValueError

if TYPE_CHECKING:
    from labelled_data.example_surveys import GroupColumn


class GroupReader:
    """Tells the group of a characteristic that a cell means, and remembers what it was asked.

    Args:
        column: What the values of its column mean.

    Raises:
        EqualitySchemeError: If there is no such scheme, or no group that the survey's codes name.
    """

    def __init__(self, column: GroupColumn) -> None:
        self._scheme = column.resolved_scheme()
        self.known = lru_cache(maxsize=4096)(self._known)

    def group(self, cell: str) -> str:
        """Gives the id of a group, or why there is none.

        Raises:
            ValueError: If nothing says what the cell means; the message repeats 40 characters.
        """
        group = self.known(cell)
        if group is None:
            raise ValueError(str(UnmappedValueError(self._scheme.id, cell)))
        return group

    def _known(self, cell: str) -> str | None:
        try:
            return str(self._scheme.group_of(cell))
        except UnmappedValueError:
            return None
