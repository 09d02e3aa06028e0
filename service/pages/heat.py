"""A table of counts as a heatmap: themes down, groups across, the darker the larger the share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.counts.outputs.grid import grid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from service.counts.records import CountRow, CountsTable

STEPS = 8
"""Shades above the lightest; the style sheet has a class for each, `heat-0` to `heat-8`."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a heatmap.

    Attributes:
        row: Its figures.
        shade: Class of its shade; empty where it is not shaded.
        href: Address of the comments behind it, if any.
    """

    row: CountRow
    shade: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a heatmap.

    Attributes:
        id: Id of the theme, or of the group.
        name: Its plain name.
        cells: In the order of the columns.
    """

    id: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heatmap:
    """A table, laid out and shaded.

    Attributes:
        heads: Names of the columns: everyone, then groups, then why there is none.
        kinds: Of each column, as in `CountRow.kind`.
        bases: A row of each column, for its base; they are those of the first line.
        lines: What is told of them.
        top: The largest share of a group, which has the darkest shade.
        hidden: How many cells are protected.
    """

    heads: tuple[str, ...]
    kinds: tuple[str, ...]
    bases: tuple[CountRow, ...]
    lines: tuple[Line, ...]
    top: float
    hidden: int

    def span(self, kind: str) -> int:
        """Give the number of columns of a kind."""
        return self.kinds.count(kind)


def heatmap(table: CountsTable, href: Callable[[CountRow], str | None]) -> Heatmap:
    """Shade a table by one characteristic.

    Args:
        table: The table.
        href: Gives the address of the comments behind a row.
    """
    laid_out = grid(table)
    top = highest_share(table.rows)
    return Heatmap(
        heads=laid_out.groups,
        kinds=tuple(row.kind for row in laid_out.heads),
        bases=laid_out.heads,
        lines=tuple(
            Line(theme.id, theme.name, tuple(_cell(row, top, href) for row in theme.rows))
            for theme in laid_out.themes
        ),
        top=top,
        hidden=sum(row.hidden for row in table.rows),
    )


def crossed(
    table: CountsTable, href: Callable[[CountRow], str | None]
) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    """Shade one theme of a table by two characteristics: the first down, the second across.

    Groups that are not there are left out.

    Args:
        table: The table, of one theme.
        href: Gives the address of the comments behind a row.

    Returns:
        Names of the columns, and the lines.
    """
    first, second = table.query.by
    rows = [row for row in table.rows if row.kind == "group"]
    top = highest_share(rows)
    down, across = _names(rows, first), _names(rows, second)
    at = {(row.groups[first], row.groups[second]): row for row in rows}
    lines = tuple(
        Line(group, name, tuple(_cell(at[group, other], top, href) for other in across))
        for group, name in down.items()
    )
    return tuple(across.values()), lines


def highest_share(rows: Iterable[CountRow]) -> float:
    """Give the largest share of a group."""
    return max((row.share.value for row in rows if row.share and row.kind == "group"), default=0.0)


def _names(rows: Sequence[CountRow], parting: str) -> dict[str, str]:
    return {row.groups[parting]: row.group_names[parting] for row in rows}


def _cell(row: CountRow, top: float, href: Callable[[CountRow], str | None]) -> Cell:
    shade = ""
    if row.share and row.kind == "group":
        shade = f"heat-{round(STEPS * row.share.value / top) if top else 0}"
    return Cell(row, shade, href(row) if row.count else None)
