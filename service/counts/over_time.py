"""Themes over time: a table of counts for each period, and a control chart for each theme."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from service.counts.cover import coverage_of
from service.counts.notes import notes_of, policy_stamp
from service.counts.records import Trend, TrendPoint, TrendTable
from service.counts.rows import count_rows, protected, refuse_too_few
from service.counts.trend import control_chart
from service.errors import FieldError, UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from service.counts.policy import Policy
    from service.counts.readings import Readings
    from service.counts.records import CountQuery, CountRow
    from service.counts.rows import Protected
    from service.records import ArtefactStamp

MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""Months of each stretch of the calendar."""
_MOST = 240


@dataclass(frozen=True, slots=True)
class _Period:
    """A stretch of the calendar, from one day to another."""

    id: str
    name: str
    since: date
    until: date


def build_trend(
    readings: Readings,
    query: CountQuery,
    period: str,
    policy: Policy,
    *,
    survey: str,
    survey_name: str,
    model: ArtefactStamp | None,
    made: datetime,
    protection: Protected | None = None,
) -> TrendTable:
    """Count people by theme and period, and mark what is more than chance.

    Args:
        readings: What the survey's responses say.
        query: Who counts; it parts people by nothing and names no dates.
        period: "month", "quarter", "year", or the id of a characteristic, such as the wave of a
            survey, whose groups are in order of time.
        policy: What may be told.
        survey: Its id.
        survey_name: Its plain name.
        model: What tagged it, where that is known.
        made: Now.
        protection: What may be told of the survey, as `protected` gave it.

    Raises:
        UnprocessableError: The survey does not have what is asked for, or the policy gives no such
            table.
    """
    if query.by or query.since or query.until:
        raise _wrong("by", "a table over time is neither parted by groups nor narrowed by dates")
    held = protection or protected(readings, policy)
    rows = count_rows(readings, query, policy, held)
    refuse_too_few(rows, policy)
    points = _points(readings, query, period, policy, held)
    return TrendTable(
        survey=survey,
        survey_name=survey_name,
        query=query,
        period=period,
        policy=policy_stamp(policy),
        model=model,
        coverage=held.coverage if held else coverage_of(readings, query, policy),
        weighted=readings.weight is not None,
        trends=tuple(_trend(row, points[row.theme]) for row in rows),
        notes=notes_of(readings, query, policy, rows),
        made=made,
    )


def _points(
    readings: Readings, query: CountQuery, period: str, policy: Policy, held: Protected | None
) -> dict[str, list[TrendPoint]]:
    """Give the points of each theme, in order of time."""
    found: dict[str, list[TrendPoint]] = {}
    if period in MONTHS:
        for each in _periods(readings, MONTHS[period]):
            asked = query.model_copy(update={"since": each.since, "until": each.until})
            for row in count_rows(readings, asked, policy, held):
                found.setdefault(row.theme, []).append(_point(row, each.id, each.name))
        return found
    asked = query.model_copy(update={"by": (period,)})
    for row in count_rows(readings, asked, policy, held):
        if row.kind == "group":
            point = _point(row, row.groups[period], row.group_names[period])
            found.setdefault(row.theme, []).append(point)
    return found


def _point(row: CountRow, period: str, name: str) -> TrendPoint:
    return TrendPoint(
        period=period,
        name=name,
        hidden=row.hidden,
        base=row.base,
        count=row.count,
        rounded_to=row.rounded_to,
        share=row.share,
    )


def _trend(row: CountRow, points: list[TrendPoint]) -> Trend:
    centre, charted = control_chart(points)
    return Trend(theme=row.theme, theme_name=row.theme_name, centre=centre, points=charted)


def _periods(readings: Readings, months: int) -> Iterator[_Period]:
    """Give the periods from the first day of a survey to the last.

    Raises:
        UnprocessableError: It has no dates, or more periods than can be drawn.
    """
    days = readings.day[readings.day > 0]
    if not len(days):
        raise _wrong("period", "the survey's responses have no dates")
    first, last = date.fromordinal(int(days.min())), date.fromordinal(int(days.max()))
    begin, end = (_month_number(day) // months * months for day in (first, last))
    if (end - begin) // months >= _MOST:
        raise _wrong("period", f"the survey's dates span more than {_MOST} periods")
    for month in range(begin, end + 1, months):
        yield _period(month, months)


def _period(month: int, months: int) -> _Period:
    since = date(month // 12, month % 12 + 1, 1)
    final = month + months - 1
    year, of_year = final // 12, final % 12 + 1
    until = date(year, of_year, monthrange(year, of_year)[1])
    names = {
        1: (f"{since:%Y-%m}", f"{since:%B %Y}"),
        3: (f"{since.year}-Q{month % 12 // 3 + 1}", f"{since:%B} to {until:%B %Y}"),
        12: (f"{since.year}", f"{since.year}"),
    }
    return _Period(*names[months], since, until)


def days_of(period: str) -> tuple[date, date]:
    """Give the first and the last day of a stretch of the calendar, by the id that points have.

    Args:
        period: Such as "2025-03", "2025-Q1" or "2025".
    """
    year, _, part = period.partition("-")
    if not part:
        months, of_year = MONTHS["year"], 0
    elif part.startswith("Q"):
        months, of_year = MONTHS["quarter"], 3 * (int(part[1:]) - 1)
    else:
        months, of_year = MONTHS["month"], int(part) - 1
    found = _period(int(year) * 12 + of_year, months)
    return found.since, found.until


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _wrong(member: str, message: str) -> UnprocessableError:
    return UnprocessableError(message, (FieldError(None, member, message),))
