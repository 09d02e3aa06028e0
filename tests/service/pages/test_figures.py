"""Figures as people see them: the same as those of the calls, and no more than these tell."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from labelled_data import Polarity
from service import Settings, create_app
from service.counts.outputs.figures import interval, percent, points, verdict
from service.counts.records import CountsTable, TrendTable
from service.security import api_keys, sessions
from service.security.principals import Scope
from service.store import Store, surveys
from tests.service.app_fixtures import ADDRESS
from tests.service.counted_survey import fill
from tests.service.filled_survey import VISITS
from tests.service.live import make_key
from tests.service.pages.conftest import assert_usable
from tests.service.sample_survey import new_survey

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from service.counts.records import CountRow
    from service.tagging import LoadedModels
    from tests.service.pages.conftest import SignedIn

AT = "/surveys/visits"
PAGES = (
    "/themes",
    "/groups",
    "/groups/sex",
    "/groups/sex/waiting",
    "/over-time",
    "/over-time/waiting",
    "/coverage",
    "/downloads",
)


@pytest.fixture(scope="module")
def filled_file(
    tmp_path_factory: pytest.TempPathFactory, empty_file: Path, models: LoadedModels
) -> Path:
    """A store with the survey in it, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    file = Path(shutil.copy(empty_file, folder))
    store = Store.open(f"sqlite:///{file}")
    settings = Settings(data_dir=folder, models=("tiny",), workers=0)
    with TestClient(create_app(settings, store, models), ADDRESS) as client:
        client.headers["Authorization"] = f"Bearer {make_key(store)}"
        fill(client, store, models)
    store.close()
    return file


@pytest.fixture
def store_url(tmp_path: Path, filled_file: Path) -> str:
    return f"sqlite:///{shutil.copy(filled_file, tmp_path)}"


@pytest.fixture
def browser(anyone: TestClient, store: Store) -> Callable[..., TestClient]:
    """Signs a browser without scripts in, with a key of some scopes or by the link."""

    def sign_in(*scopes: Scope) -> TestClient:
        anyone.headers.pop("Authorization", None)
        anyone.cookies.clear()
        if scopes:
            _, key = api_keys.create(store, "test", scopes, None, "test")
            anyone.post("/sign-in", data={"key": str(key), "to": "/"})
        else:
            anyone.get("/sign-in", params={"token": sessions.new_link(store)})
        return anyone

    return sign_in


def counts(client: TestClient, query: str = "") -> CountsTable:
    answer = client.get(f"{VISITS}/counts?{query}")
    assert answer.status_code == 200, answer.text
    return CountsTable.model_validate_json(answer.content)


def trend(client: TestClient, query: str = "") -> TrendTable:
    answer = client.get(f"{VISITS}/trends?{query}")
    assert answer.status_code == 200, answer.text
    return TrendTable.model_validate_json(answer.content)


def cells(rows: Locator) -> list[list[str]]:
    """The words of each row's cells, without those for screen readers alone."""
    found: list[list[str]] = rows.evaluate_all(
        """rows => rows.map(row => [...row.cells].map(cell => {
            const copy = cell.cloneNode(true);
            copy.querySelectorAll(".unseen").forEach(each => each.remove());
            return copy.textContent.trim();
        }))"""
    )
    return found


def shown(row: CountRow) -> str:
    """How a cell tells a share."""
    if row.share:
        return percent(row.share.value)
    return "hidden" if row.hidden else "nobody"


def test_themes_are_told_as_the_call_tells_them(client: TestClient, signed_in: SignedIn) -> None:
    page = signed_in(scripts=False)
    page.goto(f"{AT}/themes")
    told = sorted(
        counts(client).rows, key=lambda row: row.share.value if row.share else -1, reverse=True
    )
    assert [[row[0], row[2]] for row in cells(page.locator("#shares tbody tr"))] == [
        [row.theme_name, interval(row.share) or shown(row)] for row in told
    ]
    assert_polarity(page, client)
    page.get_by_label("Order").select_option("codebook")
    with page.expect_navigation():
        page.get_by_role("button", name="Show", exact=True).click()
    names = [row[0] for row in cells(page.locator("#shares tbody tr"))]
    assert names == [row.theme_name for row in counts(client).rows]


def test_a_page_of_themes_is_one_note_of_the_audit(
    client: TestClient, browser: Callable[..., TestClient]
) -> None:
    before = client.get("/v1/audit").json()["entries"][0]["id"]
    assert browser().get(f"{AT}/themes?question=better").status_code == 200
    entries = browser().get("/v1/audit").json()["entries"]
    notes = [each for each in entries if each["id"] > before and each["action"] == "counts.read"]
    told = {"question": "better", "polarity": " ".join(Polarity), "policy": "nhs"}
    assert [each["detail"] for each in notes] == [told]


