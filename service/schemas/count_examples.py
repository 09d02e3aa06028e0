"""Examples of counts, for the description of the calls."""

from __future__ import annotations

from typing import Any

from service.counts.outputs.csv import counts_csv, trend_csv
from service.counts.records import CountsTable, TrendTable
from service.schemas.surveys import ARTEFACT

THEME, MONTH, SITE = "waiting", "month", "Aldermere General Hospital"

_POLICY: dict[str, Any] = {
    "id": "nhs",
    "version": "1.0",
    "name": "NHS small numbers",
    "rule": (
        "Numbers of people from 1 to 7 are hidden, and so are those that would give one away;"
        " others are rounded to the nearest 5. Nothing is told of groups of fewer than 10 people."
    ),
}
_COVERAGE: dict[str, Any] = {
    "responses": 2140,
    "readable": 0.93,
    "unreadable": 0.03,
    "silent": 0.04,
    "waiting": 0.0,
}
_SHARE: dict[str, Any] = {"value": 0.2857, "low": 0.2239, "high": 0.3567}
_STAMPED: dict[str, Any] = {
    "survey": "ae-2025",
    "survey_name": "Urgent and emergency care, patients, 2025",
    "policy": _POLICY,
    "model": ARTEFACT,
    "coverage": _COVERAGE,
    "weighted": False,
    "notes": [],
    "made": "2025-11-04T10:02:11Z",
}

COUNTS: dict[str, Any] = _STAMPED | {
    "query": {"by": ["ethnicity"], "themes": [THEME]},
    "by_names": {"ethnicity": "Ethnicity"},
    "rows": [
        {
            "theme": THEME,
            "theme_name": "Waiting",
            "groups": {"ethnicity": "asian"},
            "group_names": {"ethnicity": "Asian or Asian British"},
            "kind": "group",
            "base": 175,
            "count": 50,
            "rounded_to": 5,
            "share": _SHARE,
            "elsewhere": 0.2159,
            "difference": {"value": 0.0698, "low": 0.0049, "high": 0.1432},
            "p_value": 0.0341,
            "p_adjusted": 0.1024,
            "risk_ratio": {"value": 1.3233, "low": 1.03, "high": 1.7002},
        },
        {
            "theme": THEME,
            "theme_name": "Waiting",
            "groups": {"ethnicity": "chinese"},
            "group_names": {"ethnicity": "Chinese"},
            "kind": "group",
            "hidden": True,
            "rounded_to": 5,
        },
    ],
}
TRENDS: dict[str, Any] = _STAMPED | {
    "query": {"themes": [THEME]},
    "period": MONTH,
    "trends": [
        {
            "theme": THEME,
            "theme_name": "Waiting",
            "centre": 0.2404,
            "points": [
                {
                    "period": "2025-03",
                    "name": "March 2025",
                    "base": 175,
                    "count": 50,
                    "share": _SHARE,
                    "low": 0.1435,
                    "high": 0.3373,
                },
                {"period": "2025-04", "name": "April 2025", "hidden": True},
            ],
        }
    ],
}
COUNTS_CSV = counts_csv(CountsTable.model_validate(COUNTS)).decode("utf-8-sig")
TRENDS_CSV = trend_csv(TrendTable.model_validate(TRENDS)).decode("utf-8-sig")
WORKBOOK = "(a workbook)"
PAGE = "<!DOCTYPE html><title>Urgent and emergency care, patients, 2025</title>"
