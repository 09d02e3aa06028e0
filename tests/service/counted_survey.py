"""Surveys large enough to be counted, tagged by the tiny model or as people coded them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from labelled_data import Polarity, example_survey
from models import Prediction, Status, Tag
from service import examples
from service.records import Done, Work
from service.store import queue
from tests.conftest import PHRASES
from tests.service.filled_survey import make, send, tag_all
from tests.service.sample_survey import Cells, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

    from service.records import ArtefactStamp
    from service.store import Store
    from service.tagging import LoadedModels

PEOPLE = 240


def visitors(people: int = PEOPLE) -> Iterator[Cells]:
    """One response each, in months and places in turn; women wait more often than men."""
    for n in range(people):
        sex = ("F", "M", "F", "M", "")[n % 5]
        theme = "waiting" if n % (2 if sex == "F" else 3) == 0 else "kindness"
        yield row(
            f"r{n}",
            patient=f"p{n}",
            date=f"2025-{n % 3 + 1:02}-{n % 28 + 1:02}",
            hospital=("North", "South")[n % 2],
            sex=sex,
            carer="YN"[n % 7 > 1],
            better=PHRASES[theme][n % 4].format(n=n % 12 + 2),
        )


def fill(client: TestClient, store: Store, models: LoadedModels) -> None:
    """Make the survey "visits" with all visitors, tagged by the tiny model."""
    assert make(client).status_code == 201
    assert send(client, list(visitors())).json()["accepted"] == PEOPLE
    tag_all(store, models)


def load_as_people_coded_it(store: Store, models: LoadedModels) -> None:
    """Load the example survey of patients with the codes that its writers gave its comments."""
    examples.load_examples(store, models)
    said = codes()

    def look_up(_: ArtefactStamp, work: list[Work]) -> list[Done]:
        return [Done(one.comment, said[one.text, one.question]) for one in work]

    while queue.batch(store, [models.stamp("uec")], 1_000, look_up):
        pass


def example_rows() -> list[dict[str, str]]:
    """The example survey's responses as they stand in its file."""
    with example_survey("uec").responses.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes() -> dict[tuple[str, str | None], Prediction]:
    """What its writers said of each comment, by its text and question."""
    rows = {one["response_id"]: one for one in example_rows()}
    with example_survey("uec").codes.open(encoding="utf-8", newline="") as file:
        return {
            (rows[one["response_id"]][one["question"]], one["question"]): _prediction(one)
            for one in csv.DictReader(file)
        }


def _prediction(code: dict[str, str]) -> Prediction:
    if code["language"] != "en":
        return Prediction(Status.NOT_ENGLISH)
    polarity = dict(pair.split("=") for pair in code["polarity"].split(";") if pair)
    themes = code["themes"].split(";") if code["themes"] else []
    tags = tuple(Tag(theme, 0.9, Polarity(polarity[theme])) for theme in themes)
    return Prediction(Status.TAGGED if tags else Status.NO_THEME, tags)
