"""How charts of counts look: NHS colours, Arial, no script and no network.

Altair and vl-convert are imported where a chart is drawn, as most callers want none.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from evaluation.charts import BLUE, GREY, Chart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["BLUE", "GREY", "INK", "PINK", "Chart", "charted", "distinct", "drawn", "percent"]

INK, PINK = "#212b32", "#7c2855"
"""Text, and what stands out: both legible on white."""


def drawn(chart: Any, description: str, **data: Sequence[Mapping[str, Any]]) -> Chart:  # noqa: ANN401
    """Draw a chart as SVG.

    Args:
        chart: One of Altair's charts.
        description: What it shows, in plain text.
        **data: The rows of each data set that it names.
    """
    import vl_convert

    # the page describes the whole picture, so its parts need no labels of their own
    chart = chart.configure(aria=False, font="Arial, Helvetica, sans-serif")
    chart = chart.configure_view(stroke=None)
    chart = chart.configure_axis(
        labelColor=INK,
        labelFontSize=12,
        labelLimit=260,
        titleColor=INK,
        titleFontSize=12,
        titleFontWeight="normal",
        gridColor="#d8dde0",
        domainColor=GREY,
        tickColor=GREY,
    )
    # altair copies and checks whatever is in a chart over and over: the rows join it last
    spec = chart.to_dict(validate=False) | {"datasets": data}
    return Chart(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]), description)


def charted(name: str) -> Any:  # noqa: ANN401 - altair's chart class
    """Begin a chart of a data set that `drawn` gets by that name."""
    import altair as alt

    return alt.Chart(alt.NamedData(name=name))


def percent(share: float) -> str:
    """Write a share as a whole percentage that is 0 only where the share is."""
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def distinct(names: Sequence[str], ids: Sequence[str]) -> list[str]:
    """Name each of several things, adding the id to names that several share.

    A chart would take those for one thing.
    """
    shared = Counter(names)
    return [
        name if shared[name] == 1 else f"{name} ({each})"
        for name, each in zip(names, ids, strict=True)
    ]
