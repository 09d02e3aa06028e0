"""From a file to a published table, on pages alone, with scripts and without."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from service.counts.records import CountsTable
from tests.service.counted_survey import PEOPLE, visitors
from tests.service.filled_survey import VISITS, tag_all
from tests.service.pages.test_bring import save, wait_for
from tests.service.pages.test_figures import cells, shown
from tests.service.pages.test_reading import ranged
from tests.service.sample_survey import write_rows

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page
    from starlette.testclient import TestClient

    from service.store import Store
    from service.tagging import LoadedModels
    from service.uploads import UploadFormat
    from tests.service.pages.conftest import SignedIn

AT = "/surveys/visits"


@pytest.mark.parametrize(("scripts", "kind"), [(True, "xlsx"), (False, "csv")])
def test_a_file_becomes_a_corrected_table(
    client: TestClient,
    signed_in: SignedIn,
    store: Store,
    models: LoadedModels,
    tmp_path: Path,
    scripts: bool,
    kind: UploadFormat,
) -> None:
    page = signed_in(scripts=scripts)
    bring(page, write_rows(tmp_path, list(visitors()), kind))
    tag_all(store, models)
    page.get_by_role("link", name="Go to the survey").click()
    page.get_by_role("link", name="By group", exact=True).click()
    page.get_by_role("link", name="Sex", exact=True).first.click()
    assert_heatmap(page, client)
    open_comments(page, client)
    read(page, client)
    assert_corrected(page, client)
    download(page, client)


def bring(page: Page, file: Path) -> None:
    page.goto("/")
    page.get_by_role("link", name="Bring a survey").click()
    page.get_by_label("The file of responses").set_input_files(file)
    page.get_by_role("button", name="Send the file").click()
    page.get_by_label("Short id").fill("visits")
    for _ in range(6):  # its name, columns, questions, schemes, and the values of two columns
        save(page)
    page.get_by_role("button", name=f"Check {PEOPLE} rows").click()
    wait_for(page, f"Import {PEOPLE} rows")
    page.get_by_role("button", name=f"Import {PEOPLE} rows").click()
    wait_for(page, "Go to the survey")


def counts(client: TestClient, **asked: str) -> CountsTable:
    return CountsTable.model_validate_json(client.get(f"{VISITS}/counts", params=asked).content)


def assert_heatmap(page: Page, client: TestClient) -> None:
    told: dict[str, list[str]] = {}
    for row in counts(client, by="sex").rows:
        told.setdefault(row.theme_name, []).append(shown(row))
    lines = cells(page.locator("#shares tbody tr"))
    assert {line[0]: line[1:] for line in lines[1:]} == told
    assert any("%" in cell for line in lines for cell in line)


def open_comments(page: Page, client: TestClient) -> None:
    with page.expect_navigation():
        page.get_by_role("row", name="Waiting").locator("td a").nth(1).click()
    asked = {"theme": "waiting", "group": "sex:female"}
    found = client.get(f"{VISITS}/comments", params=asked).json()["comments"]
    first = page.locator(".comment").first.inner_text()
    assert found[0]["text"] in " ".join(first.split())
    page.locator(".comment mark").first.wait_for()


def read(page: Page, client: TestClient) -> None:
    page.get_by_role("link", name="Read and correct").first.click()
    page.get_by_role("link", name="Draw a sample").click()
    page.get_by_label("How many?").fill("60")
    page.get_by_label("People at random").check()
    page.get_by_role("button", name="Draw the sample").click()
    page.get_by_role("link", name="Read sample 1").click()
    for _ in range(2):
        page.get_by_label("Waiting", exact=True).check()
        page.get_by_role("button", name="Save and go on").first.click()
    (sample,) = client.get(f"{VISITS}/reviews/samples").json()["samples"]
    assert sample["read"] == 2
    read_on(client, sample["id"])


def read_on(client: TestClient, sample: int) -> None:
    """Read the rest, by another reader, who finds what the model does."""
    found = client.get(f"{VISITS}/comments", params={"theme": "waiting", "limit": "200"}).json()
    waiting = {comment["id"] for comment in found["comments"]}
    following = f"{VISITS}/reviews/next?sample={sample}"
    while comment := client.get(following).json()["comment"]:
        themes = ["waiting"] if comment["id"] in waiting else []
        body = {"sample": sample, "themes": themes}
        assert client.put(f"{VISITS}/reviews/{comment['id']}", json=body).status_code == 200


def assert_corrected(page: Page, client: TestClient) -> None:
    page.goto(f"{AT}/reading")
    page.get_by_role("link", name="See the corrected figures").click()
    page.get_by_label("Theme", exact=True).select_option("waiting")
    page.get_by_role("button", name="Show", exact=True).click()
    (row,) = counts(client, theme="waiting", correct="true").rows
    assert row.corrected is not None
    assert row.corrected.share is not None
    told = ranged(row.corrected.share.model_dump())
    assert told in page.get_by_role("region", name="Everyone").inner_text()


def download(page: Page, client: TestClient) -> None:
    page.get_by_role("link", name="Downloads").click()
    with page.expect_download() as got:
        page.get_by_role("row", name="By sex").get_by_role("link", name="CSV").click()
    own = client.get(f"{VISITS}/counts", params={"by": "sex", "format": "csv"})
    assert table(got.value.path().read_text("utf-8")) == table(own.text)


def table(text: str) -> list[dict[str, str]]:
    """Read a table of counts, but for when it was made."""
    rows = csv.DictReader(text.removeprefix("\ufeff").splitlines())
    return [{name: value for name, value in row.items() if name != "made"} for row in rows]
