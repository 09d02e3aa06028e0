from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from starlette.testclient import TestClient

from evaluation.fairness import record_fairness
from models import load
from service import create_app
from service.security.principals import Scope
from service.tagging import LoadedModels
from tests.service.app_fixtures import ADDRESS
from tests.service.counts.recorded import a_record
from tests.service.problems import problem

if TYPE_CHECKING:
    from pathlib import Path

    from models import Tagger
    from service import Settings
    from service.store import Store
    from tests.service.app_fixtures import MakeKey


def test_the_models_that_are_loaded_are_listed(client: TestClient, tiny_tagger: Tagger) -> None:
    (model,) = client.get("/v1/models").json()["models"]
    assert model["artefact"]["id"] == "tiny"
    assert model["artefact"]["version"] == tiny_tagger.manifest.version
    assert (model["name"], model["themes"]) == ("Tiny", 3)


def test_all_is_told_of_a_model(client: TestClient, tiny_tagger: Tagger) -> None:
    told = client.get("/v1/models/tiny").json()
    assert told["codebook"] == tiny_tagger.codebook.model_dump(mode="json")
    assert told["card"] == tiny_tagger.file("README.md").read_text("utf-8")
    assert told["metrics"] == json.loads(tiny_tagger.file("metrics.json").read_text("utf-8"))


def test_a_model_of_which_no_errors_by_group_are_recorded_tells_none(client: TestClient) -> None:
    assert client.get("/v1/models/tiny").json()["fairness"] is None


def test_errors_by_group_are_told_where_they_are_recorded(
    settings: Settings, store: Store, tiny_artefact: Path, tmp_path: Path, make_key: MakeKey
) -> None:
    copy = shutil.copytree(tiny_artefact, tmp_path / "copy")
    stamp = LoadedModels.load([copy]).stamp("tiny")
    record_fairness(load(copy), a_record())
    models = LoadedModels.load([copy])
    with TestClient(create_app(settings, store, models), ADDRESS) as client:
        told = client.get("/v1/models/tiny", headers=make_key(Scope.REVIEW)).json()
    assert told["fairness"]["about"] == "Invented."
    (female,) = told["fairness"]["by_group"]["sex"]
    assert (female["group"], female["recall"]["value"]) == ("female", 0.71)
    # the same artefact still, so that nothing is tagged again
    assert models.stamp("tiny") == stamp


def test_a_model_that_is_not_loaded_is_not_found(client: TestClient) -> None:
    problem(client.get("/v1/models/nope"), 404)
    problem(client.get("/v1/models/..%2f..%2fetc"), 404)
    problem(client.get(f"/v1/models/{'a' * 201}"), 422)


def test_any_key_may_ask_which_models_there_are(anyone: TestClient, make_key: MakeKey) -> None:
    assert anyone.get("/v1/models", headers=make_key(Scope.REVIEW)).status_code == 200
    problem(anyone.get("/v1/models"), 401)
