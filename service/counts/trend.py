"""Control charts: which periods of a theme differ from the others by more than chance.

A p-chart (Shewhart, Economic Control of Quality of Manufactured Product, 1931; Montgomery,
Introduction to Statistical Quality Control, 8th ed. 2019, section 7.2.2, where the base varies),
read by the rules that NHS analysts use. It is drawn from published figures alone, so it tells
nobody more than these do.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from service.counts.records import Trend, TrendPoint

FEWEST_POINTS = 8
"""Shown points below which limits are provisional: the centre may yet move much."""
SHIFT = 7
TREND = 6
RULES: Mapping[str, str] = {
    "outside": "The share is outside the control limits",
    "shift": f"{SHIFT} or more periods in a row are on one side of the centre line",
    "trend": f"{TREND} or more periods in a row are each higher, or each lower, than the last",
    "two_of_three": "Two of three periods in a row are far from the centre line, on the same side",
}
"""The rules by the name they have in `TrendPoint.signals`, in plain words."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A point whose figures are published, and its place among all points."""

    place: int
    base: int
    count: int


@dataclass(frozen=True, slots=True)
class _Centre:
    """What the shown points sum to: the centre line is `count / base`.

    Comparisons are made between whole numbers, so that no rounding moves a point over a line.
    """

    base: int
    count: int

    @property
    def share(self) -> float:
        return self.count / self.base

    def side(self, point: _Shown) -> int:
        """Tell whether a share is above (1), below (-1) or on (0) the centre line."""
        return _sign(point.count * self.base - point.base * self.count)

    def beyond(self, point: _Shown, sigmas: int) -> bool:
        """Tell whether (p - c)^2 > sigmas^2 c (1 - c) / n, multiplied out."""
        distance = point.count * self.base - point.base * self.count
        variance = point.base * self.count * (self.base - self.count)
        return distance**2 > sigmas**2 * variance

    def limits(self, base: int) -> tuple[float, float]:
        """Give c -/+ 3 sqrt(c (1 - c) / n), no further than 0 and 1 (Montgomery)."""
        width = 3 * sqrt(self.share * (1 - self.share) / base)
        return max(0.0, self.share - width), min(1.0, self.share + width)


def control_chart(
    points: Sequence[TrendPoint],
) -> tuple[float | None, tuple[TrendPoint, ...]]:
    """Draw the centre line and limits of a p-chart, and mark what is more than chance.

    The centre line is the share of all shown points together: sum of counts over sum of bases. The
    rules, named as in `RULES`:

    - ``outside``: a share beyond three sigma (Shewhart 1931; NHS England, Making Data Count).
    - ``shift``: seven or more shares in a row on one side of the centre line (Making Data Count;
      Western Electric, Statistical Quality Control Handbook, 1956, takes eight). Shares on the line
      count for neither side and end no row.
    - ``trend``: six or more shares in a row that rise, or that fall (Nelson, The Shewhart Control
      Chart: Tests for Special Causes, Journal of Quality Technology 16(4), 1984, test 3).
    - ``two_of_three``: two of three shares in a row beyond two sigma on one side (Western Electric
      1956; Nelson 1984, test 5; Making Data Count).

    Limits from fewer than `FEWEST_POINTS` shown points are provisional: they are given, but will
    move as points are added. A hidden point, or one of no people, is a gap: it has no limits and no
    row of points goes on across it. Where small counts are hidden, the centre line leans upwards.
    With bases of thousands, ordinary differences between months are wider than these limits
    (Laney, Improved Control Charts for Attributes, Quality Engineering 14(4), 2002).

    Args:
        points: In order of time; limits and signals that they already have are replaced.

    Returns:
        The centre line, None where no point is shown, and the points with limits and signals.
    """
    shown = [_shown(place, point) for place, point in enumerate(points)]
    centre = _Centre(sum(each.base for each in shown if each), sum(e.count for e in shown if e))
    marks = _marks(shown, centre)
    chart = []
    for place, (point, figures) in enumerate(zip(points, shown, strict=True)):
        low, high = centre.limits(figures.base) if figures else (None, None)
        signals = tuple(rule for rule in RULES if place in marks[rule])
        update = {"low": low, "high": high, "signals": signals}
        chart.append(point.model_copy(update=update))
    return centre.share if centre.base else None, tuple(chart)


def is_provisional(trend: Trend) -> bool:
    """Tell whether so few periods are shown that the limits will yet move."""
    return sum(point.low is not None for point in trend.points) < FEWEST_POINTS


def _shown(place: int, point: TrendPoint) -> _Shown | None:
    if point.hidden or not point.base or point.count is None:
        return None
    return _Shown(place, point.base, point.count)


def _marks(points: Sequence[_Shown | None], centre: _Centre) -> dict[str, set[int]]:
    """Give the places that each rule marks, looking at each row between gaps."""
    marks: dict[str, set[int]] = {rule: set() for rule in RULES}
    for is_gap, row in groupby(points, key=lambda each: each is None):
        if not is_gap:
            unbroken = [each for each in row if each is not None]
            marks["outside"].update(_outside(unbroken, centre))
            marks["shift"].update(_shifts(unbroken, centre))
            marks["trend"].update(_trends(unbroken))
            marks["two_of_three"].update(_two_of_three(unbroken, centre))
    return marks


def _outside(row: Iterable[_Shown], centre: _Centre) -> Iterator[int]:
    return (each.place for each in row if centre.beyond(each, 3))


def _shifts(row: Iterable[_Shown], centre: _Centre) -> Iterator[int]:
    off_the_line = [each for each in row if centre.side(each)]
    for _, side in groupby(off_the_line, key=centre.side):
        places = [each.place for each in side]
        if len(places) >= SHIFT:
            yield from places


def _trends(row: Sequence[_Shown]) -> Iterator[int]:
    steps = [(_step(before, after), after.place) for before, after in pairwise(row)]
    for direction, run in groupby(steps, key=lambda step: step[0]):
        places = [place for _, place in run]
        if direction and len(places) >= TREND - 1:
            yield from (places[0] - 1, *places)


def _two_of_three(row: Sequence[_Shown], centre: _Centre) -> Iterator[int]:
    for three in zip(row, row[1:], row[2:], strict=False):
        for side in (1, -1):
            far = [e.place for e in three if centre.side(e) == side and centre.beyond(e, 2)]
            if len(far) > 1:
                yield from far


def _step(before: _Shown, after: _Shown) -> int:
    return _sign(after.count * before.base - before.count * after.base)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
