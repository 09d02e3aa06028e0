from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from service.security import sessions
from service.security.principals import Scope
from tests.service.problems import problem

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from service import Settings
    from service.store import Store
    from tests.service.app_fixtures import MakeKey


@pytest.fixture
def browser(anyone: TestClient, store: Store) -> TestClient:
    """A browser that has followed the link."""
    response = anyone.get("/sign-in", params={"token": sessions.new_link(store)})
    assert (response.status_code, response.headers["location"]) == (303, "/")
    return anyone


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_who_is_not_signed_in_is_told_how_to(anyone: TestClient) -> None:
    response = anyone.get("/")
    assert response.status_code == 401
    assert "sayso serve" in response.text


def test_the_link_leads_to_the_surveys_and_models(browser: TestClient) -> None:
    page = browser.get("/").text
    assert "There are no surveys yet" in page
    assert "tiny 1.0.0" in page


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    anyone: TestClient, store: Store
) -> None:
    response = anyone.get("/sign-in", params={"token": sessions.new_link(store)})
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age=43200" in cookie


def test_a_link_that_was_used_leads_nowhere(browser: TestClient, store: Store) -> None:
    for token in ("", "guess", "\x00", "é"):
        response = browser.get("/sign-in", params={"token": token})
        assert response.status_code == 401
        assert "used before" in response.text


def test_a_signed_in_browser_may_call_what_a_key_may(browser: TestClient) -> None:
    assert browser.get("/v1/keys").status_code == 200


def test_it_changes_something_only_with_its_token(browser: TestClient) -> None:
    new = {"name": "mine", "scopes": ["tag"]}
    problem(browser.post("/v1/keys", json=new), 403)
    token = csrf_of(browser.get("/").text)
    made = browser.post("/v1/keys", json=new, headers={"X-CSRF-Token": token})
    assert made.status_code == 201


def test_signing_out_ends_the_session(browser: TestClient, store: Store) -> None:
    secret = browser.cookies[sessions.COOKIE]
    browser.post("/sign-out", data={"csrf": "guess"})
    assert sessions.find(store, secret) is not None
    browser.cookies.set(sessions.COOKIE, secret)
    browser.post("/sign-out", data={"csrf": csrf_of(browser.get("/").text)})
    assert sessions.find(store, secret) is None
    assert browser.get("/").status_code == 401


def test_the_description_of_the_calls_is_a_page_that_loads_nothing_from_elsewhere(
    anyone: TestClient,
) -> None:
    page = anyone.get("/docs").text
    assert "POST /v1/tag" in page
    assert re.findall("<script[^>]*>", page) == ['<script src="/static/pages.js" defer>']
    links = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert all(link.startswith(("/", "#")) for link in links)


def test_every_call_is_on_that_page(anyone: TestClient) -> None:
    page = anyone.get("/docs").text
    for path, methods in anyone.get("/openapi.json").json()["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page


class TestWithClosedDocs:
    """The description of the calls can be kept for those with a key."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"docs_need_key": True})

    def test_it_is_then_read_with_a_key_alone(self, anyone: TestClient, make_key: MakeKey) -> None:
        for path in ("/docs", "/openapi.json"):
            problem(anyone.get(path), 401)
            assert anyone.get(path, headers=make_key(Scope.TAG)).status_code == 200
