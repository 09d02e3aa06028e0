"""What makes a row of names a header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data.errors import HeaderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LONGEST_SHOWN = 40
"""Characters of a column name that a message repeats."""


def header_of(path: Path, cells: Sequence[str]) -> tuple[str, ...]:
    """Makes column names of the first row.

    Empty cells at its end are left out, as spreadsheets write them for columns that were once used.
    Elsewhere one name may be empty, as in a saved index.

    Args:
        path: The file, for the message.
        cells: The first row.

    Returns:
        The names, letter for letter.

    Raises:
        HeaderError: If a name stands twice.
    """
    names = named_part(cells)
    for name, first, again in repeated(names):
        raise HeaderError(
            f"{path} row 1 has the header {shown(name)} in both column {first} and column {again}"
        )
    return names


def listed(names: Sequence[str]) -> str:
    """Lists column names for a message.

    A long one is given by its place: where a file has no header, it is somebody's comment.
    """
    return ", ".join(
        repr(name) if len(name) <= LONGEST_SHOWN else f"column {place}"
        for place, name in enumerate(names, start=1)
    )


def shown(name: str) -> str:
    """Gives a column name for a message, or only the length of a long one."""
    return repr(name) if len(name) <= LONGEST_SHOWN else f"of {len(name):,} characters"


def named_part(cells: Sequence[str]) -> tuple[str, ...]:
    """Leaves out the empty cells at the end of a header."""
    filled = [place for place, cell in enumerate(cells, start=1) if cell]
    return tuple(cells[: max(filled, default=0)])


def repeated(names: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Finds names that stand more than once.

    Yields:
        The name, its first column and the column where it stands again, counted from 1.
    """
    first_column: dict[str, int] = {}
    for column, name in enumerate(names, start=1):
        if name in first_column:
            yield name, first_column[name], column
        first_column.setdefault(name, column)
