from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import fastexcel
import polars as pl
import pytest

from service.counts.outputs import counts_workbook
from service.errors import UnprocessableError
from tests.service.counts.outputs import hostile
from tests.service.counts.outputs.tables import ETHNICITY, SEX, table, trends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.counts.records import CountRow

CROSSED = {"ethnicity": ETHNICITY, "sex": SEX}
RANGES = {"Share": "share", "Difference": "difference", "Risk ratio": "risk_ratio"}
NUMBERS = {"Everyone else": "elsewhere", "p-value": "p_value", "Adjusted p-value": "p_adjusted"}
FIGURES = {
    **{name: (attribute, None) for name, attribute in NUMBERS.items()},
    **{
        f"{name}{ending}": (attribute, part)
        for name, attribute in RANGES.items()
        for ending, part in (("", "value"), (": from", "low"), (": to", "high"))
    },
}
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet(file: bytes, name: str) -> pl.DataFrame:
    people: Any = dict.fromkeys(("Base", "Count"), "string")
    told = fastexcel.read_excel(file).load_sheet(name, dtypes=people, schema_sample_rows=None)
    return told.to_polars()


def parts(file: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def figure(row: CountRow, attribute: str, part: str | None) -> float | None:
    told: Any = getattr(row, attribute)
    return getattr(told, part, None) if part else told


def same(column: pl.Series, meant: Sequence[float | None]) -> bool:
    """Excel keeps 16 digits of a number."""
    return column.cast(pl.Float64).to_list() == [
        None if each is None else pytest.approx(each, rel=1e-14) for each in meant
    ]


@pytest.fixture(scope="module")
def book() -> bytes:
    return counts_workbook([table(correct=True), table(CROSSED), table({})], trends())


def test_there_is_a_cover_a_sheet_for_each_table_and_one_over_time(book: bytes) -> None:
    names = ["About", "Ethnicity", "Ethnicity and Sex", "Everyone", "Over time"]
    assert fastexcel.read_excel(book).sheet_names == names


def test_every_figure_is_the_tables(book: bytes) -> None:
    for made, name in ((table(correct=True), "Ethnicity"), (table(CROSSED), "Ethnicity and Sex")):
        frame = sheet(book, name)
        assert frame.height == len(made.rows)
        for heading, (attribute, part) in FIGURES.items():
            assert same(frame[heading], [figure(row, attribute, part) for row in made.rows])
        for heading in ("Base", "Count"):
            shown = [getattr(row, heading.lower()) for row in made.rows]
            assert frame[heading].to_list() == [
                "*" if each is None else str(each) for each in shown
            ]


def test_hidden_figures_are_nowhere_a_number() -> None:
    made = table(CROSSED)
    hidden = [row.hidden for row in made.rows]
    assert any(hidden)
    frame = sheet(counts_workbook([made]), "Ethnicity and Sex").filter(pl.Series(hidden))
    for heading in FIGURES:
        assert frame[heading].is_null().all()
    assert (frame["Count"] == "*").all()


def test_corrected_shares_stand_in_the_sheet_or_why_there_are_none(book: bytes) -> None:
    rows = table(correct=True).rows
    frame = sheet(book, "Ethnicity")
    for name, attribute in (("Corrected share", "share"), ("People read", "read")):
        meant = [getattr(row.corrected, attribute, None) for row in rows]
        meant = [getattr(each, "value", each) for each in meant]
        assert same(frame[name], meant)
    assert set(frame["Why not corrected"].drop_nulls()) == {"Too few comments were read."}
    assert "Corrected share" not in sheet(book, "Ethnicity and Sex").columns


def test_themes_over_time_have_their_limits_and_signals(book: bytes) -> None:
    frame = sheet(book, "Over time")
    points = [point for trend in trends().trends for point in trend.points]
    assert frame["Period"].to_list() == [point.name for point in points]
    assert same(frame["Lower limit"], [point.low for point in points])
    marked = [told is not None for told in frame["More than chance"].to_list()]
    assert marked == [bool(point.signals) for point in points]


def test_the_cover_tells_what_was_asked_and_under_which_rules(book: bytes) -> None:
    cover = sheet(book, "About")
    text = "\n".join(each or "" for row in cover.rows() for each in row)
    for told in (
        "How often each theme is raised, by Ethnicity and Sex.",
        "NHS small numbers (nhs), version 1.0. Counts of 1 to 7 are hidden",
        "Model uec, version 1.3.0",
        "codebook uec, version 1.0",
        "86% have an answer that could be read",
        "Figures are rounded, so they may not add up.",
        "Only responses from 1 January 2024.",
        "Wilson",
        "prediction-powered",
        "control chart",
        "Hidden, to protect people",
        "2 June 2025, 09:30 UTC",
    ):
        assert told in text
    assert cover.columns[0] == "Urgent care, autumn 2024"


def test_percentages_are_formatted_and_headers_stay_in_view(book: bytes) -> None:
    files = parts(book)
    assert 'formatCode="0.0%"' in files["xl/styles.xml"]
    for number in (2, 3, 4, 5):
        text = files[f"xl/worksheets/sheet{number}.xml"]
        assert 'state="frozen"' in text
        assert "<autoFilter" in text
        assert "<mergeCell" not in text


def test_the_same_tables_make_the_same_bytes(book: bytes) -> None:
    again = counts_workbook([table(correct=True), table(CROSSED), table({})], trends())
    assert again == book
    created = re.search("<dcterms:created[^>]*>([^<]*)", parts(book)["docProps/core.xml"])
    assert created
    assert created[1] == "2025-06-02T09:30:15Z"


def test_nothing_in_a_workbook_is_run() -> None:
    for name in hostile.NAMES:
        made = table({"place": (name, "x")}, (name, "y"), survey_name=name)
        made = made.model_copy(update={"by_names": {"place": name}, "notes": (name,)})
        over_time = trends((name,), periods=3).model_copy(update={"notes": (name,)})
        file = counts_workbook([made, made], over_time)
        for path, text in parts(file).items():
            tree = ElementTree.fromstring(text)  # noqa: S314 - our own workbook
            assert not list(tree.iter(f"{SHEET}f")), path
            assert not list(tree.iter(f"{SHEET}hyperlink")), path
            if path == "xl/sharedStrings.xml":
                texts = [each.text or "" for each in tree.iter(f"{SHEET}t")]
                assert not any(each.lstrip().startswith(tuple("=+-@\t\r\n")) for each in texts)
        assert fastexcel.read_excel(file).load_sheet(1).height == len(made.rows)


def test_a_table_that_a_sheet_cannot_hold_is_refused() -> None:
    made = table({}, ("Waiting",))
    too_long = made.model_copy(update={"rows": made.rows * 1_048_576})
    with pytest.raises(UnprocessableError, match="ask for CSV"):
        counts_workbook([too_long])


def test_themes_over_time_alone_make_a_workbook() -> None:
    names = fastexcel.read_excel(counts_workbook([], trends(("Waiting",)))).sheet_names
    assert names == ["About", "Over time"]


def test_no_table_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="no table"):
        counts_workbook([])
