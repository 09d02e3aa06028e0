"""Tables as CSV: one rectangle that a machine can read, with all that a figure needs on its row.

UTF-8 with a byte order mark, without which Excel would garble every letter outside ASCII (Polars,
pandas and R skip the mark; Python's `csv` does with the encoding "utf-8-sig"), lines ended as in
RFC 4180, every text in quotes. Columns are the same whatever was asked, so that files can be put
under one another. Hidden figures are ``*``; what would be computed from them is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.counts.outputs.cells import figure, iso, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.counts.records import (
        Corrected,
        CountQuery,
        CountRow,
        CountsTable,
        Ranged,
        Trend,
        TrendPoint,
        TrendTable,
    )
    from service.records import ArtefactStamp

Cell = str | float | bool | None

_STAMP = (
    *("survey", "survey_name", "question", "since", "until", "site", "polarity", "level"),
    *("themes_asked", "correction_asked", "weighted"),
    *("policy_id", "policy_version", "policy_name", "policy_rule"),
    *(
        "model_id",
        "model_version",
        "model_sha256",
        "operating_point",
        "codebook",
        "codebook_version",
    ),
    *("responses", "readable", "unreadable", "silent", "waiting", "notes", "made"),
)
COUNT_COLUMNS = (
    *("theme", "theme_name", "by_1", "by_1_name", "group_1", "group_1_name"),
    *("by_2", "by_2_name", "group_2", "group_2_name", "kind", "hidden"),
    *("base", "count", "rounded_to", "share", "share_low", "share_high", "elsewhere"),
    *("difference", "difference_low", "difference_high", "p_value", "p_adjusted"),
    *("risk_ratio", "risk_ratio_low", "risk_ratio_high"),
    *("corrected_share", "corrected_share_low", "corrected_share_high"),
    *("people_read", "why_not_corrected", "further_to_read", "caution"),
    *_STAMP,
)
TREND_COLUMNS = (
    *("theme", "theme_name", "period", "period_name", "hidden", "base", "count"),
    *("share", "share_low", "share_high", "centre", "limit_low", "limit_high", "signals"),
    *("period_length", *_STAMP),
)


def counts_csv(table: CountsTable) -> bytes:
    """Write a table with a row for each theme and group, in `COUNT_COLUMNS`."""
    stamp = _asked(table.query) | _origin(table)
    return _file(COUNT_COLUMNS, (_groups(table, row) | _figures(row) | stamp for row in table.rows))


def trend_csv(table: TrendTable) -> bytes:
    """Write themes over time with a row for each theme and period, in `TREND_COLUMNS`."""
    stamp = _asked(table.query) | _origin(table) | {"period_length": table.period}
    return _file(
        TREND_COLUMNS,
        (_period(trend, point) | stamp for trend in table.trends for point in trend.points),
    )


def _groups(table: CountsTable, row: CountRow) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for place, dimension in enumerate(table.query.by, start=1):
        cells[f"by_{place}"] = dimension
        cells[f"by_{place}_name"] = table.by_names[dimension]
        cells[f"group_{place}"] = row.groups.get(dimension)
        cells[f"group_{place}_name"] = row.group_names.get(dimension)
    return cells


def _figures(row: CountRow) -> dict[str, Cell]:
    return {
        "theme": row.theme,
        "theme_name": row.theme_name,
        "kind": row.kind,
        "hidden": row.hidden,
        "base": figure(row.base, hidden=row.hidden),
        "count": figure(row.count, hidden=row.hidden),
        "rounded_to": row.rounded_to,
        **_ranged("share", row.share),
        "elsewhere": row.elsewhere,
        **_ranged("difference", row.difference),
        "p_value": row.p_value,
        "p_adjusted": row.p_adjusted,
        **_ranged("risk_ratio", row.risk_ratio),
        **(_correction(row.corrected) if row.corrected else {}),
        "caution": row.caution,
    }


def _correction(corrected: Corrected) -> dict[str, Cell]:
    return {
        **_ranged("corrected_share", corrected.share),
        "people_read": corrected.read,
        "why_not_corrected": corrected.why_not,
        "further_to_read": corrected.further,
    }


def _period(trend: Trend, point: TrendPoint) -> dict[str, Cell]:
    return {
        "theme": trend.theme,
        "theme_name": trend.theme_name,
        "period": point.period,
        "period_name": point.name,
        "hidden": point.hidden,
        "base": figure(point.base, hidden=point.hidden),
        "count": figure(point.count, hidden=point.hidden),
        **_ranged("share", point.share),
        "centre": trend.centre,
        "limit_low": point.low,
        "limit_high": point.high,
        "signals": ";".join(point.signals),
    }


def _asked(query: CountQuery) -> dict[str, Cell]:
    return {
        "question": query.question,
        "since": iso(query.since),
        "until": iso(query.until),
        "site": query.site,
        "polarity": query.polarity,
        "level": query.level,
        "themes_asked": None if query.themes is None else ";".join(query.themes),
        "correction_asked": query.correct,
    }


def _origin(table: CountsTable | TrendTable) -> dict[str, Cell]:
    return {
        "survey": table.survey,
        "survey_name": table.survey_name,
        "weighted": table.weighted,
        **{f"policy_{name}": value for name, value in table.policy.model_dump().items()},
        **(_model(table.model) if table.model else {}),
        **table.coverage.model_dump(),
        "notes": " ".join(table.notes),
        "made": table.made.isoformat(),
    }


def _model(stamp: ArtefactStamp) -> dict[str, Cell]:
    return {
        "model_id": stamp.id,
        "model_version": stamp.version,
        "model_sha256": stamp.sha256,
        "operating_point": stamp.operating_point,
        "codebook": stamp.codebook,
        "codebook_version": stamp.codebook_version,
    }


def _ranged(name: str, figures: Ranged | None) -> dict[str, Cell]:
    if figures is None:
        return {}
    return {name: figures.value, f"{name}_low": figures.low, f"{name}_high": figures.high}


def _file(columns: tuple[str, ...], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    lines = [columns, *([row.get(column) for column in columns] for row in rows)]
    return "".join(",".join(map(_written, line)) + "\r\n" for line in lines).encode("utf-8-sig")


def _written(cell: Cell) -> str:
    """Write numbers bare and texts in quotes; the standard writer quotes what is empty as well."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case str():
            return '"{}"'.format(safe(cell).replace('"', '""'))
    return repr(cell)
