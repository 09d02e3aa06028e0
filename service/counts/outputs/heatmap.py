"""Themes by groups, the darker the larger the share, with every share in its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.counts.outputs.cells import HIDDEN
from service.counts.outputs.drawing import GREY, charted, drawn, percent

if TYPE_CHECKING:
    from service.counts.outputs.drawing import Chart
    from service.counts.outputs.grid import Grid
    from service.counts.records import CountRow

_LIGHT, _DARK = (255, 255, 255), (0, 48, 135)
_WIDE, _NARROW, _WIDTH = 64, 38, 760
_HEIGHT = 24


def heatmap(grid: Grid, title: str) -> Chart | None:
    """Draw a table; None where no share is shown.

    Args:
        grid: The table.
        title: What its people are parted by.
    """
    import altair as alt

    shares = [row.share.value for theme in grid.themes for row in theme.rows if row.share]
    if not shares:
        return None
    cells = _cells(grid, max(shares) or 1.0)
    step = min(_WIDE, max(_NARROW, _WIDTH // len(grid.groups)))
    top = alt.Axis(orient="top", labelAngle=-40, labelAlign="left", labelLimit=170, domain=False)
    base = charted("cells").encode(
        x=alt.X("group:N", title=None, sort=list(grid.groups), axis=top),
        y=alt.Y(
            "theme:N",
            title=None,
            sort=[theme.name for theme in grid.themes],
            axis=alt.Axis(domain=False, ticks=False),
        ),
    )
    rectangles = base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
        color=alt.Color("fill:N", scale=None)
    )
    hatching = base.transform_filter("datum.hidden").mark_rect(
        filled=False, stroke=GREY, strokeDash=[3, 3]
    )
    figures = base.mark_text(fontSize=12).encode(
        text="text:N", color=alt.Color("ink:N", scale=None)
    )
    chart = (rectangles + hatching + figures).properties(
        width=alt.Step(step), height=alt.Step(_HEIGHT)
    )
    return drawn(chart, _description(grid, title), cells=cells)


def shade(share: float, top: float) -> tuple[str, str]:
    """Give the colour of a cell, between white and dark blue, and that of the text on it.

    Black or white, whichever is further from it, has a contrast of at least 4.5 to 1 on any colour
    (WCAG 2.2, success criterion 1.4.3).
    """
    part = share / top
    mixed = tuple(round(a + (b - a) * part) for a, b in zip(_LIGHT, _DARK, strict=True))
    light = luminance(mixed)
    ink = "#000000" if (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) else "#ffffff"
    return "#{:02x}{:02x}{:02x}".format(*mixed), ink


def luminance(colour: tuple[int, ...]) -> float:
    """Give the relative luminance of an sRGB colour (WCAG 2.2, definitions)."""
    parts = (part / 255 for part in colour)
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _cells(grid: Grid, top: float) -> list[dict[str, Any]]:
    return [
        {"theme": theme.name, "group": group, **_cell(row, top)}
        for theme in grid.themes
        for group, row in zip(grid.groups, theme.rows, strict=True)
    ]


def _cell(row: CountRow, top: float) -> dict[str, Any]:
    if row.share is None:
        text = HIDDEN if row.hidden else ""
        return {"fill": "#ffffff", "ink": "#000000", "text": text, "hidden": row.hidden}
    fill, ink = shade(row.share.value, top)
    return {"fill": fill, "ink": ink, "text": percent(row.share.value), "hidden": False}


def _description(grid: Grid, title: str) -> str:
    shares = [
        (row.share.value, theme.name, group)
        for theme in grid.themes
        for group, row in zip(grid.groups, theme.rows, strict=True)
        if row.share
    ]
    largest = max(shares)
    hidden = sum(row.hidden and not row.share for theme in grid.themes for row in theme.rows)
    return (
        f"Share of people who raise each of {len(grid.themes)} themes, by {title}; darker is "
        f"larger. The largest is {percent(largest[0])} ({largest[1]}, {largest[2]}). "
        f"Hidden: {hidden}."
    )
