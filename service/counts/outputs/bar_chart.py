"""Bars with their figures: what could be read, and whose group is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.counts.outputs.cells import HIDDEN
from service.counts.outputs.drawing import BLUE, INK, charted, drawn, percent
from service.counts.outputs.grid import grid
from service.counts.outputs.words import READ

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.counts.outputs.drawing import Chart
    from service.counts.records import CountsTable, Coverage

_WIDTH, _STEP = 300, 24


class Bar(NamedTuple):
    """One bar.

    Attributes:
        name: What it stands for.
        share: How long it is, 0 to 1; None where hidden.
    """

    name: str
    share: float | None

    @property
    def text(self) -> str:
        """The figure at its end."""
        return HIDDEN if self.share is None else percent(self.share)


def coverage_bars(coverage: Coverage) -> tuple[Bar, ...]:
    """Give the shares of responses that could be read or not; none where they are not told."""
    shares = ((words, getattr(coverage, name)) for name, words in READ.items())
    return tuple(Bar(words, share) for words, share in shares if share is not None)


def missing_bars(tables: Iterable[CountsTable]) -> tuple[Bar, ...]:
    """Give the shares of people whose group is not known, for each characteristic and reason.

    Of published bases alone, in tables by one characteristic: of everyone's.
    """
    return tuple(bar for table in tables if len(table.query.by) == 1 for bar in _missing(table))


def _missing(table: CountsTable) -> Iterable[Bar]:
    laid_out = grid(table)
    everyone = next((row.base for row in laid_out.heads if row.kind == "everyone"), None)
    characteristic = table.by_names[table.query.by[0]]
    for name, row in zip(laid_out.groups, laid_out.heads, strict=True):
        if row.kind == "missing":
            share = row.base / everyone if row.base is not None and everyone else None
            yield Bar(f"{characteristic}: {name}", None if share is None else min(share, 1.0))


def bar_chart(bars: Sequence[Bar], description: str) -> Chart | None:
    """Draw bars in order, each with its name and figure; None where there are none.

    Args:
        bars: With names that differ.
        description: What they are shares of; their figures are added.
    """
    import altair as alt

    if not bars:
        return None
    rows = [{"name": bar.name, "share": bar.share or 0, "text": bar.text} for bar in bars]
    base = charted("bars").encode(
        x=alt.X(
            "share:Q",
            title="Share",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", tickCount=5),
        ),
        y=alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=420)),
    )
    figures = base.mark_text(align="left", dx=5, color=INK, fontSize=12).encode(text="text:N")
    chart = (base.mark_bar(color=BLUE, height={"band": 0.6}) + figures).properties(
        width=_WIDTH, height=alt.Step(_STEP)
    )
    told = ", ".join(f"{bar.name} {bar.text}" for bar in bars)
    return drawn(chart, f"{description}: {told}.", bars=rows)
