"""A theme over time: shares, centre line and control limits, with marked periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.counts.outputs.cells import HIDDEN
from service.counts.outputs.drawing import BLUE, GREY, INK, PINK, charted, distinct, drawn, percent

if TYPE_CHECKING:
    from service.counts.outputs.drawing import Chart
    from service.counts.records import Trend, TrendPoint

_WIDTH, _HEIGHT = 360, 190


def control_picture(trend: Trend) -> Chart | None:
    """Draw a theme over time; None where no period is shown.

    Shares are those that the limits are made for, count over base, also where a survey has weights.

    Args:
        trend: The theme, its limits and signals set.
    """
    import altair as alt

    points = trend.points
    names = distinct([point.name for point in points], [point.period for point in points])
    rows = [_row(point, name) for point, name in zip(points, names, strict=True)]
    if trend.centre is None or all(row["share"] is None for row in rows):
        return None
    periods = alt.X(
        "name:O",
        title=None,
        sort=names,
        axis=alt.Axis(labelAngle=-45, labelOverlap="greedy"),
    )
    base = charted("periods").encode(x=periods)
    layers = [
        *(_limit(base, side) for side in ("low", "high")),
        charted("centre").mark_rule(color=GREY).encode(y=_shares(rows)),
        base.mark_line(color=BLUE, strokeWidth=1.5).encode(y="share:Q"),
        *_points(base),
        base.transform_filter("datum.hidden")
        .mark_text(text=HIDDEN, color=INK, fontSize=16)
        .encode(y=alt.value(_HEIGHT - 6)),
    ]
    chart = alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT)
    return drawn(chart, described(trend), periods=rows, centre=[{"share": trend.centre}])


def _row(point: TrendPoint, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "share": charted_share(point),
        "low": point.low,
        "high": point.high,
        "hidden": point.hidden,
        "marked": bool(point.signals),
    }


def charted_share(point: TrendPoint) -> float | None:
    """Give the share that the limits are made for, count over base; None where it is hidden."""
    if point.hidden or not point.base or point.count is None:
        return None
    return point.count / point.base


def _shares(rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - altair's channel
    import altair as alt

    told = [row[name] for row in rows for name in ("share", "low", "high") if row[name] is not None]
    scale = alt.Scale(domain=[min(told), max(told)], nice=True, zero=False)
    return alt.Y("share:Q", title="Share", scale=scale, axis=alt.Axis(format="%", tickCount=5))


def _limit(base: Any, side: str) -> Any:  # noqa: ANN401 - altair's chart
    import altair as alt

    line = base.mark_line(color=GREY, strokeDash=[4, 3], interpolate="step", strokeWidth=1.5)
    return line.encode(y=alt.Y(f"{side}:Q"))


def _points(base: Any) -> list[Any]:  # noqa: ANN401
    calm = base.transform_filter("!datum.marked && datum.share !== null")
    marked = base.transform_filter("datum.marked")
    return [
        calm.mark_point(color=BLUE, filled=True, opacity=1, size=40).encode(y="share:Q"),
        marked.mark_point(color=PINK, filled=True, opacity=1, size=110, shape="diamond").encode(
            y="share:Q"
        ),
    ]


def described(trend: Trend) -> str:
    """Say in plain words what a chart of a theme over time shows."""
    marked = [point.name for point in trend.points if point.signals]
    hidden = sum(point.hidden for point in trend.points)
    told = (
        f"Share of people who raise “{trend.theme_name}” in {len(trend.points)} periods, around a "
        f"centre line of {percent(trend.centre or 0)}. "
        f"More than chance: {', '.join(marked) or 'none'}."
    )
    return f"{told} Hidden: {hidden}." if hidden else told
