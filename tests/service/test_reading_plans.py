"""Plans of how many people to read, over REST and on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from service.reading_plans import LEAST, reliability_of
from service.security.principals import Scope
from tests.service import counted_survey
from tests.service.filled_survey import VISITS
from tests.service.problems import problem
from tests.service.test_reviews_api import read_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette.testclient import TestClient

    from models import Tagger
    from service.store import Store
    from service.tagging import LoadedModels
    from tests.command_line import CommandLine
    from tests.service.app_fixtures import MakeKey

PLAN = f"{VISITS}/reviews/plan"
SAMPLES = f"{VISITS}/reviews/samples"
WRONG: Sequence[tuple[dict[str, str | float], str]] = (
    ({"by": "shoe_size"}, "by"),
    ({"by": "site"}, "by"),
    ({"by": "sex", "theme": "absent"}, "theme"),
    ({"by": "sex", "width": 0}, "width"),
    ({"by": "sex", "width": 1}, "width"),
    ({"by": "sex", "aim": "fame"}, "aim"),
    ({}, "by"),
)


@pytest.fixture
def filled(client: TestClient, store: Store, models: LoadedModels) -> TestClient:
    counted_survey.fill(client, store, models)
    return client


def planned(client: TestClient, **asked: str | float) -> dict[str, Any]:
    response = client.get(PLAN, params=asked | {"by": "sex", "theme": "waiting"})
    assert response.status_code == 200, response.text
    made: dict[str, Any] = response.json()
    return made


def test_a_plan_tells_how_many_people_of_which_groups_to_read(filled: TestClient) -> None:
    made = planned(filled, width=0.2)
    female, male = made["plan"]["groups"]
    assert [group["people"] for group in (female, male)] == [95, 95]  # 96 each
    for group in (female, male):
        assert 30 <= group["read"] <= group["people"]
        assert group["read"] % 5 == 0
        assert group["decided_by"] == "waiting"
    assert (made["by_name"], made["policy"]["id"]) == ("Sex", "nhs")


def test_the_narrower_the_intervals_the_more_people_are_to_be_read(filled: TestClient) -> None:
    wide, narrow = (planned(filled, width=width)["plan"] for width in (0.3, 0.1))
    assert wide["read"] < narrow["read"]


def test_what_is_planned_can_be_drawn(filled: TestClient) -> None:
    made = planned(filled, width=0.25)
    assert made["strata"][-1] == {"groups": {}, "size": 30}
    asked = {"kind": "random", "unit": "people", "strata": made["strata"]}
    sample = filled.post(SAMPLES, json=asked)
    assert sample.status_code == 201, sample.text
    sizes = [stratum["size"] for stratum in sample.json()["strata"]]
    assert sizes[:2] == [group["further"] for group in made["plan"]["groups"]]


def test_those_who_were_read_need_not_be_read_again(filled: TestClient, make_key: MakeKey) -> None:
    before = planned(filled, width=0.2)["plan"]
    asked = {"kind": "random", "unit": "people", "size": 100, "seed": 1}
    sample = filled.post(SAMPLES, json=asked).json()
    read_all(filled, sample["id"], make_key(Scope.REVIEW), "waiting")
    after = planned(filled, width=0.2)["plan"]
    assert after["further"] < before["further"]
    assert after["further"] < after["read"]


def test_groups_too_small_to_be_told_of_are_left_out(filled: TestClient) -> None:
    made = planned(filled)
    assert "Indeterminate" not in {group["name"] for group in made["plan"]["groups"]}
    numbers = [group["people"] for group in made["plan"]["groups"]]
    assert all(number % 5 == 0 for number in numbers)


def test_exact_numbers_are_planned_with_only_by_who_may_see_them(
    filled: TestClient, make_key: MakeKey
) -> None:
    made = planned(filled, policy="exact")
    assert [group["people"] for group in made["plan"]["groups"]] == [96, 96]
    reader = make_key(Scope.REVIEW, Scope.SURVEYS_READ)
    asked = {"by": "sex", "policy": "exact"}
    refused = problem(filled.get(PLAN, params=asked, headers=reader), 403)
    assert "counts:exact" in refused["detail"]
    assert filled.get(PLAN, params={"by": "sex"}, headers=reader).status_code == 200


def test_planning_needs_both_scopes(filled: TestClient, make_key: MakeKey) -> None:
    for scope in (Scope.REVIEW, Scope.SURVEYS_READ):
        problem(filled.get(PLAN, params={"by": "sex"}, headers=make_key(scope)), 403)


def test_a_plan_that_makes_no_sense_is_refused(filled: TestClient) -> None:
    for asked, column in WRONG:
        refused = problem(filled.get(PLAN, params=asked), 422)
        assert [error["column"] for error in refused["errors"]] == [column], asked


def test_planning_is_noted(filled: TestClient) -> None:
    planned(filled)
    (entry,) = (
        each
        for each in filled.get("/v1/audit").json()["entries"]
        if each["action"] == "review.plan"
    )
    assert entry["detail"] == {"by": "sex", "themes": "waiting", "policy": "nhs"}


def test_a_plan_is_printed_with_what_draws_it(
    filled: TestClient, run: CommandLine, store_url: str, tiny_artefact: Path
) -> None:
    asked = ("review", "plan", "visits", "--by", "sex", "--theme", "waiting", "--width", 0.25)
    where = ("--database-url", store_url, "--model", tiny_artefact)
    printed, made = run(*asked, *where), run(*asked, *where, "--json")
    assert printed.status == 0, printed.stderr
    assert "People to read by Sex (NHS small numbers)" in printed.stdout
    body = json.loads(printed.stdout.splitlines()[-1])
    assert filled.post(SAMPLES, json=body).status_code == 201
    assert json.loads(made.stdout) == planned(filled, width=0.25)


def test_what_cannot_be_planned_ends_with_status_2(
    filled: TestClient, run: CommandLine, store_url: str, tiny_artefact: Path
) -> None:
    where = ("--database-url", store_url, "--model", tiny_artefact)
    ended = run("review", "plan", "nowhere", "--by", "sex", *where)
    assert (ended.status, ended.stderr) == (2, "there is no survey 'nowhere'\n")
    ended = run("review", "plan", "visits", "--by", "shoe_size", *where)
    assert ended.status == 2
    assert len(ended.stderr.splitlines()) == 1


def test_how_well_a_model_does_is_read_from_its_test(tiny_tagger: Tagger) -> None:
    found = reliability_of(tiny_tagger)
    assert set(found) <= set(tiny_tagger.codebook.theme_ids)
    assert all(LEAST <= each.recall <= 1 for each in found.values())
