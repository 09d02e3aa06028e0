"""Pages in a real Chromium, on a live service with the tiny model and a store on SQLite."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from service.security import api_keys, sessions
from tests.service.live import live

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from service import Settings
    from service.security.principals import Scope
    from service.store import Store
    from service.tagging import LoadedModels

NEEDED = "SAYSO_TESTS_NEED_CHROMIUM"
"""Set where a missing browser is a failure, such as in continuous integration."""
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
NARROW = 320


class SignedIn(Protocol):
    """Opens a browser that is signed in, with all scopes or some."""

    def __call__(self, *scopes: Scope, scripts: bool = True) -> Page: ...


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One for all pages; it keeps an event loop running, which no test elsewhere may find."""
    place = shutil.which("chromium")
    if place is None and NEEDED not in os.environ:
        pytest.skip("there is no chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def store_url(tmp_path: Path, empty_file: Path) -> str:
    """A store on SQLite alone: what differs between stores is tested below the pages."""
    return f"sqlite:///{shutil.copy(empty_file, tmp_path)}"


@pytest.fixture
def address(settings: Settings, store: Store, models: LoadedModels) -> Iterator[str]:
    """The address of a live service."""
    with live(settings, store, models) as found:
        yield found


@pytest.fixture
def signed_in(chromium: Browser, address: str, store: Store) -> Iterator[SignedIn]:
    opened = []

    def open_page(*scopes: Scope, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=address, java_script_enabled=scripts, bypass_csp=False
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        if scopes:
            _, token = api_keys.create(store, "test", scopes, None, "test")
            page.goto("/sign-in")
            page.get_by_label("Key", exact=True).fill(str(token))
            page.get_by_role("button", name="Sign in").click()
        else:
            page.goto(f"/sign-in?token={sessions.new_link(store)}")
        return page

    yield open_page
    for context in opened:
        context.close()


def assert_usable(page: Page) -> None:
    """Assert that a page has no WCAG 2.2 AA violation and does not scroll sideways at 320 px.

    The page must be one that runs scripts: axe is one, and would be waited for without end.
    """
    page.wait_for_load_state()  # else a page that is on its way is looked at without its style
    options = {"runOnly": {"type": "tag", "values": list(WCAG)}}
    found = Axe().run(page, options=options)
    assert found.violations_count == 0, found.generate_report()
    size = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW, f"{page.url} is {wide} px wide"
    if size:
        page.set_viewport_size(size)
