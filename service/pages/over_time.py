"""Themes over time, with the periods that differ by more than chance."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from service.counts.outputs import words
from service.counts.outputs.columns import signals
from service.counts.over_time import MONTHS, days_of
from service.counts.records import Trend, TrendPoint, TrendTable
from service.counts.trend import RULES, is_provisional
from service.errors import FieldError, UnprocessableError
from service.pages.control_drawing import LARGE, SMALL, Drawing, Size, control_drawing
from service.pages.figure_desk import OF_TRENDS, FigureDesk
from service.pages.route import page_router

PERIODS = tuple(MONTHS)

router = page_router()


@dataclass(frozen=True, slots=True)
class Followed:
    """A theme over time.

    Attributes:
        trend: Its figures.
        drawing: Its chart; None where no period is shown.
        special: Periods that differ by more than chance, each with the rules that say so.
        href: Address of the comments behind them, if they may be read.
    """

    trend: Trend
    drawing: Drawing | None
    special: tuple[tuple[TrendPoint, str], ...]
    href: str | None

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """The same periods by name, with each rule in a sentence."""
        return tuple(
            (point.name, " ".join(f"{RULES[each]}." for each in point.signals))
            for point, _ in self.special
        )


@dataclass(frozen=True, slots=True)
class OverTime:
    """Every theme over time.

    Attributes:
        table: Their figures.
        period: What a period is.
        themes: In codebook order.
        rules: When a period is marked.
        method: How to read the figures.
    """

    table: TrendTable
    period: str
    themes: tuple[Followed, ...]
    rules: tuple[words.Fact, ...]
    method: tuple[words.Fact, ...]


@dataclass(frozen=True, slots=True)
class PointLine:
    """A period of a theme.

    Attributes:
        point: Its figures.
        rules: Rules that mark it, in words.
        href: Address of the comments behind it, if they may be read.
    """

    point: TrendPoint
    rules: str
    href: str | None


@dataclass(frozen=True, slots=True)
class ThemeOverTime:
    """One theme over time.

    Attributes:
        table: Its figures.
        period: What a period is.
        theme: The theme.
        lines: Its periods.
        provisional: Whether there are so few that the limits will yet move.
        rules: When a period is marked.
        method: How to read the figures.
    """

    table: TrendTable
    period: str
    theme: Followed
    lines: tuple[PointLine, ...]
    provisional: bool
    rules: tuple[words.Fact, ...]
    method: tuple[words.Fact, ...]


@router.get("/surveys/{survey}/over-time")
def show_trends(desk: Annotated[FigureDesk, Depends()]) -> HTMLResponse:
    """Show every theme over time."""
    return desk.answer(
        "pages/over_time.html", "over-time", lambda: _over_time(desk), OF_TRENDS, periods=PERIODS
    )


@router.get("/surveys/{survey}/over-time/{theme}")
def show_trend(desk: Annotated[FigureDesk, Depends()], theme: str) -> HTMLResponse:
    """Show one theme over time."""
    return desk.answer(
        "pages/theme_over_time.html",
        "over-time",
        lambda: _one(desk, theme),
        OF_TRENDS,
        periods=PERIODS,
        theme=theme,
    )


def _over_time(desk: FigureDesk) -> OverTime:
    period = _period(desk)
    table = desk.trend(period)
    followed = tuple(_followed(desk, trend, SMALL) for trend in table.trends)
    return OverTime(table, period, followed, words.rules(), words.method([table]))


def _one(desk: FigureDesk, theme: str) -> ThemeOverTime:
    desk.theme_name(theme)
    period = _period(desk)
    table = desk.trend(period, theme)
    (trend,) = table.trends
    return ThemeOverTime(
        table=table,
        period=period,
        theme=_followed(desk, trend, LARGE),
        lines=tuple(_line(desk, theme, point) for point in trend.points),
        provisional=is_provisional(trend),
        rules=words.rules(),
        method=words.method([table]),
    )


def _period(desk: FigureDesk) -> str:
    if not desk.countable.months:
        message = "the survey's responses have no dates"
        raise UnprocessableError(message, (FieldError(None, None, message),))
    return desk.setting("period", PERIODS)


def _followed(desk: FigureDesk, trend: Trend, size: Size) -> Followed:
    drawing = control_drawing(trend, size)
    href = desk.links.comments(trend.theme) if drawing else None
    return Followed(trend, drawing, _special(trend), href)


def _special(trend: Trend) -> tuple[tuple[TrendPoint, str], ...]:
    return tuple((point, rules) for point in trend.points if (rules := signals(point)))


def _line(desk: FigureDesk, theme: str, point: TrendPoint) -> PointLine:
    href = None
    if point.count:
        since, until = days_of(point.period)
        days = {"from": since.isoformat(), "to": until.isoformat()}
        href = desk.links.comments(theme, more=days)
    return PointLine(point, signals(point) or "", href)
