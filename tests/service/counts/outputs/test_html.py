from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from service.counts.outputs import counts_report
from service.counts.outputs.html import MOST_CHARTS
from tests.service.counts.outputs import hostile
from tests.service.counts.outputs.tables import ETHNICITY, SEX, THEMES, table, trends

TWO = THEMES[:2]
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Elements of a page in order, refusing tags that do not pair, and its tables' cells."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.style = ""
        self.tables: dict[str, list[list[str]]] = {}
        self._region = ""
        self.feed(html.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.elements.append((tag, told))
        if tag not in VOID:
            self.open.append(tag)
        if told.get("role") == "region":
            self._region = told["id"] or ""
            self.tables[self._region] = []
        if tag == "tr":
            self.tables[self._region].append([])
        if tag in {"td", "th"}:
            self.tables[self._region][-1].append("")
        if tag == "br":
            self.handle_data(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.style += data
            return
        self.text += data
        if {"td", "th"} & set(self.open):
            self.tables[self._region][-1][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page() -> Page:
    groups = {"sex": SEX, "ethnicity": ETHNICITY}
    return Page(counts_report([table(correct=True), table(groups, TWO)], trends(TWO)))


def test_every_tag_is_closed_and_every_id_unique(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert page.open == []
    assert len(ids) == len(set(ids))


def test_the_page_runs_no_script_and_loads_nothing(page: Page) -> None:
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    for _, attributes in page.elements:
        assert not {"src", "srcset", "xlink:href", "action"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
        namespaces = {"xmlns", "xmlns:xlink"}
        told = [value or "" for name, value in attributes.items() if name not in namespaces]
        assert not any("//" in value or "url(" in value for value in told)
    assert "url(" not in page.style
    assert "@import" not in page.style
    policies = [each["content"] for each in page.all("meta") if "http-equiv" in each]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_every_link_leads_to_a_place_on_the_page(page: Page) -> None:
    places = {f"#{attributes['id']}" for _, attributes in page.elements if "id" in attributes}
    assert {each["href"] for each in page.all("a")} <= places


def test_headings_descend_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_every_heading_cell_says_what_it_heads_and_every_table_has_a_caption(page: Page) -> None:
    assert {each.get("scope") for each in page.all("th")} == {"col", "row", "rowgroup"}
    assert len(page.all("caption")) == len(page.all("table"))


def test_every_chart_has_a_description_and_a_table(page: Page) -> None:
    pictures = [each for each in page.all("div") if each.get("role") == "img"]
    one_table = 1 + MOST_CHARTS
    two_themes = 1 + len(TWO)
    assert len(pictures) == one_table + two_themes + 2 + len(TWO)
    assert len(page.all("svg")) == len(page.all("figcaption")) == len(pictures)
    assert all(each["aria-label"] for each in pictures)
    assert page.text.count("The table gives every figure.") == len(pictures)


def test_every_figure_of_a_table_is_on_the_page(page: Page) -> None:
    made = table(correct=True)
    told = [row for row in page.tables["part-1-figures"][1:] if len(row) > 1]
    assert len(told) == len(made.rows)
    for cells, row in zip(told, made.rows, strict=True):
        assert cells[0] == (", ".join(row.group_names.values()) or "Everyone")
        assert cells[1] == ("*" if row.base is None else f"{row.base:,}")
        assert cells[2] == ("*" if row.count is None else f"{row.count:,}")
        share = row.share
        assert cells[3] == (
            f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%})" if share else ""
        )
        if row.difference:
            assert cells[5].startswith(f"{100 * row.difference.value:+.1f} (")
        if row.hidden:
            assert not any(cells[3:])


def test_the_grid_of_shares_hides_what_the_table_hides(page: Page) -> None:
    made = table(correct=True)
    across = 1 + len(ETHNICITY) + 2
    shares = page.tables["part-1-shares"]
    assert len(shares) == 2 + len(THEMES)
    assert {len(row) for row in shares} == {1 + across}
    told = [cell for row in shares[2:] for cell in row[1:]]
    for cell, row in zip(told, made.rows, strict=True):
        meant = "*" if row.share is None else f"{row.share.value:.1%} {row.count:,}"
        assert " ".join(cell.split()) == meant


def test_periods_and_what_marks_them_are_on_the_page(page: Page) -> None:
    for number, trend in enumerate(trends(TWO).trends, start=1):
        rows = page.tables[f"trend-{number}"][1:]
        assert [row[0] for row in rows] == [point.name for point in trend.points]
        assert [row[2] for row in rows] == [
            "*" if point.count is None else f"{point.count:,}" for point in trend.points
        ]
        assert [bool(row[5]) for row in rows] == [bool(point.signals) for point in trend.points]
    assert "provisional" not in page.text


def test_limits_of_few_periods_are_called_provisional() -> None:
    assert "provisional" in Page(counts_report([], trends(("Waiting",), periods=5))).text


def test_the_page_tells_what_was_asked_and_under_which_rules(page: Page) -> None:
    for told in (
        "How often each theme is raised, by Sex and Ethnicity.",
        "NHS small numbers (nhs), version 1.0",
        "Model uec, version 1.3.0",
        "Figures are rounded, so they may not add up.",
        "86% have an answer that could be read",
        "Too few comments were read. 40 more to read.",
        "Ethnicity: Not stated",
    ):
        assert told in page.text


def test_a_crossing_of_many_groups_says_that_charts_show_some() -> None:
    groups = {"ethnicity": ETHNICITY, "age": tuple(f"Age {each}" for each in range(8))}
    made = table(groups, TWO)
    page = Page(counts_report([made]))
    rows = len(made.rows) // len(TWO)
    assert f"Charts show 24 of {rows} rows" in page.text
    assert len([row for row in page.tables["part-1-figures"] if len(row) > 1]) == 1 + len(made.rows)


def test_no_name_becomes_markup() -> None:
    themes = (hostile.NAMES[13], hostile.NAMES[14])
    made = table({"place": hostile.NAMES}, themes, survey_name=hostile.NAMES[0])
    made = made.model_copy(
        update={"notes": hostile.NAMES, "by_names": {"place": hostile.NAMES[-3]}}
    )
    page = Page(counts_report([made], trends((hostile.NAMES[13],), periods=3)))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "b"}
    for name in hostile.NAMES:
        assert " ".join(name.split()) in " ".join(page.text.split())


def test_a_table_of_which_everything_is_hidden_makes_a_page() -> None:
    made = table({"sex": SEX}, TWO)
    gone = {"base": None, "count": None, "share": None, "difference": None, "hidden": True}
    hidden = [row.model_copy(update=gone) for row in made.rows]
    page = Page(counts_report([made.model_copy(update={"rows": tuple(hidden)})]))
    cells = [cell for row in page.tables["part-1-shares"][1:] for cell in row[1:]]
    assert {cell.strip() for cell in cells} == {"*"}


def test_a_table_without_themes_makes_a_page() -> None:
    assert Page(counts_report([table(themes=())])).open == []


def test_too_small_a_survey_tells_no_coverage() -> None:
    made = table({}, TWO)
    few = made.coverage.model_copy(update=dict.fromkeys(type(made.coverage).model_fields))
    page = Page(counts_report([made.model_copy(update={"coverage": few})]))
    assert "too few responses to tell" in page.text


def test_the_same_tables_make_the_same_page() -> None:
    one = table({"sex": SEX}, TWO)
    assert counts_report([one]) == counts_report([one])
