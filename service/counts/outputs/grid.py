"""A table of counts as a grid: themes down, groups across."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from service.counts.outputs.drawing import distinct
from service.counts.outputs.words import EVERYONE, group

if TYPE_CHECKING:
    from service.counts.records import CountRow, CountsTable

MOST_GROUPS = 24
"""Rows that a chart can show so that it can be read."""

_RANKS = ("missing", "group", "everyone")


@dataclass(frozen=True, slots=True)
class Theme:
    """A line of the grid.

    Attributes:
        id: The theme's id.
        name: Its name, unlike that of any other theme.
        rows: One for each group, in the grid's order.
    """

    id: str
    name: str
    rows: tuple[CountRow, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Themes by groups.

    Attributes:
        groups: Their names, each unlike any other.
        themes: In the table's order.
    """

    groups: tuple[str, ...]
    themes: tuple[Theme, ...]

    @property
    def heads(self) -> tuple[CountRow, ...]:
        """A row for each group; bases are the same in those of every theme."""
        return self.themes[0].rows if self.themes else ()


def grid(table: CountsTable) -> Grid:
    """Lay out a table."""
    lines = [tuple(rows) for _, rows in groupby(table.rows, key=lambda row: row.theme)]
    heads = lines[0] if lines else ()
    names = distinct(
        [line[0].theme_name for line in lines],
        [line[0].theme for line in lines],
    )
    return Grid(
        tuple(distinct([*map(group, heads)], [_id(row) for row in heads])),
        tuple(Theme(line[0].theme, name, line) for line, name in zip(lines, names, strict=True)),
    )


def _id(row: CountRow) -> str:
    return "/".join(row.groups.values()) or EVERYONE


def narrowed(whole: Grid, most: int = MOST_GROUPS) -> Grid:
    """Keep everyone, and the groups of most people, as many as can be read, in the same order."""
    bases = [(_RANKS.index(row.kind), row.base or 0) for row in whole.heads]
    largest = sorted(range(len(bases)), key=lambda place: bases[place], reverse=True)[:most]
    kept = sorted(largest)
    return Grid(
        tuple(whole.groups[place] for place in kept),
        tuple(
            Theme(theme.id, theme.name, tuple(theme.rows[place] for place in kept))
            for theme in whole.themes
        ),
    )


def most_raised(whole: Grid, number: int) -> list[Theme]:
    """Pick the themes that most people raise, most raised first, of those with a share shown."""
    shown = [theme for theme in whole.themes if any(row.share for row in theme.rows)]
    return sorted(shown, key=_raised, reverse=True)[:number]


def _raised(theme: Theme) -> float:
    """Give everyone's share, or the largest share of a group where that is hidden."""
    everyone = [row for row in theme.rows if row.kind == "everyone" and row.share]
    return max(row.share.value for row in everyone or theme.rows if row.share)
