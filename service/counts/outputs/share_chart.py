"""Share of each group with its interval, one chart a theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.counts.outputs.cells import HIDDEN
from service.counts.outputs.drawing import BLUE, GREY, INK, PINK, charted, drawn, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.counts.outputs.drawing import Chart
    from service.counts.outputs.grid import Grid, Theme
    from service.counts.records import CountRow, Ranged

_WIDTH, _STEP = 300, 20
_APART = 4  # pixels by which a share and its correction keep off one another
_SHAPES = {"everyone": "square", "group": "circle", "missing": "cross"}


def share_chart(grid: Grid, theme: Theme, top: float) -> Chart:
    """Draw one theme.

    Args:
        grid: Whose groups to show.
        theme: One of its themes.
        top: Where the axis ends, so that charts beside one another compare.
    """
    import altair as alt

    groups = alt.Y(
        "group:N", title=None, sort=list(grid.groups), scale=alt.Scale(domain=list(grid.groups))
    )
    axis = alt.Axis(format="%", tickCount=5)
    shares = alt.X("share:Q", title="Share", scale=alt.Scale(domain=[0, top]), axis=axis)
    data = _data(list(zip(grid.groups, theme.rows, strict=True)))
    moved = _APART if data["corrected"] else 0
    layers = [
        charted("everyone").mark_rule(color=GREY, strokeDash=[4, 3]).encode(x=shares),
        *_intervals(charted("shares").encode(y=groups), shares, BLUE, -moved),
        *_intervals(charted("corrected").encode(y=groups), shares, PINK, moved),
        charted("hidden")
        .mark_text(text=HIDDEN, color=INK, fontSize=16, dy=4)
        .encode(y=groups, x=alt.value(6)),
    ]
    chart = alt.layer(*layers).properties(width=_WIDTH, height=alt.Step(_STEP + 2 * moved))
    return drawn(chart, _description(theme, grid.groups), **data)


def highest(themes: Iterable[Theme]) -> float:
    """Give where an axis ends that holds every interval of some themes."""
    shares = [row.share for theme in themes for row in theme.rows]
    corrected = [_corrected(row) for theme in themes for row in theme.rows]
    return max((each.high for each in (*shares, *corrected) if each), default=1.0) or 1.0


def _corrected(row: CountRow) -> Ranged | None:
    return row.corrected.share if row.corrected else None


def _data(rows: Sequence[tuple[str, CountRow]]) -> dict[str, list[dict[str, Any]]]:
    return {
        "everyone": [
            {"share": row.share.value} for _, row in rows if row.kind == "everyone" and row.share
        ],
        "shares": [_point(name, _SHAPES[row.kind], row.share) for name, row in rows if row.share],
        "corrected": [
            _point(name, "diamond", share) for name, row in rows if (share := _corrected(row))
        ],
        "hidden": [{"group": name} for name, row in rows if row.hidden and not row.share],
    }


def _point(name: str, shape: str, share: Ranged) -> dict[str, Any]:
    return {
        "group": name,
        "shape": shape,
        "share": share.value,
        "low": share.low,
        "high": share.high,
    }


def _intervals(base: Any, shares: Any, colour: str, moved: int) -> list[Any]:  # noqa: ANN401
    import altair as alt

    rule = base.mark_rule(color=colour, strokeWidth=2, yOffset=moved)
    point = base.mark_point(color=colour, filled=True, opacity=1, size=65, yOffset=moved)
    shape = alt.Shape("shape:N", scale=None, legend=None)
    return [rule.encode(x="low:Q", x2="high:Q"), point.encode(x=shares, shape=shape)]


def _description(theme: Theme, groups: Sequence[str]) -> str:
    told = [
        (row.share.value, name) for name, row in zip(groups, theme.rows, strict=True) if row.share
    ]
    hidden = sum(row.hidden and not row.share for row in theme.rows)
    ends = [f"{percent(share)} ({name})" for share, name in (min(told), max(told))]
    return (
        f"Share of people who raise “{theme.name}”, with 95% intervals: from {ends[0]} to "
        f"{ends[1]}. Hidden: {hidden}."
    )
