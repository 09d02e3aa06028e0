"""Charts of an evaluation as inline SVG: no script, no network.

Altair and vl-convert are imported where a chart is drawn, as most callers only want numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evaluation.metrics import Evaluation

BLUE, GREY = "#005eb8", "#4c6272"
WIDTH = 420
ROW = 18


@dataclass(frozen=True)
class Chart:
    """A picture and the sentence that stands in for it.

    Args:
        svg: One `<svg>` element, its texts escaped.
        description: What the picture shows, in plain text.
    """

    svg: str
    description: str


def theme_chart(evaluation: Evaluation, names: Mapping[str, str]) -> Chart | None:
    """Draw each theme's F1 with its interval; None where no theme has an F1.

    Args:
        evaluation: The numbers.
        names: Name of each theme id.
    """
    rows: list[dict[str, Any]] = [
        {"theme": names[each.theme], "f1": each.f1.value, "low": each.f1.low, "high": each.f1.high}
        for each in evaluation.by_theme
        if each.f1.value is not None
    ]
    if not rows:
        return None
    best, worst = (pick(rows, key=lambda row: row["f1"]) for pick in (max, min))
    description = (
        f"F1 of {len(rows)} themes with 95% intervals, from {worst['f1']:.2f} ({worst['theme']}) "
        f"to {best['f1']:.2f} ({best['theme']})."
    )
    return Chart(_theme_svg(rows), description)


def reliability_chart(evaluation: Evaluation) -> Chart:
    """Draw the share that came true against the score promised."""
    calibration = evaluation.calibration
    rows = [{"score": each.mean_score, "share": each.share_true} for each in calibration.bins]
    description = (
        f"Share of decisions that are true against their score, in {len(rows)} groups by score, "
        f"beside the line of perfect calibration. The mean gap is {calibration.expected_error:.3f}."
    )
    ideal = [{"score": end, "share": end} for end in (0, 1)]
    axes = {"x": ("score", "Score"), "y": ("share", "Share that are true")}
    return Chart(_curve_svg(rows, axes, ideal), description)


def cost_chart(evaluation: Evaluation) -> Chart | None:
    """Draw recall against comments to read; None where nothing is there to find."""
    points = evaluation.cost.overall.points
    if not points:
        return None
    rows = [{"read": each.share_read, "recall": each.recall} for each in points]
    first, last = points[0], points[-1]
    description = (
        f"Recall against the share of comments to read as one threshold for all themes falls: "
        f"from {first.recall:.0%} of the themes in {first.share_read:.0%} of the comments "
        f"to {last.recall:.0%} in {last.share_read:.0%}."
    )
    axes = {"x": ("read", "Share of comments to read"), "y": ("recall", "Recall")}
    return Chart(_curve_svg(rows, axes), description)


def _theme_svg(rows: Sequence[Mapping[str, Any]]) -> str:
    import altair as alt

    base = alt.Chart(alt.InlineData(values=list(rows))).encode(
        y=alt.Y("theme:N", title=None, sort=[row["theme"] for row in rows])
    )
    scale = alt.Scale(domain=[0, 1])
    intervals = base.mark_rule(color=GREY, strokeWidth=2).encode(
        x=alt.X("low:Q", title="F1", scale=scale), x2="high:Q"
    )
    figures = base.mark_point(color=BLUE, filled=True, opacity=1, size=60).encode(x="f1:Q")
    return svg_of((intervals + figures).properties(width=WIDTH, height=ROW * len(rows)))


def _curve_svg(
    rows: Sequence[Mapping[str, float]],
    axes: Mapping[str, tuple[str, str]],
    ideal: Sequence[Mapping[str, float]] = (),
) -> str:
    import altair as alt

    scale = alt.Scale(domain=[0, 1])
    x, y = (f"{axes[each][0]}:Q" for each in ("x", "y"))
    channels = {
        "x": alt.X(x, title=axes["x"][1], scale=scale, axis=alt.Axis(format="%")),
        "y": alt.Y(y, title=axes["y"][1], scale=scale, axis=alt.Axis(format="%")),
    }
    curve = alt.Chart(alt.InlineData(values=list(rows))).mark_line(
        color=BLUE, point={"color": BLUE}
    )
    line = alt.Chart(alt.InlineData(values=list(ideal))).mark_line(color=GREY, strokeDash=[4, 4])
    layers = [line.encode(**channels)] if ideal else []
    layers.append(curve.encode(order=x, **channels))
    return svg_of(alt.layer(*layers).properties(width=WIDTH, height=WIDTH * 3 // 4))


def svg_of(chart: Any) -> str:  # noqa: ANN401 - any of altair's chart classes
    """Draw a chart as SVG, which needs no script to be shown."""
    import vl_convert

    # the page describes the whole picture, so its parts need no labels of their own
    chart = chart.configure(aria=False, font="Arial, Helvetica, sans-serif")
    chart = chart.configure_axis(labelLimit=300, labelFontSize=12, titleFontSize=13)
    return vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[])
