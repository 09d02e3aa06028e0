"""Counts over REST that people's reading corrects, and what to mind of a model's errors."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from evaluation.fairness import record_fairness
from models import load
from service import Settings, create_app
from service.counts.records import CountRow, CountsTable
from service.security.principals import Scope
from service.tagging import LoadedModels
from tests.service.app_fixtures import ADDRESS
from tests.service.counted_survey import fill
from tests.service.counts.recorded import a_record, group_figures
from tests.service.filled_survey import VISITS

if TYPE_CHECKING:
    from service.store import Store
    from tests.service.app_fixtures import MakeKey

READ = 60


def rows(client: TestClient, **query: str) -> list[CountRow]:
    response = client.get(f"{VISITS}/counts", params={"theme": "waiting", **query})
    assert response.status_code == 200, response.text
    return list(CountsTable.model_validate_json(response.content).rows)


def read_a_sample(client: TestClient) -> int:
    """Read comments drawn at random, and say of all that they are of waiting; give how many."""
    drawn = client.post(f"{VISITS}/reviews/samples", json={"kind": "random", "size": READ})
    sample, read = drawn.json()["id"], 0
    while (shown := client.get(f"{VISITS}/reviews/next", params={"sample": sample}).json())["left"]:
        said = {"sample": sample, "themes": ["waiting"]}
        comment = shown["comment"]["id"]
        assert client.put(f"{VISITS}/reviews/{comment}", json=said).status_code == 200
        read += 1
    return read


@pytest.fixture
def counted(client: TestClient, store: Store, models: LoadedModels) -> TestClient:
    fill(client, store, models)
    return client


def test_shares_are_corrected_where_people_read_enough(counted: TestClient) -> None:
    (unread,) = rows(counted, correct="true")
    assert unread.corrected is not None
    assert (unread.corrected.share, unread.corrected.read) == (None, 0)
    assert unread.corrected.why_not
    assert read_a_sample(counted) == READ
    (row,) = rows(counted, correct="true", policy="exact")
    assert row.corrected is not None
    assert row.share is not None
    assert row.corrected.share is not None
    assert row.corrected.read == READ
    assert row.share.value < row.corrected.share.value <= 1
    assert rows(counted)[0].corrected is None


def test_a_report_can_be_corrected_too(counted: TestClient) -> None:
    read_a_sample(counted)
    page = counted.get(f"{VISITS}/report", params={"correct": "true", "format": "xlsx"})
    assert page.status_code == 200
    noted = counted.get("/v1/audit").json()["entries"][0]
    assert noted["detail"]["correct"] == 1


def test_what_a_model_finds_less_often_in_a_group_is_said_with_its_counts(
    settings: Settings, store: Store, tiny_artefact: Path, tmp_path: Path, make_key: MakeKey
) -> None:
    folder = Path(shutil.copytree(tiny_artefact, tmp_path / "tiny"))
    models = LoadedModels([load(folder)])
    with TestClient(create_app(settings, store, models), ADDRESS) as client:
        client.headers.update(make_key(Scope.ADMIN))
        fill(client, store, models)
        assert {row.caution for row in rows(client, by="sex")} == {None}
        worse = group_figures("female", 0.61, worse=True)
        record_fairness(load(folder), a_record(worse, group_figures("male")))
        cautions = {row.groups.get("sex"): row.caution for row in rows(client, by="sex")}
    assert [group for group, caution in cautions.items() if caution] == ["female"]
    assert "0.61" in str(cautions["female"])
    assert len(cautions) > 3
