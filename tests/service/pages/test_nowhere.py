"""What is told where there is no page, to browsers and to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.pages.conftest import assert_usable
from tests.service.problems import problem

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.service.pages.conftest import SignedIn

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
