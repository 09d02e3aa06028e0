"""The small survey with responses in it, made through the calls and tagged by a worker."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from service.tagging import Worker
from tests.service.sample_survey import new_survey, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from httpx2 import Response
    from starlette.testclient import TestClient

    from service.store import Store
    from service.tagging import LoadedModels
    from tests.service.sample_survey import Cells

VISITS = "/v1/surveys/visits"
ROWS = (
    row(
        "r1",
        date="2025-03-14",
        hospital="North",
        sex="F",
        carer="Y",
        better="waited 3 hours to be seen",
    ),
    row(
        "r2",
        date="2025-03-15",
        hospital="North",
        sex="M",
        carer="N",
        better="waited 9 hours to be seen",
    ),
    row(
        "r3",
        date="2025-03-16",
        hospital="South",
        sex="F",
        carer="N",
        good="nurse number 4 was so kind",
    ),
    row(
        "r4",
        date="2025-03-17",
        hospital="South",
        sex="",
        carer="Z",
        good="all 5 of the staff were lovely and kind",
        better="parking cost me 6 pounds",
    ),
)
COMMENTS = 5


def make(client: TestClient) -> Response:
    return client.post("/v1/surveys", json=new_survey().model_dump(mode="json"))


def send(client: TestClient, rows: Sequence[Cells]) -> Response:
    body = json.dumps(list(rows))
    headers = {"content-type": "application/json"}
    return client.post(f"{VISITS}/responses", content=body, headers=headers)


def tag_all(store: Store, models: LoadedModels) -> None:
    worker = Worker(store, models)
    while worker.run_once():
        pass


def fill(client: TestClient, store: Store, models: LoadedModels) -> None:
    assert make(client).status_code == 201
    assert send(client, ROWS).json()["accepted"] == len(ROWS)
    tag_all(store, models)
