from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import polars as pl
import pytest

from service.counts.outputs import counts_csv, trend_csv
from service.counts.outputs.csv import COUNT_COLUMNS, TREND_COLUMNS
from tests.service.counts.outputs import hostile
from tests.service.counts.outputs.tables import ETHNICITY, MADE, MODEL, POLICY, SEX, table, trends

if TYPE_CHECKING:
    from service.counts.records import CountRow, CountsTable, Ranged

CROSSED = {"ethnicity": ETHNICITY, "sex": SEX}
DERIVED = ("share", "elsewhere", "difference", "p_value", "p_adjusted", "risk_ratio")


def cells(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def number(cell: str) -> float | None:
    return float(cell) if cell else None


def same_range(cell: dict[str, str], name: str, figures: Ranged | None) -> bool:
    told = [number(cell[each]) for each in (name, f"{name}_low", f"{name}_high")]
    return told == ([None] * 3 if figures is None else [figures.value, figures.low, figures.high])


def same_figures(cell: dict[str, str], row: CountRow) -> bool:
    corrected = row.corrected
    return (
        cell["base"] == ("*" if row.base is None else str(row.base))
        and cell["count"] == ("*" if row.count is None else str(row.count))
        and all(
            same_range(cell, name, getattr(row, name))
            for name in ("share", "difference", "risk_ratio")
        )
        and all(
            number(cell[name]) == getattr(row, name)
            for name in ("elsewhere", "p_value", "p_adjusted")
        )
        and same_range(cell, "corrected_share", corrected.share if corrected else None)
        and number(cell["people_read"]) == (corrected.read if corrected else None)
        and number(cell["further_to_read"]) == (corrected.further if corrected else None)
    )


@pytest.mark.parametrize("made", [table(), table(CROSSED, correct=True), table({})])
def test_every_figure_is_the_tables(made: CountsTable) -> None:
    told = cells(counts_csv(made))
    assert len(told) == len(made.rows)
    assert all(same_figures(cell, row) for cell, row in zip(told, made.rows, strict=True))


def test_hidden_figures_are_stars_and_nothing_is_computed_from_them() -> None:
    made = table(CROSSED)
    told = [
        cell for cell, row in zip(cells(counts_csv(made)), made.rows, strict=True) if row.hidden
    ]
    assert told
    for cell in told:
        assert cell["hidden"] == "true"
        assert cell["count"] == "*"
        assert not any(cell[name] for name in DERIVED)


def test_each_row_says_what_was_asked_and_what_made_it() -> None:
    made = table(CROSSED, question="What was good?", since="2024-10-01", polarity="negative")
    (cell, *_) = cells(counts_csv(made))
    assert (cell["question"], cell["since"]) == ("What was good?", "2024-10-01")
    assert (cell["polarity"], cell["until"]) == ("negative", "")
    assert (cell["policy_id"], cell["policy_version"]) == (POLICY.id, POLICY.version)
    assert (cell["model_id"], cell["model_version"]) == (MODEL.id, MODEL.version)
    assert (cell["codebook"], cell["codebook_version"]) == ("uec", "1.0")
    assert cell["made"] == MADE.isoformat()
    assert cell["responses"] == "12340"


def test_rows_of_a_crossing_name_both_groups() -> None:
    rows = cells(counts_csv(table(CROSSED)))
    assert (rows[0]["kind"], rows[0]["group_1_name"], rows[0]["by_1"]) == (
        "everyone",
        "",
        "ethnicity",
    )
    assert (rows[1]["by_1_name"], rows[1]["group_1_name"]) == ("Ethnicity", "Asian")
    assert (rows[1]["by_2_name"], rows[1]["group_2_name"]) == ("Sex", "Female")


def test_columns_are_the_same_whatever_was_asked() -> None:
    for made in (table(), table(CROSSED, correct=True), table({}), table(themes=())):
        first = counts_csv(made).decode("utf-8-sig").splitlines()[0]
        assert first == ",".join(f'"{name}"' for name in COUNT_COLUMNS)


def test_polars_reads_one_rectangle_with_numbers_as_numbers() -> None:
    made = table(CROSSED)
    frame = pl.read_csv(counts_csv(made), infer_schema_length=None)
    assert frame.columns == list(COUNT_COLUMNS)
    assert frame["share"].to_list() == [row.share.value if row.share else None for row in made.rows]
    assert frame["difference"].min() < 0  # type: ignore[operator]
    assert frame["hidden"].to_list() == [row.hidden for row in made.rows]
    known = frame.filter(pl.col("count") != "*")["count"].cast(pl.Int64).to_list()
    assert known == [row.count for row in made.rows if row.count is not None]


def test_excel_is_told_that_it_is_utf_8() -> None:
    assert counts_csv(table()).startswith(b"\xef\xbb\xbf")


def test_a_model_that_is_not_known_leaves_its_columns_empty() -> None:
    (cell, *_) = cells(counts_csv(table().model_copy(update={"model": None})))
    assert cell["model_id"] == cell["codebook_version"] == ""


@pytest.mark.parametrize("name", hostile.NAMES)
def test_no_name_is_run_or_breaks_the_rectangle(name: str) -> None:
    made = table({"place": (name, "x")}, (name, "y"), survey_name=name)
    made = made.model_copy(update={"by_names": {"place": name}, "notes": (name,)})
    told = cells(counts_csv(made))
    assert len(told) == len(made.rows)
    for cell in told:
        for column in ("survey_name", "theme_name", "group_1_name", "by_1_name", "notes"):
            assert not cell[column].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert "\n" not in "".join(cell.values())


def test_themes_over_time_have_a_row_for_each_period() -> None:
    made = trends(("Waiting", "Food"))
    told = cells(trend_csv(made))
    points = [(trend, point) for trend in made.trends for point in trend.points]
    assert list(told[0]) == list(TREND_COLUMNS)
    assert len(told) == len(points)
    for cell, (trend, point) in zip(told, points, strict=True):
        assert (cell["theme_name"], cell["period"]) == (trend.theme_name, point.period)
        assert cell["count"] == ("*" if point.count is None else str(point.count))
        assert same_range(cell, "share", point.share)
        assert number(cell["centre"]) == trend.centre
        assert (number(cell["limit_low"]), number(cell["limit_high"])) == (point.low, point.high)
        assert cell["signals"] == ";".join(point.signals)
    assert any(point.signals for _, point in points)
    assert any(point.hidden for _, point in points)
