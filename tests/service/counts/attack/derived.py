"""What a reader can work out from the counts and bases of one table, and nothing else."""

from __future__ import annotations

from itertools import groupby
from math import isclose, isnan
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from service.counts import statistics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.counts.records import CountRow, CountsTable, Ranged

Derived: TypeAlias = "dict[str, float | tuple[float, float, float] | None]"
_NOTHING: Derived = dict.fromkeys(("share", "elsewhere", "difference", "p_value", "risk_ratio"))


def differences(table: CountsTable) -> list[str]:
    """Say where a table of an unweighted survey tells anything else than follows from it."""
    worked_out = [_worked_out(row, rows) for rows in _by_theme(table) for row in rows]
    tested = np.array([said["p_value"] for said in worked_out], np.float64)
    adjusted = statistics.adjusted(tested)
    found = []
    for row, said, p_adjusted in zip(table.rows, worked_out, adjusted, strict=True):
        said["p_adjusted"] = None if isnan(p_adjusted) else float(p_adjusted)
        found += [
            f"{row.theme} {row.groups} {name}: {getattr(row, name)} rather than {number}"
            for name, number in said.items()
            if not _same(getattr(row, name), number)
        ]
    return found


def _by_theme(table: CountsTable) -> Iterator[list[CountRow]]:
    for _, rows in groupby(table.rows, key=lambda row: row.theme):
        yield list(rows)


def _worked_out(row: CountRow, rows: Sequence[CountRow]) -> Derived:
    if row.count is None or row.base is None or not row.base:
        return dict(_NOTHING)
    count, base = min(row.count, row.base), row.base
    low, high = statistics.wilson(count, base)
    share = count / base, float(low), float(high)
    others = [each for each in rows if each is not row and _is_compared(each)]
    if not (_is_compared(row) and others):
        return {**_NOTHING, "share": share}
    count_else = sum(min(each.count or 0, each.base or 0) for each in others)
    base_else = sum(each.base or 0 for each in others)
    return {"share": share, **_compared(count, base, count_else, base_else)}


def _compared(count: int, base: int, count_else: int, base_else: int) -> Derived:
    share, elsewhere = count / base, count_else / base_else
    low, high = statistics.newcombe(
        share,
        statistics.wilson(count, base),
        elsewhere,
        statistics.wilson(count_else, base_else),
    )
    p_value = float(statistics.two_proportion_p(count, base, count_else, base_else))
    return {
        "elsewhere": elsewhere,
        "difference": (share - elsewhere, float(low), float(high)),
        "p_value": p_value,
        "risk_ratio": statistics.risk_ratio(count, base, count_else, base_else),
    }


def _is_compared(row: CountRow) -> bool:
    return row.kind == "group" and row.count is not None and bool(row.base)


def _same(
    told: float | Ranged | None, worked_out: float | tuple[float, float, float] | None
) -> bool:
    if told is None or worked_out is None:
        return told is worked_out
    if isinstance(told, float) or isinstance(worked_out, float):
        return isclose(told, worked_out, abs_tol=1e-9)  # type: ignore[arg-type]
    figures = zip((told.value, told.low, told.high), worked_out, strict=True)
    return all(isclose(one, other, abs_tol=1e-9) for one, other in figures)
