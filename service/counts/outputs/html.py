"""Tables as one self-contained page without script, fit to print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from service.counts.outputs import words
from service.counts.outputs.bar_chart import bar_chart, coverage_bars, missing_bars
from service.counts.outputs.cells import HIDDEN
from service.counts.outputs.columns import signals
from service.counts.outputs.control_chart import control_picture
from service.counts.outputs.cover import cover
from service.counts.outputs.figures import FILTERS
from service.counts.outputs.grid import MOST_GROUPS, grid, most_raised, narrowed
from service.counts.outputs.heatmap import heatmap
from service.counts.outputs.share_chart import highest, share_chart
from service.counts.trend import is_provisional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.counts.outputs.bar_chart import Bar
    from service.counts.outputs.drawing import Chart
    from service.counts.outputs.grid import Grid
    from service.counts.records import CountsTable, Coverage, TrendTable

MOST_CHARTS = 6
"""Themes of a table that have a chart of their own; the heatmap and the table show every one."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One table, as the page shows it."""

    title: str
    asked: tuple[str, ...]
    grid: Grid
    heatmap: Chart | None
    charts: tuple[tuple[str, Chart], ...]
    is_compared: bool
    is_corrected: bool
    has_cautions: bool


@dataclass(frozen=True, slots=True)
class _Bars:
    """Bars, as a chart and as a table."""

    chart: Chart | None
    bars: tuple[Bar, ...]


def counts_report(tables: Sequence[CountsTable], trends: TrendTable | None = None) -> bytes:
    """Render tables as a page.

    Args:
        tables: Each has a section of its own.
        trends: Themes over time, in the last section.

    Returns:
        HTML in UTF-8: style and charts are part of it, it loads nothing, and a policy inside it
        keeps a browser from running any script.

    Raises:
        ValueError: There is no table at all.
    """
    every: list[CountsTable | TrendTable] = [*tables, *([trends] if trends else [])]
    page = _environment().get_template("counts_report.html")
    return page.render(
        cover=cover(tables, trends),
        parts=[_part(table) for table in tables],
        coverages=[_coverage(told) for told in dict.fromkeys(each.coverage for each in every)],
        missing=_missing(tables),
        trends=[(each, control_picture(each)) for each in trends.trends] if trends else [],
        trends_weighted=trends is not None and trends.weighted,
    ).encode()


def _part(table: CountsTable) -> _Part:
    whole = grid(table)
    drawn = narrowed(whole)
    picked = most_raised(drawn, MOST_CHARTS)
    top = highest(picked)
    return _Part(
        words.title(table),
        words.asked(table.query),
        whole,
        heatmap(drawn, words.title(table)),
        tuple((theme.name, share_chart(drawn, theme, top)) for theme in picked),
        is_compared=any(row.difference for row in table.rows),
        is_corrected=any(row.corrected for row in table.rows),
        has_cautions=any(row.caution for row in table.rows),
    )


def _coverage(told: Coverage) -> _Bars:
    bars = coverage_bars(told)
    return _Bars(bar_chart(bars, "Share of responses"), bars)


def _missing(tables: Sequence[CountsTable]) -> _Bars:
    bars = missing_bars(tables)
    return _Bars(bar_chart(bars, "Share of people whose group is not known"), bars)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS | {"signals": signals, "made": words.made}
    environment.globals |= {
        "HIDDEN": HIDDEN,
        "EVERYONE": words.EVERYONE,
        "MOST_GROUPS": MOST_GROUPS,
        "provisional": is_provisional,
    }
    return environment
