"""Trying an upload without keeping anything of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.uploads.rows import RowMaker, is_blank
from service.uploads.source import opened

if TYPE_CHECKING:
    from pathlib import Path

    from service.errors import FieldError
    from service.records import ResponseColumns
    from service.uploads.limits import UploadLimits
    from service.uploads.source import Part, UploadFormat

MOST_ERRORS = 100
MOST_VALUES = 1000
_LONGEST_VALUE = 100


@dataclass(frozen=True, slots=True)
class RawValue:
    """A value of a column of equality groups, and where it goes.

    Attributes:
        value: As it stands, without white space around it; cut after 100 characters.
        count: In how many rows it stands.
        group: Id of the group it means, or why there is none; None where nothing says.
    """

    value: str
    count: int
    group: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of an upload.

    Attributes:
        rows: How many it has, rows without any value left out.
        rejected: How many of them would be rejected.
        errors: What is wrong with them; the first hundred.
        errors_total: How many errors there are; a row may have several.
        values: For each characteristic the values of its column: those that nothing maps first,
            then the most frequent first.
        values_not_listed: For each characteristic with more than a thousand values, in how many
            rows the others stand.
    """

    rows: int
    rejected: int
    errors: tuple[FieldError, ...]
    errors_total: int
    values: dict[str, tuple[RawValue, ...]]
    values_not_listed: dict[str, int]


def preview(
    path: Path,
    columns: ResponseColumns,
    format: UploadFormat,  # noqa: A002  (what it is called everywhere)
    limits: UploadLimits,
) -> Preview:
    """Reads an upload to the end and tells what would become of it.

    Args:
        path: The file.
        columns: What its columns hold.
        format: What it is, whatever its name.
        limits: How much of it is taken.

    Returns:
        The rows that would be taken and rejected, and where every raw value of a group would go.

    Raises:
        UnprocessableError: If it lacks a column, or is not what its format says.
        TooLargeError: If it has too many rows or columns.
        EqualitySchemeError: If a characteristic of the survey has no scheme.
    """
    maker = RowMaker(columns, limits)
    seen = _Seen(maker)
    taken, rejected, wrong = 0, 0, 0
    errors: list[FieldError] = []
    with opened(path, maker.columns, format, limits) as source:
        for part in source.parts():
            seen.add(part)
            batch = maker.batch(part)
            taken += len(batch.rows)
            rejected += len({error.row for error in batch.errors})
            wrong += len(batch.errors)
            errors.extend(batch.errors[: MOST_ERRORS - len(errors)])
    return Preview(
        rows=taken + rejected,
        rejected=rejected,
        errors=tuple(errors),
        errors_total=wrong,
        values=seen.values(),
        values_not_listed=dict(seen.others),
    )


class _Seen:
    """Counts the values of every characteristic, up to a number of different ones."""

    def __init__(self, maker: RowMaker) -> None:
        self._groups = maker.groups
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in maker.groups}
        self.others: Counter[str] = Counter()

    def add(self, part: Part) -> None:
        rows = [cells for cells in part.cells if not is_blank(cells)]
        for name, (place, _) in self._groups.items():
            for value, count in Counter(cells[place].strip() for cells in rows).items():
                self._count(name, value, count)

    def values(self) -> dict[str, tuple[RawValue, ...]]:
        return {name: tuple(sorted(self._of(name), key=_order)) for name in self._groups}

    def _count(self, name: str, value: str, count: int) -> None:
        counts = self._counts[name]
        if value in counts or len(counts) < MOST_VALUES:
            counts[value] += count
        else:
            self.others[name] += count

    def _of(self, name: str) -> list[RawValue]:
        known = self._groups[name][1].known
        return [
            RawValue(value[:_LONGEST_VALUE], count, known(value))
            for value, count in self._counts[name].items()
        ]


def _order(value: RawValue) -> tuple[bool, int, str]:
    return value.group is not None, -value.count, value.value
