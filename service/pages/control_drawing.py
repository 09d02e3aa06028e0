"""A theme over time as places on a picture: shares, centre line, control limits and marks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor
from typing import TYPE_CHECKING

from service.counts.outputs.control_chart import charted_share, described
from service.counts.outputs.figures import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from service.counts.records import Trend, TrendPoint

_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
_TICKS = 5
_MOST_LABELS = 12
_LABEL_HEIGHT = 34


@dataclass(frozen=True, slots=True)
class Size:
    """How large a picture is, in its own units.

    Attributes:
        width: Of the whole.
        height: Of the whole.
        left: Room for the labels of shares; 0 for a picture without labels.
    """

    width: int
    height: int
    left: int = 0

    @property
    def bottom(self) -> float:
        """Where the smallest share stands."""
        return self.height - (_LABEL_HEIGHT if self.left else 6)


LARGE = Size(1000, 320, left=52)
SMALL = Size(200, 44)


@dataclass(frozen=True, slots=True)
class Mark:
    """A period's share.

    Attributes:
        x: From the left.
        y: From the top.
        special: Whether it differs by more than chance; it then has another shape.
    """

    x: float
    y: float
    special: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A control chart.

    Attributes:
        size: How large it is.
        description: What it shows, in words.
        centre: Height of the centre line.
        lines: Corners of the line through the shares, from one gap to the next.
        limits: The same of the control limits.
        marks: The shares.
        hidden: Where a period is hidden.
        ticks: Heights and labels of shares.
        labels: Places and labels of periods.
    """

    size: Size
    description: str
    centre: float
    lines: tuple[str, ...]
    limits: tuple[str, ...]
    marks: tuple[Mark, ...]
    hidden: tuple[float, ...]
    ticks: tuple[tuple[float, str], ...]
    labels: tuple[tuple[float, str], ...]


def control_drawing(trend: Trend, size: Size) -> Drawing | None:
    """Draw a theme over time; None where no period is shown.

    Args:
        trend: The theme, its limits and signals set.
        size: How large the picture is.
    """
    points = trend.points
    told = [
        each
        for point in points
        for each in (charted_share(point), point.low, point.high)
        if each is not None
    ]
    if trend.centre is None or not told:
        return None
    ticks = _ticks(min(told), max(told)) if size.left else [min(told), max(told)]
    scale = _Scale(size, len(points), ticks[0], ticks[-1])
    shares = [charted_share(point) for point in points]
    return Drawing(
        size=size,
        description=described(trend),
        centre=scale.y(trend.centre),
        lines=tuple(_lines(shares, scale)),
        limits=tuple(
            line
            for side in ([point.low for point in points], [point.high for point in points])
            for line in _steps(side, scale)
        ),
        marks=tuple(
            Mark(scale.x(place), scale.y(share), bool(points[place].signals))
            for place, share in enumerate(shares)
            if share is not None
        ),
        hidden=tuple(scale.x(place) for place, point in enumerate(points) if point.hidden),
        ticks=tuple(
            (scale.y(tick), label) for tick, label in zip(ticks, _tick_labels(ticks), strict=True)
        ),
        labels=tuple(_labels(points, scale)),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    size: Size
    periods: int
    low: float
    high: float

    @property
    def step(self) -> float:
        """The room of a period."""
        return (self.size.width - self.size.left - 8) / max(self.periods, 1)

    def x(self, place: int) -> float:
        """Give where a period stands."""
        return round(self.size.left + self.step * (place + 0.5), 1)

    def y(self, share: float) -> float:
        """Give where a share stands."""
        part = (share - self.low) / ((self.high - self.low) or 1)
        return round(self.size.bottom - (self.size.bottom - 8) * part, 1)


def _ticks(low: float, high: float) -> list[float]:
    """Give even shares from below the lowest to above the highest."""
    step = next((each for each in _STEPS if high - low <= each * _TICKS), _STEPS[-1])
    first, last = floor(low / step), max(ceil(high / step), floor(low / step) + 1)
    return [round(number * step, 3) for number in range(first, last + 1)]


def _tick_labels(ticks: Sequence[float]) -> list[str]:
    """Write shares, in whole percentages where all of them are."""
    whole = all(round(100 * tick, 6).is_integer() for tick in ticks)
    return [f"{tick:.0%}" if whole else percent(tick) for tick in ticks]


def _lines(shares: Sequence[float | None], scale: _Scale) -> Iterator[str]:
    return _runs(shares, lambda place, share: f"{scale.x(place)},{scale.y(share)}")


def _steps(limits: Sequence[float | None], scale: _Scale) -> Iterator[str]:
    """Give corners of a line that is level throughout each period."""
    half = scale.step / 2

    def level(place: int, limit: float) -> str:
        x, y = scale.x(place), scale.y(limit)
        return f"{x - half:.1f},{y} {x + half:.1f},{y}"

    return _runs(limits, level)


def _runs(values: Sequence[float | None], corner: Callable[[int, float], str]) -> Iterator[str]:
    for there, run in groupby(enumerate(values), key=lambda each: each[1] is not None):
        if there:
            yield " ".join(corner(place, value) for place, value in run if value is not None)


def _labels(points: Sequence[TrendPoint], scale: _Scale) -> Iterator[tuple[float, str]]:
    every = ceil(len(points) / _MOST_LABELS)
    for place, point in enumerate(points):
        if place % every == 0:
            yield scale.x(place), point.period
