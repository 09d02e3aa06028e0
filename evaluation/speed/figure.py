"""The chart of how good systems are against how fast they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluation.charts import BLUE, GREY, WIDTH, Chart, svg_of
from evaluation.speed.systems import ONE, TOKENISED

if TYPE_CHECKING:
    from evaluation.speed.results import SystemSpeeds

OWN = "Sayso"
"""What the names of the systems begin with that are to stand out."""


def speed_chart(figures: SystemSpeeds) -> Chart | None:
    """Draw micro-F1 against comments a second; None where no system has an F1.

    The encoder with its tokens is left out, which stands where the encoder without them does, and
    what tags in one process.
    """
    rows: list[dict[str, Any]] = [
        {
            "system": each.system,
            "rate": each.comments_per_second,
            "f1": each.micro_f1,
            "own": each.system.startswith(OWN),
        }
        for each in figures.systems
        if each.micro_f1 is not None and each.system != TOKENISED and not each.system.endswith(ONE)
    ]
    if not rows:
        return None
    told = "; ".join(f"{row['system']}: {row['f1']:.2f} at {row['rate']:,.0f}" for row in rows)
    return Chart(_svg(rows), f"Micro-F1 of systems against the comments they tag a second. {told}.")


def _svg(rows: list[dict[str, Any]]) -> str:
    import altair as alt

    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "rate:Q",
            title="Comments a second",
            scale=alt.Scale(type="log", nice=True),
            axis=alt.Axis(format=",", tickCount=4),
        ),
        y=alt.Y("f1:Q", title="Micro-F1", scale=alt.Scale(zero=False, padding=20)),
        color=alt.condition("datum.own", alt.value(BLUE), alt.value(GREY)),
    )
    points = base.mark_point(filled=True, opacity=1, size=70)
    names = base.mark_text(align="left", dx=8, fontSize=12).encode(text="system:N")
    return svg_of((points + names).properties(width=3 * WIDTH // 2, height=3 * WIDTH // 4))
