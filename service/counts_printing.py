"""Showing counts on a terminal."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.counting import Publication
    from service.counts.records import (
        CountRow,
        CountsTable,
        Coverage,
        Ranged,
        TrendPoint,
        TrendTable,
    )

HIDDEN = "*"


def print_publication(made: Publication) -> None:
    """Print tables and the change over time, and then what a reader has to know."""
    console = Console()
    notes: list[str] = []
    for table in made.tables:
        console.print(_counts(table))
        notes += [_coverage(table.coverage), *table.notes]
    if made.trend is not None:
        console.print(_trend(made.trend))
        notes += made.trend.notes
    for note in dict.fromkeys(notes):
        console.print(f"- {escape(note)}")


def _counts(told: CountsTable) -> Table:
    by = " and ".join(told.by_names.values())
    table = _table(f"Themes by {by}" if by else "Themes", told)
    table.add_column(escape(by) or "Who", overflow="fold")
    for header in ("People", "Raise it", "Share", "95% interval", "Differs", "p adj."):
        table.add_column(header, justify="right", no_wrap=True)
    for _, rows in groupby(told.rows, key=lambda row: row.theme):
        for place, row in enumerate(rows):
            table.add_row("" if place else escape(row.theme_name), *_cells(row))
        table.add_section()
    return table


def _table(title: str, told: CountsTable | TrendTable) -> Table:
    table = Table(title=escape(f"{title} ({told.policy.name})"), title_justify="left", box=None)
    table.add_column("Theme", overflow="fold")
    return table


def _cells(row: CountRow) -> Iterable[str]:
    yield escape(", ".join(row.group_names.values()) or "Everyone")
    yield _number(row.base, hidden=row.hidden)
    yield _number(row.count, hidden=row.hidden)
    yield _percent(row.share)
    yield _range(row.share)
    yield "" if row.difference is None else f"{100 * row.difference.value:+.1f}"
    yield "" if row.p_adjusted is None else _chance(row.p_adjusted)


def _trend(told: TrendTable) -> Table:
    table = _table(f"Themes by {told.period}", told)
    for header in ("Period", "People", "Raise it", "Share", "Limits"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("Special cause", overflow="fold")
    for trend in told.trends:
        for place, point in enumerate(trend.points):
            table.add_row("" if place else escape(trend.theme_name), *_point(point))
        table.add_section()
    return table


def _point(point: TrendPoint) -> Iterable[str]:
    yield escape(point.name)
    yield _number(point.base, hidden=point.hidden)
    yield _number(point.count, hidden=point.hidden)
    yield _percent(point.share)
    yield "" if point.low is None or point.high is None else _span(point.low, point.high)
    yield escape(", ".join(point.signals))


def _coverage(told: Coverage) -> str:
    shares = (
        ("could be read", told.readable),
        ("could not be read", told.unreadable),
        ("left no comment", told.silent),
    )
    listed = [f"{share:.0%} {what}" for what, share in shares if share is not None]
    if told.responses is None or not listed:
        return "How many could not be read is not told of so few people."
    return f"Of {told.responses:,} people, {', '.join(listed)}."


def _number(number: int | None, *, hidden: bool) -> str:
    if number is None:
        return HIDDEN if hidden else ""
    return f"{number:,}"


def _percent(share: Ranged | None) -> str:
    return "" if share is None else f"{share.value:.1%}"


def _range(share: Ranged | None) -> str:
    return "" if share is None else _span(share.low, share.high)


def _span(low: float, high: float) -> str:
    return f"{100 * low:.1f}-{high:.1%}"


def _chance(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
