"""The user guide: it builds, its references are whole, and it loads nothing from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

import sayso
from labelled_data import shipped_equality_schemes
from service import Settings, create_app
from service.counts.policy import shipped_policies
from tests.made_once import made_once

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(sayso.__file__).parent
LOADING = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src"}


class Parsed(HTMLParser):
    """What a page says, loads, links to, and can be linked to at."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.undescribed: list[str] = []
        self.text = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in LOADING:
            self.loaded.append(told.get(LOADING[tag], ""))
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if tag == "img" and not told.get("alt"):
            self.undescribed.append(told.get("src", ""))
        if "id" in told:
            self.ids.add(told["id"])

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide, built as `make guide` does: a warning, such as of a broken link, fails it."""

    def make(folder: Path) -> None:
        place = str(folder / "guide")
        build(load_config(str(ROOT / "mkdocs.yml"), site_dir=place, strict=True))

    return made_once(tmp_path_factory, "guide", make) / "guide"


@pytest.fixture(scope="module")
def pages(guide: Path) -> dict[Path, Parsed]:
    return {path: Parsed(path) for path in sorted(guide.rglob("*.html"))}


def command_names(command: object, name: str) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name
        return
    for each in inner:
        yield from command_names(inner[each], f"{name} {each}")


def test_nothing_is_loaded_from_elsewhere(guide: Path, pages: dict[Path, Parsed]) -> None:
    for path, page in pages.items():
        assert page.loaded, path
        for address in page.loaded:
            assert not urlsplit(address).netloc, f"{path}: {address}"
            if path.name != "404.html":
                assert (path.parent / unquote(address)).is_file(), f"{path}: {address}"
    for style in guide.rglob("*.css"):
        assert "url(" not in style.read_text("utf-8")
        assert "@import" not in style.read_text("utf-8")


def test_every_link_leads_to_something(pages: dict[Path, Parsed]) -> None:
    for path, page in pages.items():
        if path.name == "404.html":
            continue  # it is shown at any address, so its links start at the root
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target in pages, f"{path.name}: {link}"
            if parts.fragment:
                assert parts.fragment in pages[target].ids, f"{path.name}: {link}"


def test_every_picture_is_described(pages: dict[Path, Parsed]) -> None:
    assert {path: page.undescribed for path, page in pages.items() if page.undescribed} == {}


def test_every_command_and_its_options_are_in_the_reference(
    guide: Path, pages: dict[Path, Parsed]
) -> None:
    from typer.main import get_command

    text = pages[guide / "reference" / "commands.html"].text
    names = list(command_names(get_command(sayso.command()), "sayso"))
    assert {"sayso tag", "sayso data check", "sayso keys create"} <= set(names)
    headings = {line.strip() for line in text.splitlines()}
    assert set(names) <= headings
    for option in ("--text-column", "--fast", "--policy", "--database-url", "--record"):
        assert option in text


def test_every_setting_is_in_the_reference_with_its_default(
    guide: Path, pages: dict[Path, Parsed]
) -> None:
    text = pages[guide / "reference" / "settings.html"].text
    for name in Settings.model_fields:
        assert f"SAYSO_{name.upper()}" in text
    assert "fft,uec,ics" in text
    assert str(Settings.model_fields["upload_bytes"].default) in text


def test_every_call_is_in_the_reference(guide: Path, pages: dict[Path, Parsed]) -> None:
    text = pages[guide / "reference" / "calls.html"].text
    paths = create_app(Settings(models=("tiny",))).openapi()["paths"]
    for path, methods in paths.items():
        for method in methods:
            assert f"{method.upper()} {path}" in text


def test_every_policy_and_scheme_is_in_the_reference(
    guide: Path, pages: dict[Path, Parsed]
) -> None:
    text = pages[guide / "reference" / "policies-and-groups.html"].text
    for name in (*shipped_policies(), *shipped_equality_schemes()):
        assert name in text
