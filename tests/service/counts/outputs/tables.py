"""Tables with figures like those of a survey, made without one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import sqrt

import numpy as np

from models import OperatingPoint
from service.counts.records import (
    Corrected,
    CountQuery,
    CountRow,
    CountsTable,
    Coverage,
    PolicyStamp,
    Ranged,
    Trend,
    TrendPoint,
    TrendTable,
)
from service.counts.trend import control_chart
from service.records import ArtefactStamp

MADE = datetime(2025, 6, 2, 9, 30, 15, tzinfo=UTC)
THEMES = (
    "Waiting",
    "Being kept informed while waiting",
    "Pain",
    "Privacy and dignity",
    "Listening and being believed",
    "Explanation of condition and treatment",
    "Staff attitude",
    "Staff numbers",
    "Cleanliness",
    "Food and drink",
    "Crowding and corridor care",
    "Access to a GP",
    "Ambulance",
    "Records and history",
    "Discharge",
    "Medication",
    "Safety",
    "Parking and travel",
    "Facilities",
    "Children and families",
    "Mental health",
    "The system",
)
ETHNICITY = ("Asian", "Black", "Mixed", "White", "Other ethnic group", "Chinese")
SEX = ("Female", "Male")
REASONS = {"not_stated": "Not stated", "not_known": "Not known"}
POLICY = PolicyStamp(
    id="nhs",
    version="1.0",
    name="NHS small numbers",
    rule="Counts of 1 to 7 are hidden, others rounded to the nearest 5.",
)
MODEL = ArtefactStamp(
    id="uec",
    version="1.3.0",
    sha256="ab" * 32,
    codebook="uec",
    codebook_version="1.0",
    operating_point=OperatingPoint.BALANCED,
)
COVERAGE = Coverage(responses=12_340, readable=0.86, unreadable=0.03, silent=0.11, waiting=0.0)
NOTES = ("Figures are rounded, so they may not add up.",)


def ranged(count: int, base: int) -> Ranged:
    """A share with an interval of about the right width."""
    share = count / base
    width = 1.96 * sqrt(share * (1 - share) / base + 0.25 / base**2)
    return Ranged(value=share, low=max(0.0, share - width), high=min(1.0, share + width))


def table(
    groups: dict[str, tuple[str, ...]] | None = None,
    themes: tuple[str, ...] = THEMES,
    *,
    seed: int = 1,
    survey_name: str = "Urgent care, autumn 2024",
    correct: bool = False,
    **query: object,
) -> CountsTable:
    """A table by the groups of up to two characteristics, some of its figures hidden."""
    groups = {"ethnicity": ETHNICITY} if groups is None else groups
    random = np.random.default_rng(seed)
    heads = _heads(groups)
    bases = [_base(random, kind) for _, _, kind in heads]
    rows = [
        _row(random, (place, name), head, base, correct=correct)
        for place, name in enumerate(themes)
        for head, base in zip(heads, bases, strict=True)
    ]
    return CountsTable(
        survey="autumn",
        survey_name=survey_name,
        query=CountQuery.model_validate({"by": tuple(groups), "correct": correct, **query}),
        by_names={each: each.replace("_", " ").capitalize() for each in groups},
        policy=POLICY,
        model=MODEL,
        coverage=COVERAGE,
        weighted=False,
        rows=tuple(rows),
        notes=NOTES,
        made=MADE,
    )


def trends(themes: tuple[str, ...] = THEMES, *, periods: int = 18, seed: int = 3) -> TrendTable:
    """Themes by month: the first rises in the last months, the last is hidden at times."""
    random = np.random.default_rng(seed)
    return TrendTable(
        survey="autumn",
        survey_name="Urgent care, autumn 2024",
        query=CountQuery(since=date(2024, 1, 1)),
        period="month",
        policy=POLICY,
        model=MODEL,
        coverage=COVERAGE,
        weighted=False,
        trends=tuple(
            _trend(random, place, name, periods, is_last=place == len(themes) - 1)
            for place, name in enumerate(themes)
        ),
        notes=("Months without responses are not shown.",),
        made=MADE,
    )


Head = tuple[dict[str, str], dict[str, str], str]


def _heads(groups: dict[str, tuple[str, ...]]) -> list[Head]:
    """Everyone, the groups or their crossing, then those whose group is missing."""
    heads: list[Head] = [({}, {}, "everyone")]
    if not groups:
        return heads
    crossed: list[Head] = [({}, {}, "group")]
    for dimension, names in groups.items():
        nodes = [(f"{dimension}_{place}", name, False) for place, name in enumerate(names)]
        nodes += [(reason, name, True) for reason, name in REASONS.items()]
        crossed = [
            (ids | {dimension: node}, told | {dimension: name}, "missing" if gone else kind)
            for ids, told, kind in crossed
            for node, name, gone in nodes
        ]
    return heads + sorted(crossed, key=lambda head: head[2] == "missing")


def _base(random: np.random.Generator, kind: str) -> int | None:
    if kind == "everyone":
        return 10_600
    base = int(random.integers(1, 400) if kind == "missing" else random.integers(5, 600)) * 5
    return None if base < 45 else base


def _row(
    random: np.random.Generator,
    theme: tuple[int, str],
    head: Head,
    base: int | None,
    *,
    correct: bool,
) -> CountRow:
    place, name = theme
    ids, told, kind = head
    share = min(0.9, 0.45 / (1 + place / 3) * float(random.uniform(0.7, 1.3)))
    count = None if base is None else round(share * base / 5) * 5
    hidden = count is None or count < 10 or random.uniform() < 0.02
    shown = None if hidden or not base or count is None else ranged(count, base)
    row = CountRow.model_validate(
        {
            "theme": f"theme_{place}",
            "theme_name": name,
            "groups": ids,
            "group_names": told,
            "kind": kind,
            "hidden": hidden,
            "base": base,
            "count": None if hidden else count,
            "rounded_to": 5,
            "share": shown,
        }
    )
    if shown is None:
        return row
    if kind == "group":
        row = row.model_copy(update=_comparison(random, shown))
    return row.model_copy(update={"corrected": _corrected(shown, kind)}) if correct else row


def _comparison(random: np.random.Generator, share: Ranged) -> dict[str, object]:
    elsewhere = share.value * float(random.uniform(0.8, 1.25))
    gap = share.value - elsewhere
    ratio = share.value / elsewhere
    p = float(random.uniform(0, 1)) ** 4
    return {
        "elsewhere": elsewhere,
        "difference": Ranged(value=gap, low=gap - 0.03, high=gap + 0.03),
        "p_value": p,
        "p_adjusted": min(1.0, 3 * p),
        "risk_ratio": Ranged(value=ratio, low=0.8 * ratio, high=1.25 * ratio),
        "caution": "The model misses more in this group." if p > 0.9 else None,
    }


def _corrected(share: Ranged, kind: str) -> Corrected:
    if kind != "group":
        return Corrected(read=10, why_not="Too few comments were read.", further=40)
    moved = {"value": 0.95 * share.value, "low": 0.9 * share.low, "high": min(1, 1.1 * share.high)}
    return Corrected(share=Ranged.model_validate(moved), read=120)


def _trend(
    random: np.random.Generator, place: int, name: str, periods: int, *, is_last: bool
) -> Trend:
    points = []
    for month in range(periods):
        base = int(random.integers(90, 140)) * 5
        share = 0.4 / (1 + place / 3) * (1.5 if place == 0 and month >= periods - 7 else 1)
        count = round(int(random.binomial(base, share)) / 5) * 5
        day = date(2024 + month // 12, month % 12 + 1, 1)
        hidden = is_last and month % 6 == 5
        points.append(
            TrendPoint(
                period=f"{day:%Y-%m}",
                name=f"{day:%b %Y}",
                hidden=hidden,
                base=base,
                count=None if hidden else count,
                share=None if hidden else ranged(count, base),
            )
        )
    centre, chart = control_chart(points)
    return Trend(theme=f"theme_{place}", theme_name=name, centre=centre, points=chart)