def assert_polarity(page: Page, client: TestClient) -> None:
    ways = ("positive", "negative", "mixed", "neutral")
    tables = [counts(client, f"polarity={way}") for way in ways]
    told = {
        rows[0].theme_name: [shown(row) for row in rows]
        for rows in zip(*(t.rows for t in tables), strict=True)
    }
    assert {row[0]: row[2:] for row in cells(page.locator("#polarity tbody tr"))} == told


def test_a_figure_leads_to_the_comments_behind_it(signed_in: SignedIn) -> None:
    page = signed_in()
    page.goto(f"{AT}/groups/sex?question=better")
    with page.expect_navigation():
        page.get_by_role("row", name="Waiting").locator("td a").nth(1).click()
    assert page.url.partition(AT)[2] == "/comments?theme=waiting&group=sex%3Afemale&question=better"
    assert page.locator(".comment").count() > 0


def test_a_heatmap_tells_what_the_call_tells(client: TestClient, signed_in: SignedIn) -> None:
    page = signed_in()
    for query in ("", "&site=South"):
        page.goto(f"{AT}/groups/sex?{query[1:]}")
        table = counts(client, f"by=sex{query}")
        told: dict[str, list[str]] = {}
        for row in table.rows:
            told.setdefault(row.theme_name, []).append(shown(row))
        lines = cells(page.locator("#shares tbody tr"))
        assert {line[0]: line[1:] for line in lines[1:]} == told
        hidden = page.locator("td.protected")
        assert hidden.count() == sum(row.hidden for row in table.rows) + lines[0].count("hidden")
        assert all(
            not re.search(r"\d", each)
            for each in hidden.evaluate_all("all => all.map(e => e.outerHTML)")
        )
    missing = page.locator("#shares tbody tr").nth(1).locator("td").nth(-1)
    assert "heat-" not in (missing.get_attribute("class") or "")
    assert_usable(page)


def test_a_theme_by_group_has_differences_in_plain_words(
    client: TestClient, signed_in: SignedIn
) -> None:
    page = signed_in(scripts=False)
    page.goto(f"{AT}/groups/sex/waiting")
    page.get_by_label("Also by").select_option(label="Carer")
    page.get_by_label("Shares").select_option("true")
    with page.expect_navigation():
        page.get_by_role("button", name="Show", exact=True).click()
    rows = counts(client, "by=sex&theme=waiting&correct=true").rows
    assert [row[4] for row in cells(page.locator("#shares tbody tr"))] == [
        interval(row.share) or shown(row) for row in rows
    ]
    compared = [row for row in rows if row.difference]
    assert any(verdict(row).startswith("Yes, more than chance") for row in compared)
    assert [(row[3], row[4]) for row in cells(page.locator("#differences tbody tr"))] == [
        (points(row.difference), verdict(row)) for row in compared
    ]
    assert "fewer than 30 people" in page.locator("#corrected").inner_text()
    crossed = counts(client, "by=sex&by=carer&theme=waiting").rows
    told = [shown(row) for row in crossed if row.kind == "group"]
    assert [each for row in cells(page.locator("#crossed tbody tr")) for each in row[1:]] == told


