"""Where the marks of the chart stand that shows recall against comments to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.model_tradeoffs import Reached, Tradeoff

LEFT, TOP, WIDTH, HEIGHT = 56, 32, 540, 280
"""The plot within the picture, in its units."""
THOUSAND = 1000
ROUND = (1, 2, 2.5, 5, 10)
TICKS = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis of comments.

    Attributes:
        at: Where it is, in the picture.
        comments: How many of 1,000 comments it stands for.
    """

    at: float
    comments: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The marks, in the picture's units.

    Attributes:
        curve: Corners of the curve, as SVG writes them.
        dots: Where each measured threshold is.
        balanced: Where the operating point `balanced` is.
        recall: Corners of the box in which the operating point `recall` is: left, top, right and
            bottom; None where nothing was measured on one of its sides.
        ticks: Of the axis of comments, from 0.
    """

    curve: str
    dots: tuple[tuple[float, float], ...]
    balanced: tuple[float, float]
    recall: tuple[float, float, float, float] | None
    ticks: tuple[Tick, ...]


def chart_of(tradeoff: Tradeoff) -> Chart:
    """Place the marks of a theme."""
    ticks = _ticks(max(each.read for each in (*tradeoff.curve, tradeoff.balanced)) * THOUSAND)
    most = ticks[-1] / THOUSAND

    def place(reached: Reached) -> tuple[float, float]:
        x = LEFT + WIDTH * reached.read / most
        return round(x, 1), round(TOP + HEIGHT * (1 - reached.recall), 1)

    dots = tuple(map(place, tradeoff.curve))
    least, last = tradeoff.recall.least, tradeoff.recall.most
    box = None
    if least is not None and last is not None:
        (left, bottom), (right, top) = place(least), place(last)
        box = (left, top, right, bottom)
    return Chart(
        curve=" ".join(f"{x},{y}" for x, y in dots),
        dots=dots,
        balanced=place(tradeoff.balanced),
        recall=box,
        ticks=tuple(Tick(LEFT + WIDTH * each / ticks[-1], each) for each in ticks),
    )


def _ticks(most: float) -> tuple[float, ...]:
    """Give round numbers from 0 to at least the most there is."""
    step = next(step for step in _steps() if step * TICKS >= most)
    return tuple(step * n for n in range(TICKS + 1))


def _steps() -> Iterable[float]:
    scale = 1.0
    while True:
        yield from (scale * each for each in ROUND)
        scale *= 10
