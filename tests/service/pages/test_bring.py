from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from service.bringing.folder import drafts_in
from tests.service.filled_survey import ROWS, tag_all
from tests.service.pages.conftest import assert_usable
from tests.service.sample_survey import new_survey, row, write_rows

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from service import Settings
    from service.store import Store
    from service.tagging import LoadedModels
    from service.uploads import UploadFormat
    from tests.service.pages.conftest import SignedIn

WRITTEN = "the queue was 7 hours long, said Mavis"
WRONG = (
    row("r5", patient="p5", date="soon", hospital="North", sex="F", carer="Y", better=WRITTEN),
    row("r6", patient="p6", date="2025-03-18", hospital="North", sex="Q", carer="N", good=WRITTEN),
)
SENT = tuple({**each, "patient": f"p{n}"} for n, each in enumerate(ROWS)) + WRONG
SAVE = "Save and continue"
LOOKS = 400
"""How often a page is looked at again, twenty times a second."""


def send(page: Page, folder: Path, kind: UploadFormat = "csv") -> str:
    """Send the file; gives the address of the draft."""
    page.goto("/bring")
    page.get_by_label("The file of responses").set_input_files(write_rows(folder, SENT, kind))
    page.get_by_role("button", name="Send the file").click()
    page.wait_for_url("**/survey")
    return page.url.removesuffix("/survey")


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=SAVE).click()


def name_and_columns(page: Page) -> None:
    """Go through the pages up to the values of groups; all that is guessed is right."""
    page.get_by_label("Short id").fill("Not An Id")
    save(page)
    assert page.get_by_role("alert").get_by_role("link").count() == 1
    page.get_by_label("Short id").fill("visits")
    save(page)
    guessed = {name: page.get_by_label(name, exact=True).input_value() for name in SENT[0]}
    assert guessed == {
        "response_id": "response_id",
        "patient": "person",
        "date": "date",
        "hospital": "site",
        "good": "comments",
        "better": "comments",
        "sex": "group",
        "carer": "group",
    }
    save(page)
    page.get_by_label("Question that “good” answers").fill("What was good?")
    page.get_by_label("Question that “better” answers").fill("What could we do better?")
    save(page)
    chosen = {name: page.get_by_label(name, exact=True).input_value() for name in ("sex", "carer")}
    assert chosen == {"sex": "sex", "carer": "carer"}
    save(page)


def values(page: Page) -> dict[str, tuple[str, str]]:
    """Give how often each value stands in the file, and where it goes."""
    rows = [each for each in page.locator("tbody tr").all() if each.locator("select").count()]
    return {
        each.locator("th").inner_text(): (
            each.locator("td").first.inner_text(),
            each.locator("select").input_value(),
        )
        for each in rows
    }


def map_values(page: Page) -> None:
    assert values(page) == {
        "Q": ("1", ""),
        "F": ("3", "female"),
        "M": ("1", "male"),
        "Blank": ("1", "not_asked"),
    }
    save(page)
    wrong = page.get_by_role("alert").get_by_role("link")
    assert wrong.inner_text() == "Choose where 'Q' goes"
    wrong.click()
    assert page.get_by_label("Q", exact=True).evaluate("each => each === document.activeElement")
    page.get_by_label("Q", exact=True).select_option("not_known")
    page.get_by_label("Blank").select_option("not_known")
    save(page)
    assert values(page) == {
        "N": ("3", "not_carer"),
        "Y": ("2", "carer"),
        "Z": ("1", "not_stated"),
    }
    save(page)


def wait_for(page: Page, name: str) -> None:
    """Wait for a button or a link; without scripts by looking again."""
    wanted = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    again = page.get_by_role("link", name="look again")
    for tried in range(LOOKS):
        if wanted.count():
            return
        if again.count():
            again.click()
        elif tried == LOOKS // 2:
            page.reload()
        page.wait_for_timeout(50)
    raise AssertionError(page.inner_text("main"))


def dry_run(page: Page) -> str:
    """Check the rows; gives what is to be downloaded of what is wrong with them."""
    page.get_by_role("button", name="Check 6 rows").click()
    wait_for(page, "Import 5 rows")
    assert page.get_by_role("row").all_inner_texts()[1:] == [
        "6\tdate\tthe value is not a date of ISO 8601, such as 2025-03-31"
    ]
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    return download.value.path().read_text("utf-8")


@pytest.mark.parametrize(("scripts", "kind"), [(True, "csv"), (False, "xlsx")])
def test_a_survey_is_brought_from_its_file_to_its_overview(
    signed_in: SignedIn,
    store: Store,
    models: LoadedModels,
    settings: Settings,
    tmp_path: Path,
    scripts: bool,
    kind: UploadFormat,
) -> None:
    page = signed_in(scripts=scripts)
    send(page, tmp_path, kind)
    name_and_columns(page)
    if scripts:
        assert_usable(page)
    map_values(page)
    told = dry_run(page)
    assert told.splitlines()[0] == "row,column,what is wrong"
    assert WRITTEN not in told
    if scripts:
        assert_usable(page)
    page.get_by_role("button", name="Import 5 rows").click()
    wait_for(page, "Go to the survey")
    assert page.locator("#tagging").get_by_text("0 of 6").is_visible()
    assert [path.name for path in drafts_in(settings.spool).glob("*/*.*")] == ["errors.csv"]
    tag_all(store, models)
    if scripts:
        page.get_by_text("Every comment is tagged").wait_for()
    page.get_by_role("link", name="Go to the survey").click()
    survey = page.request.get("/v1/surveys/visits").json()
    figures = dict(
        zip(
            page.locator(".figures dt").all_inner_texts(),
            page.locator(".figures dd").all_inner_texts(),
            strict=True,
        )
    )
    progress = survey.pop("progress")
    assert figures == {
        "responses": str(progress["responses"]),
        "comments": str(progress["comments"]),
        "comments tagged": str(progress["tagged"]),
    }
    assert (progress["responses"], progress["comments"], progress["tagged"]) == (5, 6, 6)
    assert progress["groups"]["sex"] == {"female": 2, "male": 1, "not_known": 2}
    assert survey["columns"]["text"] == new_survey().model_dump(mode="json")["columns"]["text"]
    shown = {
        each.locator("th").inner_text(): each.locator("td").first.inner_text()
        for each in page.locator("#progress tbody tr").all()
    }
    assert sum(map(int, shown.values())) == sum(progress["statuses"].values())
    if scripts:
        assert_usable(page)
