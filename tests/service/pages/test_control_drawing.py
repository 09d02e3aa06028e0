"""Where the marks of control charts stand."""

from __future__ import annotations

from service.counts.records import Trend, TrendPoint
from service.counts.trend import control_chart
from service.pages.control_drawing import LARGE, SMALL, control_drawing


def trend(*counts: int | None) -> Trend:
    """A theme in months of a thousand people; None is hidden."""
    points = [
        TrendPoint(
            period=f"2025-{month:02}",
            name=f"Month {month}",
            hidden=count is None,
            base=None if count is None else 1000,
            count=count,
        )
        for month, count in enumerate(counts, start=1)
    ]
    centre, charted = control_chart(points)
    return Trend(theme="waiting", theme_name="Waiting", centre=centre, points=charted)


def test_a_month_that_stands_out_has_another_mark_and_stands_higher() -> None:
    drawing = control_drawing(trend(100, 105, 95, 150, 100), LARGE)
    assert drawing is not None
    assert [mark.special for mark in drawing.marks] == [False, False, False, True, False]
    assert drawing.marks[3].y == min(mark.y for mark in drawing.marks)
    assert drawing.marks[3].y < drawing.centre < drawing.marks[0].y
    assert "Month 4" in drawing.description


def test_a_hidden_month_is_a_gap_in_every_line() -> None:
    drawing = control_drawing(trend(100, 100, None, 100), LARGE)
    assert drawing is not None
    assert len(drawing.marks) == 3
    assert len(drawing.hidden) == 1
    assert len(drawing.lines) == 2
    assert len(drawing.limits) == 4


def test_every_place_is_on_the_picture() -> None:
    for size in (LARGE, SMALL):
        for months in ((1000, 0), (5, 5), tuple(range(0, 1000, 10))):
            drawing = control_drawing(trend(*months), size)
            assert drawing is not None
            assert all(
                0 <= mark.x <= size.width and 0 <= mark.y <= size.height for mark in drawing.marks
            )
            assert len(drawing.labels) <= 12


def test_nothing_is_drawn_where_every_month_is_hidden() -> None:
    assert control_drawing(trend(None, None), LARGE) is None
