from __future__ import annotations

from typing import TYPE_CHECKING

from tests.service.filled_survey import VISITS, send
from tests.service.problems import problem
from tests.service.sample_survey import new_survey, row

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def test_comments_are_found_by_a_broad_group_as_by_the_groups_under_it(client: TestClient) -> None:
    new = new_survey().model_dump(mode="json")
    ethnicity = {"column": "sex", "scheme": "ethnicity_nhs16"}
    new["columns"]["characteristics"] = {"ethnicity": ethnicity}
    assert client.post("/v1/surveys", json=new).status_code == 201
    codes = {"r1": "H", "r2": "J", "r3": "A"}
    send(client, [row(each, sex=code, good="kind") for each, code in codes.items()])

    def found(group: str) -> set[str]:
        answer = client.get(f"{VISITS}/comments", params={"group": f"ethnicity:{group}"})
        return {comment["response_id"] for comment in answer.json()["comments"]}

    assert found("asian") == found("asian_indian") | found("asian_pakistani") == {"r1", "r2"}
    problem(client.get(f"{VISITS}/comments", params={"group": "ethnicity:absent"}), 422)
