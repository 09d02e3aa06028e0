from __future__ import annotations

from typing import TYPE_CHECKING

from tests.service.pages.conftest import assert_usable

if TYPE_CHECKING:
    from tests.service.pages.conftest import SignedIn


def test_the_first_page_and_that_of_the_calls_are_usable_by_everybody(signed_in: SignedIn) -> None:
    page = signed_in()
    assert page.get_by_role("heading", name="Surveys").is_visible()
    assert_usable(page)
    page.goto("/docs")
    assert_usable(page)
