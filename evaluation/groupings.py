"""Which group of a characteristic each comment is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labelled_data import LabelError, MissingGroup, UnmappedValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from labelled_data import EqualityScheme

MOST_VALUES = 100
"""Values of a column without a scheme; one with more tells people apart rather than groups."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a characteristic, or why there is none.

    Attributes:
        id: Its id.
        name: Plain name for people.
        missing: Whether it tells why there is no group.
    """

    id: str
    name: str
    missing: bool = False


MISSING = tuple(
    Group(str(reason), str(reason).replace("_", " ").capitalize(), missing=True)
    for reason in MissingGroup
)


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Comments by group of a characteristic.

    Attributes:
        groups: Groups in order, then why there is none.
        members: Shape (n_comments,); place of each comment's group among them.
    """

    groups: tuple[Group, ...]
    members: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GroupBy:
    """What to part comments by.

    Attributes:
        characteristic: Its name.
        column: Header of its column.
        scheme: What the values mean; None where each value is a group of its own, and a blank is
            somebody whose group is not known.
        broad: Whether the scheme's broad groups are told apart, rather than its groups.
    """

    characteristic: str
    column: str
    scheme: EqualityScheme | None = None
    broad: bool = False

    def grouping(self, cells: Mapping[int, str], rows: Sequence[int], table: object) -> Grouping:
        """Part comments by the values of the column.

        Args:
            cells: The column's value by row.
            rows: Row of each comment.
            table: What the rows are of, for messages.

        Raises:
            LabelError: The scheme does not know a value, whose row the message names, or there are
                too many values to be groups.
        """
        groups = (*self._groups(cells.values(), table), *MISSING)
        place = {group.id: index for index, group in enumerate(groups)}
        outcomes = [place[self._outcome(cells[row], row, table)] for row in rows]
        return Grouping(groups, np.array(outcomes, dtype=np.int64))

    def _groups(self, values: Iterable[str], table: object) -> tuple[Group, ...]:
        if self.scheme is not None:
            return scheme_groups(self.scheme, broad=self.broad)
        known = sorted({value.strip() for value in values} - {"", *MissingGroup})
        if len(known) > MOST_VALUES:
            raise LabelError(
                f"{table}, column {self.column!r} has more than {MOST_VALUES} values, which are"
                " too many to be groups without a scheme"
            )
        return tuple(Group(value, value) for value in known)

    def _outcome(self, value: str, row: int, table: object) -> str:
        if self.scheme is None:
            return value.strip() or MissingGroup.NOT_KNOWN
        try:
            outcome = self.scheme.group_of(value)
        except UnmappedValueError as error:
            raise LabelError(f"{table} row {row}, column {self.column!r}: {error}") from error
        if self.broad and not isinstance(outcome, MissingGroup):
            return self.scheme.group(outcome).parent or outcome
        return outcome


def scheme_groups(scheme: EqualityScheme, *, broad: bool) -> tuple[Group, ...]:
    """Give a scheme's groups in order, or its broad groups and then groups that have none."""
    headings = [Group(each.id, each.name) for each in scheme.broad_groups if broad]
    alone = [Group(each.id, each.name) for each in scheme.groups if not (broad and each.parent)]
    return (*headings, *alone)
