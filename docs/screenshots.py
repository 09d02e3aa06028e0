"""Takes the guide's pictures: starts Sayso on a fresh store with the example surveys and walks it.

    python docs/screenshots.py [FOLDER]

It needs `chromium`. In place of people who read a sample stand the codes of the survey's writers.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from labelled_data import example_survey
from service import Settings
from service.client import Client
from service.security import api_keys
from service.security.principals import Scope
from service.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import FloatRect, Page

IMAGES = Path(__file__).parent / "images"
SURVEY = "uec_survey"
AT = f"/surveys/{SURVEY}"
WIDE, NARROW = 1280, 320
TALLEST = 1000
"""Pixels of a page that a picture shows at most."""
COLOURS = 64
PEOPLE_READ = 250
SEED = 7
PATIENCE = 600
"""Seconds until every comment has to be tagged."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page that is shown as it is opened.

    Attributes:
        name: Of the file.
        address: Of the page.
        width: Of the browser, in pixels.
    """

    name: str
    address: str
    width: int = WIDE


PICTURES = (
    Picture("surveys", "/"),
    Picture("overview", AT),
    Picture("themes", f"{AT}/themes"),
    Picture("groups", f"{AT}/groups/ethnicity"),
    Picture("group-theme", f"{AT}/groups/ethnicity/pain"),
    Picture("over-time", f"{AT}/over-time/waiting"),
    Picture("coverage", f"{AT}/coverage"),
    Picture("comments", f"{AT}/comments?theme=pain&group=ethnicity:black"),
    Picture("reading", f"{AT}/reading"),
    Picture("corrected", f"{AT}/corrected"),
    Picture("downloads", f"{AT}/downloads"),
    Picture("model", "/models/uec"),
    Picture("thresholds", "/models/uec/thresholds"),
    Picture("keys", "/keys"),
    Picture("themes-narrow", f"{AT}/themes", NARROW),
)


def main(folder: Path) -> None:
    """Take every picture."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("There is no chromium here: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place, _served(Path(place)) as (link, key):
        address = link.partition("/sign-in")[0]
        unread = _read_a_sample(address, key)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(base_url=address)
            page.goto(link)
            _walk(page, folder, unread)
            browser.close()


@contextmanager
def _served(data: Path) -> Iterator[tuple[str, str]]:
    """Give the link that signs a browser in, and a key, of a service that runs meanwhile."""
    environment = os.environ | {"SAYSO_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "sayso", "serve", "--example", "--port", "0"]
    with (
        (data / "log").open("w") as log,
        subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            yield _link(process), _key(data)
        finally:
            process.terminate()


def _link(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        found = re.search(r"http://\S+", line)
        if found:
            return found[0]
    raise SystemExit("The service did not start")


def _key(data: Path) -> str:
    store = Store.open(Settings.read(data_dir=data).store_url)
    _, token = api_keys.create(store, "Ann, insight team", [Scope.ADMIN], None, "example")
    store.close()
    return str(token)


def _read_a_sample(address: str, key: str) -> int:
    """Have a sample of people read once all is tagged, and give the number of an unread one."""
    codes = _codes()
    with Client(address, key) as client:
        client.wait_until_tagged(SURVEY, PATIENCE)
        sample = client.draw_sample(SURVEY, PEOPLE_READ, unit="people", seed=SEED)
        while (comment := client.next_review(SURVEY, sample.id)) is not None:
            themes, polarity = codes[comment.question, comment.text]
            client.put_review(SURVEY, comment.id, themes, polarity, sample=sample.id)
        return client.draw_sample(SURVEY, 50, unit="people", seed=SEED + 1, blind=False).id


def _codes() -> dict[tuple[str, str], tuple[list[str], dict[str, str]]]:
    """Give the themes and their polarity that the writers gave each text, by question."""
    survey = example_survey("uec")
    with survey.responses.open(encoding="utf-8-sig", newline="") as file:
        texts = {
            (row[survey.columns.person], column.question): row[column.column]
            for row in csv.DictReader(file)
            for column in survey.columns.text
        }
    codes = {}
    with survey.codes.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            text = texts[row["response_id"], row["question"]]
            pairs = [each.partition("=")[::2] for each in row["polarity"].split(";") if each]
            codes[row["question"], text] = (
                [theme for theme in row["themes"].split(";") if theme],
                dict(pairs),
            )
    return codes


def _walk(page: Page, folder: Path, unread: int) -> None:
    for picture in PICTURES:
        page.set_viewport_size({"width": picture.width, "height": TALLEST})
        page.goto(picture.address)
        take(page, folder, picture.name)
    _review(page, folder, unread)
    _bring(page, folder)


def _review(page: Page, folder: Path, sample: int) -> None:
    for name, width in (("review", WIDE), ("review-narrow", NARROW)):
        page.set_viewport_size({"width": width, "height": TALLEST})
        page.goto(f"{AT}/reading/{sample}")
        take(page, folder, name)


def _bring(page: Page, folder: Path) -> None:
    """Bring the example survey once more, as one's own would be."""
    page.set_viewport_size({"width": WIDE, "height": TALLEST})
    page.goto("/bring")
    page.get_by_label("The file of responses").set_input_files(example_survey("uec").responses)
    take(page, folder, "bring-file")
    page.get_by_role("button", name="Send the file").click()
    page.get_by_label("Name", exact=True).fill("Urgent and emergency care, 2025")
    page.get_by_label("Short id").fill("ae-2025")
    page.locator("#model-uec").check()
    take(page, folder, "bring-survey")
    while not page.url.endswith("/check"):
        with page.expect_navigation():
            page.get_by_role("button", name="Save and continue").click()
        step = page.url.rpartition("/")[2]
        names = {"columns": "bring-columns", "groups": "bring-groups", "0": "bring-values"}
        if step in names:
            take(page, folder, names[step])
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Import").wait_for()
    take(page, folder, "bring-check")
    page.get_by_role("button", name="Import").click()
    page.locator("#tagging").filter(has_not_text=re.compile(r"^\s*\d{1,2} of")).wait_for()
    take(page, folder, "bring-progress")


def take(page: Page, folder: Path, name: str) -> None:
    """Write what the page shows to a file, in few enough colours to be small."""
    width = page.viewport_size["width"] if page.viewport_size else WIDE
    height = min(page.evaluate("document.body.scrollHeight"), TALLEST)
    shown: FloatRect = {"x": 0, "y": 0, "width": width, "height": height}
    picture = Image.open(io.BytesIO(page.screenshot(clip=shown, full_page=True)))
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
