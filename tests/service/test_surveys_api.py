from __future__ import annotations

from typing import TYPE_CHECKING

from service.records import Survey
from service.security.principals import Scope
from tests.service.filled_survey import COMMENTS, ROWS, VISITS, fill, make, send
from tests.service.problems import problem
from tests.service.sample_survey import new_survey, row

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from service.store import Store
    from service.tagging import LoadedModels
    from tests.service.app_fixtures import MakeKey


def test_a_survey_that_is_made_can_be_read_back(client: TestClient, models: LoadedModels) -> None:
    made = make(client)
    assert made.status_code == 201
    assert made.headers["location"] == VISITS
    survey = Survey.model_validate(made.json())
    assert survey.columns == new_survey().columns
    assert survey.artefact == models.stamp("tiny")
    assert client.get("/v1/surveys").json() == {"surveys": [made.json()]}
    assert made.json().items() <= client.get(VISITS).json().items()


def test_a_second_survey_of_the_same_id_is_a_conflict(client: TestClient) -> None:
    make(client)
    problem(make(client), 409)


def test_what_is_wrong_with_a_new_survey_is_named(client: TestClient) -> None:
    asked = new_survey().model_dump(mode="json")
    absent = client.post("/v1/surveys", json=asked | {"model": "absent"})
    assert problem(absent, 422)["errors"][0]["column"] == "model"
    bad_id = client.post("/v1/surveys", json=asked | {"id": "Not an id"})
    assert problem(bad_id, 422)["errors"][0]["column"] == "id"
    asked["columns"]["characteristics"]["sex"]["scheme"] = "klingon_houses"
    assert (
        "klingon_houses"
        in problem(client.post("/v1/surveys", json=asked), 422)["errors"][0]["message"]
    )


def test_progress_tells_what_is_tagged(
    client: TestClient, store: Store, models: LoadedModels
) -> None:
    fill(client, store, models)
    progress = client.get(VISITS).json()["progress"]
    assert (progress["responses"], progress["comments"]) == (len(ROWS), COMMENTS)
    assert progress["tagged"] == sum(progress["statuses"].values()) == COMMENTS
    assert progress["groups"]["sex"] == {"female": 2, "male": 1, "not_known": 1}


def test_exact_numbers_of_groups_need_a_scope(client: TestClient, make_key: MakeKey) -> None:
    make(client)
    send(client, [row(f"r{n}", sex="F" if n < 160 else "") for n in range(200)])
    plain = client.get(VISITS, headers=make_key(Scope.SURVEYS_READ)).json()["progress"]
    exact = make_key(Scope.SURVEYS_READ, Scope.COUNTS_EXACT)
    told = client.get(VISITS, headers=exact).json()["progress"]
    assert plain["groups"] == {}
    assert plain["missing"]["sex"] == {
        "known": 0.8,
        "not_stated": 0.0,
        "not_known": 0.2,
        "not_asked": 0.0,
    }
    assert told["groups"]["sex"] == {"female": 160, "not_known": 40}


def test_of_few_responses_no_share_of_missing_groups_is_told(client: TestClient) -> None:
    make(client)
    send(client, ROWS)
    assert client.get(VISITS).json()["progress"]["missing"] == {}


def test_the_model_of_a_survey_can_be_chosen_again(client: TestClient) -> None:
    made = make(client).json()
    assert client.put(f"{VISITS}/model", json={"model": "tiny"}).json() == made
    problem(client.put(f"{VISITS}/model", json={"model": "absent"}), 422)
    problem(client.put("/v1/surveys/absent/model", json={"model": "tiny"}), 404)


def test_an_erased_survey_is_gone(client: TestClient, store: Store, models: LoadedModels) -> None:
    fill(client, store, models)
    erased = client.delete(VISITS)
    assert (erased.status_code, erased.content) == (204, b"")
    problem(client.get(VISITS), 404)
    problem(client.delete(VISITS), 404)
    assert client.get("/v1/surveys").json() == {"surveys": []}


def test_a_survey_that_is_not_there_is_a_problem(client: TestClient) -> None:
    problem(client.get("/v1/surveys/absent"), 404)
    problem(client.get("/v1/surveys/Not%20an%20id"), 422)


def test_every_call_on_surveys_needs_its_scope(anyone: TestClient, make_key: MakeKey) -> None:
    reader, writer = make_key(Scope.SURVEYS_READ), make_key(Scope.SURVEYS_WRITE)
    asked = new_survey().model_dump(mode="json")
    problem(anyone.get("/v1/surveys"), 401)
    problem(anyone.get("/v1/surveys", headers=writer), 403)
    problem(anyone.get(VISITS, headers=writer), 403)
    problem(anyone.post("/v1/surveys", json=asked, headers=reader), 403)
    problem(anyone.put(f"{VISITS}/model", json={"model": "tiny"}, headers=reader), 403)
    problem(anyone.delete(VISITS, headers=reader), 403)
