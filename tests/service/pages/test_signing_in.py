from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from service.errors import TooManyRequestsError
from service.security import api_keys, sessions
from service.security.principals import Scope
from service.store import audit
from tests.service.pages.conftest import assert_usable
from tests.service.problems import problem

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from service import Settings
    from service.store import Store
    from tests.service.app_fixtures import MakeKey
    from tests.service.pages.conftest import SignedIn


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


class TestByAKey:
    """A browser may also sign in by a key, and then do what that may."""

    @pytest.fixture
    def token(self, store: Store) -> str:
        made = api_keys.create(store, "reader", [Scope.SURVEYS_READ], None, "test")
        return str(made[1])

    def test_it_leads_to_the_page_that_was_asked_for(self, anyone: TestClient, token: str) -> None:
        assert 'name="to" value="/?a=1"' in anyone.get("/?a=1").text
        response = anyone.post("/sign-in", data={"key": f" {token} ", "to": "/?a=1"})
        assert (response.status_code, response.headers["location"]) == (303, "/?a=1")
        assert anyone.get("/").status_code == 200

    @pytest.mark.parametrize(
        "to",
        ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "", "/\t/a"],
    )
    def test_it_never_leads_elsewhere(self, anyone: TestClient, token: str, to: str) -> None:
        response = anyone.post("/sign-in", data={"key": token, "to": to})
        assert response.headers["location"] == "/"

    def test_a_session_may_do_no_more_than_its_key(self, anyone: TestClient, token: str) -> None:
        anyone.post("/sign-in", data={"key": token})
        assert anyone.get("/v1/surveys").status_code == 200
        problem(anyone.get("/v1/keys"), 403)

    def test_it_ends_with_its_key_at_once(
        self, anyone: TestClient, store: Store, token: str
    ) -> None:
        anyone.post("/sign-in", data={"key": token})
        (key,) = api_keys.every(store)
        api_keys.revoke(store, key.id, "test")
        assert anyone.get("/").status_code == 401
        problem(anyone.get("/v1/surveys"), 401)

    def test_what_is_no_good_key_is_refused_and_not_shown_again(self, anyone: TestClient) -> None:
        for key, status in (
            ("", 422),
            ("guess", 401),
            (f"sayso_1_{'a' * 43}", 401),
            ("é\x00", 401),
        ):
            response = anyone.post("/sign-in", data={"key": key, "to": "/models"})
            assert response.status_code == status
            assert "There is a problem" in response.text
            assert 'name="to" value="/models"' in response.text
            assert not key or key not in response.text
            assert "set-cookie" not in response.headers

    def test_the_audit_names_the_key(self, anyone: TestClient, store: Store, token: str) -> None:
        anyone.post("/sign-in", data={"key": token})
        anyone.post("/sign-out", data={"csrf": csrf_of(anyone.get("/").text)})
        with store.read() as conn:
            out, came, _ = audit.every(conn, 3)
        (key,) = api_keys.every(store)
        assert {(entry.actor, entry.action) for entry in (came, out)} == {
            (f"key {key.id}", "session.sign_in"),
            (f"key {key.id}", "session.sign_out"),
        }
        assert token not in f"{came}{out}"

    def test_a_form_of_another_site_signs_nobody_in(self, anyone: TestClient, token: str) -> None:
        headers = {"Sec-Fetch-Site": "cross-site"}
        response = anyone.post("/sign-in", data={"key": token}, headers=headers)
        assert response.status_code == 403
        assert "set-cookie" not in response.headers

    def test_who_signs_out_may_sign_in_again(self, signed_in: SignedIn) -> None:
        page = signed_in(Scope.SURVEYS_READ)
        assert page.get_by_role("link", name="Keys and people").count() == 0
        page.get_by_role("button", name="Sign out").click()
        page.get_by_label("Key", exact=True).fill("guess")
        page.get_by_role("button", name="Sign in").click()
        assert "This is not a key" in page.get_by_role("alert").inner_text()
        assert_usable(page)


class TestWithFewRequests:
    """Guesses are counted as other requests are."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"requests_per_minute": 2})

    def test_guesses_come_to_an_end(self, anyone: TestClient) -> None:
        answers = [anyone.post("/sign-in", data={"key": "guess"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, TooManyRequestsError.status]
        assert int(answers[-1].headers["retry-after"]) > 0


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