def test_a_theme_over_time_has_the_figures_and_marks_of_the_call(
    client: TestClient, signed_in: SignedIn
) -> None:
    page = signed_in()
    page.goto(f"{AT}/over-time")
    assert page.locator("#shares tbody tr").count() == len(trend(client).trends)
    assert_usable(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Waiting").click()
    (told,) = trend(client, "theme=waiting").trends
    assert [[row[0], row[3]] for row in cells(page.locator("#shares tbody tr"))] == [
        [point.name, interval(point.share) or "hidden"] for point in told.points
    ]
    marks = page.locator(".control .mark, .control .special")
    assert marks.count() == sum(point.count is not None for point in told.points)
    assert page.locator(".control .special").count() == sum(bool(p.signals) for p in told.points)
    assert_usable(page)
    with page.expect_navigation():
        page.get_by_role("row", name="February 2025").get_by_role("link").click()
    assert "theme=waiting&from=2025-02-01&to=2025-02-28" in page.url


def test_the_other_pages_of_figures_are_usable_by_everybody(signed_in: SignedIn) -> None:
    page = signed_in()
    for each in (
        "/themes",
        "/groups",
        "/groups/sex/waiting",
        "/coverage",
        "/downloads",
        "/themes?site=absent",
    ):
        page.goto(AT + each)
        assert_usable(page)


def test_what_could_not_be_read_is_told_as_the_call_tells_it(
    client: TestClient, browser: Callable[..., TestClient]
) -> None:
    progress = client.get(VISITS).json()["progress"]
    page = browser().get(f"{AT}/coverage").text
    assert f"{progress['statuses']['tagged']:,}" in page
    assert "/surveys/visits/comments?status=tagged" in page
    assert "group=sex%3Anot_known" in page
    assert f"{progress['missing']['sex']['known']:.0%}" in page


def test_every_file_can_be_downloaded_by_a_signed_in_browser(
    browser: Callable[..., TestClient],
) -> None:
    reader = browser(Scope.SURVEYS_READ)
    page = reader.get(f"{AT}/downloads").text
    files = {link.replace("&amp;", "&") for link in re.findall(r'href="(/v1/[^"]+)"', page)}
    assert len(files) > 10
    drawn = {link for link in files if "format=html" in link or "format=xlsx" in link}
    for link in files - drawn:
        assert reader.get(link).status_code == 200, link
    assert f"{VISITS}/report?format=xlsx" in drawn
    assert reader.get(f"{VISITS}/report?format=xlsx").status_code == 200


def test_pages_of_figures_need_the_scope_that_reads_surveys(
    browser: Callable[..., TestClient],
) -> None:
    others = browser(Scope.COMMENTS_READ, Scope.COUNTS_EXACT)
    assert {others.get(AT + each).status_code for each in PAGES} == {403}
    reader = browser(Scope.SURVEYS_READ)
    for each in PAGES:
        answer = reader.get(AT + each)
        assert answer.status_code == 200, answer.text
        assert f"{AT}/comments" not in answer.text


def test_exact_numbers_are_offered_and_told_to_those_alone_who_may_see_them(
    client: TestClient, browser: Callable[..., TestClient]
) -> None:
    exact = counts(client, "by=sex&policy=exact").rows[0]
    reader = browser(Scope.SURVEYS_READ)
    assert reader.get(f"{AT}/groups/sex?policy=exact").status_code == 403
    assert "policy" not in re.findall(r'name="(\w+)"', reader.get(f"{AT}/groups/sex").text)
    sees_all = browser(Scope.SURVEYS_READ, Scope.COUNTS_EXACT)
    page = sees_all.get(f"{AT}/groups/sex?policy=exact").text
    assert "do not publish them" in page
    assert exact.share is not None
    assert percent(exact.share.value) in page
    assert "policy=exact" in re.findall(r'href="(/v1/[^"]+)"', page)[0]


def test_what_cannot_be_counted_is_told_beside_what_was_picked(
    browser: Callable[..., TestClient],
) -> None:
    visitor = browser()
    answer = visitor.get(f"{AT}/themes", params={"site": "Nowhere", "question": "better"})
    assert answer.status_code == 422
    assert 'id="site-error"' in answer.text
    assert '<option value="Nowhere" selected>' in answer.text
    assert '<option value="better" selected>' in answer.text
    answer = visitor.get(f"{AT}/groups/sex", params={"site": "South", "question": "better"})
    assert answer.status_code == 422
    assert "at most 2" in answer.text
    for absent in ("/groups/absent", "/groups/sex/absent", "/over-time/absent"):
        assert visitor.get(AT + absent).status_code == 404


def test_a_survey_that_cannot_be_counted_says_why_on_its_own_pages(
    client: TestClient, browser: Callable[..., TestClient], store: Store
) -> None:
    client.post("/v1/surveys", json=new_survey("empty").model_dump(mode="json"))
    visitor = browser()
    answer = visitor.get("/surveys/empty/themes")
    assert answer.status_code == 422
    assert "There are no figures to show" in answer.text
    assert "no dates" in visitor.get("/surveys/empty/over-time").text
    assert visitor.get("/surveys/empty/coverage").status_code == 200
    with store.write() as conn:
        found = surveys.get(conn, "visits")
        surveys.use_artefact(conn, "visits", found.artefact.model_copy(update={"id": "gone"}))
    for each in ("/themes", "/groups", "/groups/sex", "/over-time", "/downloads"):
        answer = visitor.get(AT + each)
        assert answer.status_code == 409, each
        assert "is not loaded here" in answer.text
        assert 'aria-label="This survey"' in answer.text
