"""Figures of tables in words and digits; reports and pages write them the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.counts.outputs.cells import HIDDEN

if TYPE_CHECKING:
    from service.counts.records import CountRow, Ranged

SURE = 0.05
"""Adjusted p-values below it are more than chance would explain."""


def people(number: int | None, hidden: bool = False) -> str:
    """Write a number of people: 1,250, the sign for a hidden one, or nothing."""
    if number is None:
        return HIDDEN if hidden else ""
    return f"{number:,}"


def percent(share: float | None) -> str:
    """Write a share as 12.5%."""
    return "" if share is None else f"{share:.1%}"


def interval(share: Ranged | None) -> str:
    """Write a share with its 95% interval."""
    return f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%})" if share else ""


def points(difference: Ranged | None) -> str:
    """Write a difference of shares in percentage points."""
    if difference is None:
        return ""
    value, low, high = (100 * each for each in (difference.value, difference.low, difference.high))
    return f"{value:+.1f} ({low:+.1f} to {high:+.1f})"


def ratio(found: Ranged | None) -> str:
    """Write a risk ratio with its 95% interval."""
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})" if found else ""


def chance(p: float | None) -> str:
    """Write a p-value."""
    if p is None:
        return ""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def verdict(row: CountRow) -> str:
    """Say whether a difference is more than chance would explain; nothing where none is told."""
    if row.difference is None or row.p_adjusted is None or row.p_value is None:
        return ""
    if row.p_adjusted < SURE:
        return "Yes, more than chance would explain"
    if row.p_value < SURE:
        return "Not sure: with so many comparisons, some look like this by chance"
    return "No, chance alone could explain it"


FILTERS = {
    "people": people,
    "percent": percent,
    "range": interval,
    "points": points,
    "ratio": ratio,
    "chance": chance,
    "verdict": verdict,
}
"""For templates."""
