"""Where values of a column of groups go, as somebody sees it who checks many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from service.pages.value_runs import ValueShown, in_runs
from tests.service.pages.conftest import assert_usable

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.service.pages.conftest import SignedIn

AGES = (*(str(age) for age in range(16, 40)), "200", "Prefer not to say", "")


def values(**outcomes: str) -> list[ValueShown]:
    """Values with where they go; their fields are named by the value too."""
    told = ((name.removeprefix("_"), outcome) for name, outcome in outcomes.items())
    return [ValueShown(f"value-{value}", value, 2, outcome) for value, outcome in told]


def test_numbers_that_follow_one_another_to_the_same_group_are_one_run() -> None:
    alone, runs = in_runs(values(_30="b", _18="a", _9="a", _17="a", F="a", _31="b", _99=""))
    assert [[each.value for each in run.values] for run in runs] == [["9", "17", "18"]]
    assert [(run.outcome, run.count) for run in runs] == [("a", 6)]
    assert [each.value for each in alone] == ["99", "30", "F", "31"]


def test_a_number_that_goes_elsewhere_ends_a_run() -> None:
    alone, runs = in_runs(values(_1="a", _2="a", _3="a", _4="b", _5="a", _6="a", _7="a"))
    assert [[each.value for each in run.values] for run in runs] == [["1", "2", "3"], [*"567"]]
    assert [each.value for each in alone] == ["4"]


def ask_for_ages(page: Page, folder: Path) -> None:
    """Send a file of ages, and go on to the page that asks where they go."""
    file = folder / "ages.csv"
    rows = (f"r{place},the nurse was kind,{age}" for place, age in enumerate(AGES))
    file.write_text("\n".join(("response_id,comment,age", *rows)), encoding="utf-8")
    page.goto("/bring")
    page.get_by_label("The file of responses").set_input_files(file)
    with page.expect_navigation():
        page.get_by_role("button", name="Send the file").click()
    chosen = {"comment": "comments", "age": "group"}
    for step in ("survey", "columns", "questions", "groups"):
        if step == "columns":
            for column, role in chosen.items():
                page.get_by_label(column, exact=True).select_option(role)
        elif step == "questions":
            page.get_by_label("Question that").fill("How was it?")
        elif step == "groups":
            page.get_by_label("age", exact=True).select_option("age_bands")
        save(page)


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_ages_are_checked_by_band_and_each_can_go_elsewhere(
    signed_in: SignedIn, tmp_path: Path, scripts: bool
) -> None:
    page = signed_in(scripts=scripts)
    ask_for_ages(page, tmp_path)
    address = page.url
    summaries = page.locator("summary")
    assert summaries.all_inner_texts() == [
        "16 to 24 go to 16-24: 9 different numbers in 9 rows",
        "25 to 34 go to 25-34: 10 different numbers in 10 rows",
        "35 to 39 go to 35-44: 5 different numbers in 5 rows",
    ]
    assert page.locator("select:visible").count() == 3
    told = page.locator(".inset").inner_text()
    assert told.startswith("1 row is blank. They are taken as “Not asked”")
    save(page)
    assert page.get_by_role("alert").get_by_role("link").inner_text() == "Choose where '200' goes"
    page.get_by_label("200", exact=True).select_option("not_known")
    page.get_by_label("Blank").select_option("not_stated")
    summaries.nth(1).click()
    page.get_by_label("30", exact=True).select_option("not_known")
    if scripts:
        assert_usable(page)
    save(page)
    page.goto(address)
    assert summaries.all_inner_texts() == [
        "16 to 24 go to 16-24: 9 different numbers in 9 rows",
        "25 to 29 go to 25-34: 5 different numbers in 5 rows",
        "31 to 34 go to 25-34: 4 different numbers in 4 rows",
        "35 to 39 go to 35-44: 5 different numbers in 5 rows",
    ]
    assert page.get_by_label("30", exact=True).input_value() == "not_known"
    assert "taken as “Not stated" in page.locator(".inset").inner_text()
