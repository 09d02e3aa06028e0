"""Having people read comments, as those see it who do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from service.security import api_keys, sessions
from service.security.principals import Scope
from tests.service.counted_survey import fill
from tests.service.filled_survey import VISITS
from tests.service.pages.conftest import assert_usable

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from starlette.testclient import TestClient

    from service.store import Store
    from service.tagging import LoadedModels
    from tests.service.app_fixtures import MakeKey
    from tests.service.pages.conftest import SignedIn

READING = "/surveys/visits/reading"
SAMPLES = f"{VISITS}/reviews/samples"
SUGGESTED = "Suggested by the model"


@pytest.fixture
def filled(client: TestClient, store: Store, models: LoadedModels) -> TestClient:
    fill(client, store, models)
    return client


def samples(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(SAMPLES).json()["samples"]
    return found


def draw(client: TestClient, **asked: object) -> int:
    new = {"kind": "random", "unit": "comments", "size": 4} | asked
    number: int = client.post(SAMPLES, json=new).json()["id"]
    return number


def said(client: TestClient) -> list[str]:
    """The themes of each row of the export."""
    rows = client.get(f"{VISITS}/reviews/export").text.splitlines()[1:]
    return [row.split(",")[3] for row in rows]


def read_all(
    client: TestClient, sample: int, *themes: str, reader: dict[str, str] | None = None
) -> None:
    following = f"{VISITS}/reviews/next?sample={sample}"
    while (shown := client.get(following, headers=reader or {}).json())["comment"]:
        body = {"sample": sample, "themes": themes}
        client.put(f"{VISITS}/reviews/{shown['comment']['id']}", json=body, headers=reader or {})


def comment_of(page: Page) -> str:
    return page.locator("input[name=comment]").get_attribute("value") or ""


def press(page: Page, name: str) -> None:
    """Press a button, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str) -> None:
    """Follow a link, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()


def test_a_sample_is_drawn_and_read_by_forms_alone(filled: TestClient, signed_in: SignedIn) -> None:
    page = signed_in(scripts=False)
    page.goto(f"{READING}/draw")
    press(page, "Draw the sample")
    assert page.get_by_role("alert").get_by_role("link", name="whole number").is_visible()
    page.get_by_label("How many?").fill("3")
    page.get_by_label("Comments at random").check()
    press(page, "Draw the sample")
    (sample,) = samples(filled)
    assert (sample["kind"], sample["unit"], sample["size"]) == ("random", "comments", 3)
    assert sample["blind"]
    assert "Sample 1 is drawn: 3 comments" in page.get_by_role("status").inner_text()
    follow(page, "Read sample 1")
    assert SUGGESTED not in page.content()
    assert page.locator(".review mark, .review .tag, .review input:checked").count() == 0
    press(page, "Save and go on")
    assert page.get_by_role("alert").is_visible()
    first = comment_of(page)
    follow(page, "Leave it for later")
    assert comment_of(page) != first
    page.get_by_label("Waiting", exact=True).check()
    page.get_by_label("Spoken of with (Waiting)").select_option("negative")
    press(page, "Save and go on")
    follow(page, "Go back to the last you read")
    assert page.get_by_label("Waiting", exact=True).is_checked()
    assert page.get_by_label("Spoken of with (Waiting)").input_value() == "negative"
    page.get_by_label("Parking", exact=True).check()
    press(page, "Save and go on")
    page.get_by_label("None of these themes").check()
    press(page, "Save and go on")
    assert comment_of(page) == first  # once there is no other
    page.get_by_label("Kindness", exact=True).check()
    press(page, "Save and go on")
    assert page.get_by_role("heading", name="You have read all of sample 1").is_visible()
    assert sorted(said(filled)) == ["", "kindness", "waiting;parking"]
    assert samples(filled)[0]["read"] == 3


def test_a_sample_with_suggestions_is_read_by_keyboard(
    filled: TestClient, signed_in: SignedIn
) -> None:
    sample = draw(filled, blind=False, size=4)
    page = signed_in()
    page.goto(f"{READING}/{sample}")
    assert_usable(page)
    suggested = page.locator("[data-theme]", has_text=SUGGESTED)
    assert suggested.get_by_role("checkbox").first.is_checked()
    theme = suggested.get_by_role("checkbox").first.get_attribute("value")
    keys = page.keyboard
    with page.expect_navigation():
        keys.press("Enter")
    assert said(filled) == [theme]
    first = comment_of(page)
    for checked in page.locator("[data-theme] :checked:not(option)").all():
        checked.press("Space")
    keys.press("3")
    keys.press("-")
    keys.press("/")
    keys.type("waitin")
    assert page.locator("[data-theme]:visible").count() == 2
    keys.press("Enter")
    keys.press("Escape")
    assert page.locator("[data-theme]:visible").count() == 3
    with page.expect_navigation():
        keys.press("Control+Enter")
    assert "waiting;parking" in said(filled)
    with page.expect_navigation():
        keys.press("<")
    assert comment_of(page) == first
    assert page.get_by_label("Spoken of with (Parking)").input_value() == "negative"
    keys.press("0")
    keys.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.get_by_label("Use these keys").uncheck()
    keys.press("Escape")
    keys.press("1")
    assert page.locator(":checked:not(option)").count() == 1
    with page.expect_navigation():
        keys.press("Control+Enter")
    assert "waiting;parking" not in said(filled)


def test_corrected_figures_appear_as_people_read(filled: TestClient, signed_in: SignedIn) -> None:
    page = signed_in(scripts=False)
    address = "/surveys/visits/corrected?theme=waiting&by=sex"
    page.goto(address)
    (cell, *_) = page.locator("tbody td:nth-child(4)").all_inner_texts()
    assert "Not corrected: fewer than 30" in cell
    read_all(filled, draw(filled, unit="people", size=40), "waiting")
    page.goto(address)
    asked = {"theme": "waiting", "by": "sex", "correct": "true"}
    rows = filled.get(f"{VISITS}/counts", params=asked).json()["rows"]
    table = page.get_by_role("region", name="Waiting", exact=True)
    shown = [row.split("\t") for row in table.locator("tbody tr").all_inner_texts()]
    assert len(shown) == len(rows)
    for cells, row in zip(shown, rows, strict=True):
        if row["share"] or row["hidden"]:
            assert cells[2].strip() == (ranged(row["share"]) or "hidden")
        if row["corrected"] and row["corrected"]["share"]:
            assert cells[3].strip() == ranged(row["corrected"]["share"])
            assert int(cells[4]) == row["corrected"]["read"]
    steps = page.locator("#narrowing tbody tr").all_inner_texts()
    assert len(steps) == 4
    assert steps[-1].split("\t")[1].strip() == ranged(rows[0]["corrected"]["share"])
    assert steps[-1].startswith(f"{rows[0]['corrected']['read']} (now)")


def test_corrected_figures_by_group_are_told_theme_by_theme(
    filled: TestClient, signed_in: SignedIn
) -> None:
    page = signed_in()
    page.goto("/surveys/visits/corrected?by=sex")
    rows = filled.get(f"{VISITS}/counts", params={"by": "sex", "correct": "true"}).json()["rows"]
    themes = list(dict.fromkeys(row["theme_name"] for row in rows))
    parts = page.locator("details.theme-table")
    told = [each.partition(":")[0] for each in parts.locator("summary").all_inner_texts()]
    assert told == themes
    assert page.locator("tbody tr:visible").count() == 0
    parts.first.locator("summary").click()
    assert page.locator("tbody tr:visible").count() == len(rows) / len(themes)
    assert_usable(page)
    with page.expect_navigation():
        parts.first.get_by_role("link").first.click()
    assert page.get_by_role("heading", name="Comments").is_visible()


def ranged(share: dict[str, float] | None) -> str:
    if share is None:
        return ""
    value, low, high = (f"{100 * share[name]:.1f}%" for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def test_a_plan_is_the_calls_and_one_button_draws_it(
    filled: TestClient, signed_in: SignedIn
) -> None:
    page = signed_in(scripts=False)
    page.goto(f"{READING}/plan")
    page.get_by_label("Which groups").select_option("sex")
    page.get_by_label("Within 10 percentage points").check()
    press(page, "Make the plan")
    plan = filled.get(f"{VISITS}/reviews/plan", params={"by": "sex", "width": 0.2}).json()
    cells = [row.split("\t") for row in page.locator("tbody tr").all_inner_texts()]
    assert [row[:4] for row in cells] == [
        [group["name"], *(str(group[name]) for name in ("people", "read", "further"))]
        for group in plan["plan"]["groups"]
    ]
    press(page, "Draw these people")
    (drawn,) = samples(filled)
    assert [(each["groups"], each["size"]) for each in drawn["strata"]][:-1] == [
        (each["groups"], each["size"]) for each in plan["strata"]
    ][:-1]


def test_every_page_of_reading_is_usable_by_everybody(
    filled: TestClient, signed_in: SignedIn, make_key: MakeKey
) -> None:
    sample = draw(filled, size=3)
    for reader in (make_key(Scope.REVIEW), make_key(Scope.REVIEW)):
        read_all(filled, sample, "waiting", reader=reader)
    page = signed_in()
    corrected = "/surveys/visits/corrected?theme=waiting&by=sex"
    for address in ("", "/draw", "/plan?by=sex&width=0.2", "/agreement"):
        page.goto(f"{READING}{address}")
        assert_usable(page)
    told = filled.get(f"{VISITS}/reviews/agreement").json()
    assert f"2 readers read {told['comments']} comments" in page.locator("main").inner_text()
    page.goto(corrected)
    assert_usable(page)


class TestRules:
    """What does not need a browser."""

    @pytest.fixture
    def browser(self, filled: TestClient, store: Store) -> TestClient:
        del filled.headers["Authorization"]
        _, token = api_keys.create(store, "test", [Scope.REVIEW], None, "test")
        filled.post("/sign-in", data={"key": str(token)})
        return filled

    def test_who_may_review_alone_sees_no_figures(self, browser: TestClient) -> None:
        page = browser.get(READING)
        assert page.status_code == 200
        assert "/surveys/visits/corrected" not in page.text
        assert browser.get(f"{READING}/plan?by=sex").status_code == 403
        assert browser.get("/surveys/visits/corrected").status_code == 403

    def test_a_review_is_kept_under_the_name_of_who_reads(
        self, browser: TestClient, store: Store
    ) -> None:
        token = csrf(browser.get(READING).text)
        new = {"csrf": token, "of": "comments", "size": "2", "blind": "true"}
        assert browser.post(f"{READING}/draw", data=new).status_code == 303
        page = browser.get(f"{READING}/1")
        comment = re.search(r'name="comment" value="(\d+)"', page.text)
        assert comment is not None
        kept = {"comment": comment[1], "theme": "waiting"}
        assert browser.post(f"{READING}/1", data=kept).status_code == 403
        assert browser.post(f"{READING}/1", data=kept | {"csrf": token}).status_code == 303
        wrong = kept | {"csrf": token, "theme": "absent"}
        assert browser.post(f"{READING}/1", data=wrong).status_code == 422
        assert browser.get(f"{READING}/1?comment=999999").status_code == 404
        browser.get("/sign-in", params={"token": sessions.new_link(store)})
        entries = browser.get("/v1/audit").json()["entries"]
        (put,) = [entry for entry in entries if entry["action"] == "review.put"]
        assert put["actor"].startswith("key ")

    def test_exact_figures_need_their_scope(self, filled: TestClient, store: Store) -> None:
        del filled.headers["Authorization"]
        _, token = api_keys.create(store, "test", [Scope.SURVEYS_READ], None, "test")
        filled.post("/sign-in", data={"key": str(token)})
        assert filled.get("/surveys/visits/corrected").status_code == 200
        assert filled.get("/surveys/visits/corrected?policy=exact").status_code == 403


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]
