"""Samples of people over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from service.security.principals import Scope
from tests.service.filled_survey import VISITS, make, send, tag_all
from tests.service.problems import problem
from tests.service.sample_survey import row
from tests.service.test_reviews_api import draw, read_all

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from service.store import Store
    from service.tagging import LoadedModels
    from tests.service.app_fixtures import MakeKey

SAMPLES = f"{VISITS}/reviews/samples"
PEOPLE = 12
FEMALE = {"groups": {"sex": "female"}, "size": 3}
ANYBODY: dict[str, Any] = {"groups": {}, "size": 2}


@pytest.fixture
def filled(client: TestClient, store: Store, models: LoadedModels) -> TestClient:
    """Twelve people who wrote twice, of whom every third is a man."""
    make(client)
    rows = [
        row(
            f"r{n}-{time}",
            patient=f"p{n}",
            sex="F" if n % 3 else "M",
            better=f"waited {n} hours to be seen",
        )
        for n in range(PEOPLE)
        for time in range(2)
    ]
    send(client, rows)
    tag_all(store, models)
    return client


def test_people_are_drawn_with_all_that_they_wrote(filled: TestClient, make_key: MakeKey) -> None:
    sample = draw(filled, unit="people", size=3)
    assert (sample["unit"], sample["size"], sample["frame"]) == ("people", 3, PEOPLE)
    assert (sample["people"], sample["comments"], sample["probability"]) == (3, 6, 0.25)
    assert sample["strata"] == [{"groups": {}, "size": 3, "frame": PEOPLE}]
    texts = read_all(filled, sample["id"], make_key(Scope.REVIEW))
    assert texts[::2] == texts[1::2]
    (told,) = filled.get(SAMPLES).json()["samples"]
    assert (told["read"], told["people_read"]) == (6, 3)


def test_samples_of_comments_tell_how_many_people_were_read(filled: TestClient) -> None:
    sample = draw(filled, size=1_000)
    assert (sample["unit"], sample["comments"], sample["people"]) == ("comments", 24, PEOPLE)
    assert (sample["strata"], sample["people_read"]) == ([], 0)


def test_strata_have_chances_of_their_own(filled: TestClient) -> None:
    sample = draw(filled, unit="people", size=None, strata=[FEMALE, ANYBODY])
    assert (sample["size"], sample["frame"], sample["probability"]) == (5, PEOPLE, None)
    assert [(each["size"], each["frame"]) for each in sample["strata"]] == [(3, 8), (2, 4)]
    assert [each["groups"] for each in sample["strata"]] == [{"sex": "female"}, {}]


def test_who_may_not_read_comments_is_not_told_how_many_are_in_a_group(
    filled: TestClient, make_key: MakeKey
) -> None:
    strata = {"kind": "random", "unit": "people", "strata": [FEMALE, ANYBODY]}
    draw(filled, **strata, size=None)
    reader = make_key(Scope.REVIEW)
    refused = problem(filled.post(SAMPLES, json=strata, headers=reader), 403)
    assert "comments:read" in refused["detail"]
    (told,) = filled.get(SAMPLES, headers=reader).json()["samples"]
    assert (told["frame"], told["probability"], told["strata"]) == (None, None, [])
    evenly = {"kind": "random", "unit": "people", "size": 4}
    drawn = filled.post(SAMPLES, json=evenly, headers=reader)
    assert drawn.status_code == 201
    assert (drawn.json()["size"], drawn.json()["frame"]) == (4, None)


def test_a_sample_that_makes_no_sense_is_refused(filled: TestClient) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "either `size` or `strata`"),
        ({"unit": "people"}, "either `size` or `strata`"),
        ({"size": 3, "unit": "people", "strata": [ANYBODY]}, "either `size` or `strata`"),
        ({"strata": [ANYBODY]}, "`strata` are of the unit `people`"),
        ({"size": 3, "unit": "people", "kind": "uncertain"}, "people are drawn at random"),
        ({"unit": "people", "strata": [{"groups": {}, "size": 9_999}] * 2}, "at most 10,000"),
        ({"size": 3, "unit": "wards"}, "people"),
        ({"unit": "people", "strata": [{"groups": {}, "size": 0}]}, "greater than"),
    ]
    for asked, sentence in wrong:
        refused = filled.post(SAMPLES, json={"kind": "random"} | asked)
        problem(refused, 422)
        assert sentence in refused.text


@pytest.mark.parametrize(
    ("groups", "column"),
    [({"shoe_size": "9"}, "strata.1.groups.shoe_size"), ({"sex": "F"}, "strata.1.groups.sex")],
)
def test_strata_of_groups_that_are_not_there_are_refused(
    groups: dict[str, str], column: str, filled: TestClient
) -> None:
    strata = [ANYBODY, {"groups": groups, "size": 3}]
    asked = {"kind": "random", "unit": "people", "strata": strata}
    refused = problem(filled.post(SAMPLES, json=asked), 422)
    assert [error["column"] for error in refused["errors"]] == [column]


def test_drawing_people_is_noted_without_who_they_are(filled: TestClient) -> None:
    draw(filled, unit="people", size=None, strata=[FEMALE])
    noted = filled.get("/v1/audit").json()["entries"]
    (entry,) = [each for each in noted if each["action"] == "review.sample"]
    assert entry["detail"] == {"sample": 1, "kind": "random", "unit": "people", "size": 3}
