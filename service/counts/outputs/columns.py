"""Columns of a workbook's sheets: what each is headed, what it shows and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from service.counts.outputs import words
from service.counts.outputs.cells import figure
from service.counts.records import CountRow, Trend, TrendPoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.counts.records import CountsTable, Ranged

Row = TypeVar("Row")
Look = Literal["text", "long", "whole", "share", "points", "ratio", "p"]
Period = tuple[Trend, TrendPoint]


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column.

    Attributes:
        heading: What stands on top.
        look: How its cells look.
        value: What a row has there; None for an empty cell.
    """

    heading: str
    look: Look
    value: Callable[[Row], str | float | None]


def count_columns(table: CountsTable) -> list[Column[CountRow]]:
    """Give the columns of a table: figures of a correction only where one was asked for."""
    corrected = _CORRECTION if any(row.corrected for row in table.rows) else []
    groups = [_group(dimension, table.by_names[dimension]) for dimension in table.query.by]
    return [_THEME, *groups, *_FIGURES, *corrected, _CAUTION]


def _group(dimension: str, name: str) -> Column[CountRow]:
    return Column(name, "text", lambda row: row.group_names.get(dimension))


def _ranged(heading: str, look: Look, figures: Callable[[Row], Ranged | None]) -> list[Column[Row]]:
    def part(name: str) -> Callable[[Row], float | None]:
        return lambda row: getattr(figures(row), name, None)

    return [
        Column(heading, look, part("value")),
        Column(f"{heading}: from", look, part("low")),
        Column(f"{heading}: to", look, part("high")),
    ]


_THEME: Column[CountRow] = Column("Theme", "text", lambda row: row.theme_name)
_CAUTION: Column[CountRow] = Column("Caution", "long", lambda row: row.caution)
_FIGURES: list[Column[CountRow]] = [
    Column("Who", "text", lambda row: words.KINDS[row.kind]),
    Column("Base", "whole", lambda row: figure(row.base, hidden=row.hidden)),
    Column("Count", "whole", lambda row: figure(row.count, hidden=row.hidden)),
    *_ranged("Share", "share", lambda row: row.share),
    Column("Everyone else", "share", lambda row: row.elsewhere),
    *_ranged("Difference", "points", lambda row: row.difference),
    Column("p-value", "p", lambda row: row.p_value),
    Column("Adjusted p-value", "p", lambda row: row.p_adjusted),
    *_ranged("Risk ratio", "ratio", lambda row: row.risk_ratio),
]
_CORRECTION: list[Column[CountRow]] = [
    *_ranged(
        "Corrected share", "share", lambda row: row.corrected.share if row.corrected else None
    ),
    Column("People read", "whole", lambda row: row.corrected.read if row.corrected else None),
    Column(
        "Why not corrected", "long", lambda row: row.corrected.why_not if row.corrected else None
    ),
    Column(
        "Further people to read",
        "whole",
        lambda row: row.corrected.further if row.corrected else None,
    ),
]
TREND_COLUMNS: list[Column[Period]] = [
    Column("Theme", "text", lambda each: each[0].theme_name),
    Column("Period", "text", lambda each: each[1].name),
    Column("Base", "whole", lambda each: figure(each[1].base, hidden=each[1].hidden)),
    Column("Count", "whole", lambda each: figure(each[1].count, hidden=each[1].hidden)),
    *_ranged("Share", "share", lambda each: each[1].share),
    Column("Centre line", "share", lambda each: each[0].centre),
    Column("Lower limit", "share", lambda each: each[1].low),
    Column("Upper limit", "share", lambda each: each[1].high),
    Column("More than chance", "text", lambda each: signals(each[1])),
]


def signals(point: TrendPoint) -> str | None:
    """Name the rules that mark a period, as the cover explains them; None where none does."""
    return ", ".join(words.rule(each) for each in point.signals) or None
