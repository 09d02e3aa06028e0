"""Comments behind a figure, as people see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from service.security import api_keys
from service.security.principals import Scope
from tests.service.counted_survey import fill
from tests.service.filled_survey import VISITS
from tests.service.pages.conftest import assert_usable

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page
    from starlette.testclient import TestClient

    from service.store import Store
    from service.tagging import LoadedModels
    from tests.service.pages.conftest import SignedIn

COMMENTS = "/surveys/visits/comments"
A_PAGE = 20


@pytest.fixture
def filled(client: TestClient, store: Store, models: LoadedModels) -> TestClient:
    fill(client, store, models)
    return client


def told(client: TestClient, **query: str | int) -> list[dict[str, Any]]:
    answer = client.get(f"{VISITS}/comments", params={"limit": A_PAGE, **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["comments"]
    return found


def texts(page: Page) -> list[str]:
    """The comments of a page, without the numbers beside what is marked."""
    found: list[str] = page.locator(".comment").evaluate_all(
        """comments => comments.map(comment => {
            const copy = comment.cloneNode(true);
            copy.querySelectorAll("sup, .unseen").forEach(each => each.remove());
            return copy.textContent;
        })"""
    )
    return found


def test_comments_behind_a_figure_are_those_of_the_call_with_their_evidence(
    filled: TestClient, signed_in: SignedIn
) -> None:
    page = signed_in(scripts=False)
    page.goto(f"{COMMENTS}?theme=waiting&group=sex:female")
    found = told(filled, theme="waiting", group="sex:female")
    assert texts(page) == [comment["text"] for comment in found]
    marked = {mark.strip() for mark in page.locator("mark").all_inner_texts()}
    places = [
        (one["text"], place) for one in found for tag in one["themes"] for place in tag["evidence"]
    ]
    assert marked
    assert {text[place["start"] : place["end"]].strip() for text, place in places} == marked
    assert "(these words carry Waiting)" in page.locator(".comment").first.inner_text()
    assert page.locator("#behind").inner_text() == (
        "Comments with the theme Waiting, from people in the group Female (Sex)."
    )
    figure = page.get_by_role("link", name="See the figure")
    assert figure.get_attribute("href") == "/surveys/visits/groups/sex/waiting"
    more = page.get_by_role("navigation", name="Pages")
    every = told(filled, theme="waiting", group="sex:female", limit=500)
    assert f"{len(every) - A_PAGE} more" in more.inner_text()
    with page.expect_navigation():
        more.get_by_role("link", name="Next page").click()
    assert texts(page) == [comment["text"] for comment in every[A_PAGE : 2 * A_PAGE]]


def test_words_that_are_searched_for_stand_in_no_address_and_no_log(
    filled: TestClient, signed_in: SignedIn, caplog: pytest.LogCaptureFixture
) -> None:
    page = signed_in()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(COMMENTS)
    page.get_by_label("Words").fill("hours")
    with page.expect_navigation():
        page.get_by_role("button", name="Search").click()
    found = told(filled, q="hours", limit=500)
    assert len(found) > A_PAGE
    assert texts(page) == [comment["text"] for comment in found[:A_PAGE]]
    assert "with the words “hours”" in page.locator("#behind").inner_text()
    with page.expect_navigation():
        page.get_by_role("button", name="Next page").click()
    assert texts(page) == [comment["text"] for comment in found[A_PAGE : 2 * A_PAGE]]
    assert not [url for url in [*asked, page.url] if "hours" in url]
    assert "hours" not in caplog.text
    assert_usable(page)
    page.get_by_label("Words").fill("")
    page.get_by_label("Theme", exact=True).select_option("kindness")
    with page.expect_navigation():
        page.get_by_role("button", name="Search").click()
    assert page.url.endswith(f"{COMMENTS}?theme=kindness")


class TestRules:
    """What does not need a browser."""

    @pytest.fixture
    def sign_in(self, anyone: TestClient, store: Store) -> Callable[..., TestClient]:
        def sign_in(*scopes: Scope) -> TestClient:
            _, token = api_keys.create(store, "test", scopes, None, "test")
            anyone.post("/sign-in", data={"key": str(token)})
            return anyone

        return sign_in

    def test_only_who_may_read_comments_sees_them(
        self, filled: TestClient, sign_in: Callable[..., TestClient]
    ) -> None:
        del filled.headers["Authorization"]
        assert sign_in(Scope.SURVEYS_READ).get(COMMENTS).status_code == 403
        page = sign_in(Scope.COMMENTS_READ).get(f"{COMMENTS}?theme=waiting")
        assert page.status_code == 200
        assert "See the figure" not in page.text
        assert "/surveys/visits/reading" not in page.text
        assert anyone_posts(filled) == 403

    def test_what_is_wrong_with_a_search_is_said_beside_its_field(
        self, filled: TestClient, sign_in: Callable[..., TestClient]
    ) -> None:
        browser = sign_in(Scope.ADMIN)
        page = browser.get(f"{COMMENTS}?from=yesterday&theme=waiting")
        assert page.status_code == 422
        assert 'href="#from"' in page.text
        assert "such as 2025-03-31" in page.text
        assert 'value="waiting" selected' in page.text
        assert browser.get(f"{COMMENTS}?theme=absent").status_code == 422


def anyone_posts(client: TestClient) -> int:
    return client.post(COMMENTS, data={"csrf": "guess", "q": "hours"}).status_code
