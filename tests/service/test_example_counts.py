"""Counts of an example survey over REST, held against its file and what was planted in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from labelled_data import example_survey
from models import Status
from service import Settings, create_app
from service.counts.records import CountsTable
from service.security.principals import Scope
from service.tagging import LoadedModels
from tests.service.app_fixtures import ADDRESS
from tests.service.counted_survey import codes, example_rows, load_as_people_coded_it

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.counts.records import CountRow
    from service.store import Store
    from tests.service.app_fixtures import MakeKey

GROUPS = {
    "sex": {
        "Male": "male",
        "Female": "female",
        "Prefer not to say": "not_stated",
        "NA": "not_known",
        "": "not_known",
    },
    "disability": {
        "Y": "disabled",
        "N": "not_disabled",
        "8": "not_stated",
        "9": "not_known",
        "": "not_known",
    },
}


@pytest.fixture(scope="session")
def shipped() -> LoadedModels:
    return LoadedModels.load(("uec",))


@pytest.fixture
def reader(
    settings: Settings, store: Store, shipped: LoadedModels, make_key: MakeKey
) -> Iterator[TestClient]:
    """Who may see exact counts of the example survey, as people coded it."""
    load_as_people_coded_it(store, shipped)
    with TestClient(create_app(settings, store, shipped), ADDRESS) as client:
        client.headers.update(make_key(Scope.SURVEYS_READ, Scope.COUNTS_EXACT))
        yield client


def rows(client: TestClient, by: str, **query: str) -> list[CountRow]:
    """The rows of the groups, and of those that are missing."""
    asked = {"by": by, "policy": "exact", **query}
    response = client.get("/v1/surveys/uec_survey/counts", params=asked)
    assert response.status_code == 200, response.text
    table = CountsTable.model_validate_json(response.content)
    return [row for row in table.rows if row.kind != "everyone"]


def test_counts_of_the_example_survey_are_those_of_its_file(reader: TestClient) -> None:
    for characteristic, groups in GROUPS.items():
        bases, raised = recount(characteristic, groups)
        told = rows(reader, characteristic)
        assert {row.groups[characteristic] for row in told} > set(groups.values())
        for row in told:
            group = row.groups[characteristic]
            assert (row.base, row.count) == (bases[group], raised[group][row.theme]), row


def test_what_was_planted_is_found_as_it_was_planted(reader: TestClient) -> None:
    for planted in example_survey("uec").planted:
        told = rows(reader, planted.characteristic, theme=planted.theme)
        (row,) = [row for row in told if row.groups[planted.characteristic] == planted.group]
        assert row.base == planted.base
        assert row.share is not None
        assert row.share.value == pytest.approx(planted.share, abs=1e-4)
        assert row.elsewhere == pytest.approx(planted.share_elsewhere, abs=1e-4)


def recount(column: str, groups: dict[str, str]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Count people, and those who raise each theme, by group, from the file alone."""
    said = codes()
    bases: Counter[str] = Counter()
    raised: dict[str, Counter[str]] = defaultdict(Counter)
    questions = [text.question for text in example_survey("uec").columns.text]
    for one in example_rows():
        answers = [said[one[question], question] for question in questions if one[question]]
        read = [each for each in answers if each.status in (Status.TAGGED, Status.NO_THEME)]
        group = groups[one[column]]
        bases[group] += bool(read)
        raised[group].update({theme for each in read for theme in each.themes})
    return bases, raised
