"""What is told where no page can answer, to browsers and to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from tests.service.app_fixtures import ADDRESS
from tests.service.pages.conftest import assert_usable
from tests.service.problems import problem

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.service.pages.conftest import SignedIn

WORDS = "what somebody wrote in confidence"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_an_address_without_a_page_leads_back_to_the_surveys(signed_in: SignedIn) -> None:
    page = signed_in()
    for address in ("/nowhere", "/surveys/"):
        page.goto(address)
        assert "nothing at this address" in page.inner_text("main")
        assert_usable(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Go to the surveys").click()
    assert page.get_by_role("heading", name="Surveys").is_visible()


def test_an_address_that_only_forms_are_sent_to_says_so_on_a_page(anyone: TestClient) -> None:
    answer = anyone.get("/sign-out", headers=BROWSER)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert "only takes what a form sends" in answer.text


@pytest.mark.parametrize("accepted", ["*/*", "application/json", "application/problem+json"])
def test_programs_are_told_of_it_as_of_any_problem(anyone: TestClient, accepted: str) -> None:
    problem(anyone.get("/nowhere", headers={"Accept": accepted}), 404)
    problem(anyone.get("/sign-out", headers={"Accept": accepted}), 405)


def test_calls_tell_a_browser_what_they_tell_a_program(anyone: TestClient) -> None:
    problem(anyone.get("/v1/nowhere", headers=BROWSER), 404)
    problem(anyone.get("/predict_multilabel", headers=BROWSER), 405)


@pytest.fixture
def fails(app: FastAPI) -> TestClient:
    @app.get("/surveys/{survey}/fails")
    @app.get("/v1/fails")
    def fail() -> None:
        raise RuntimeError(WORDS)

    return TestClient(app, ADDRESS, raise_server_exceptions=False)


def test_what_nobody_foresaw_is_told_a_browser_on_a_page(fails: TestClient) -> None:
    answer = fails.get("/surveys/visits/fails", headers=BROWSER)
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1>Something went wrong here</h1>" in answer.text
    assert "Go to the surveys" in answer.text
    assert WORDS not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "style-src 'self'" in answer.headers["content-security-policy"]


def test_what_nobody_foresaw_is_told_programs_and_of_calls_as_a_problem(fails: TestClient) -> None:
    problem(fails.get("/surveys/visits/fails"), 500)
    problem(fails.get("/v1/fails", headers=BROWSER), 500)
