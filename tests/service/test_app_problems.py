from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from labelled_data import RowError, UnreadableError
from models import UnknownModelError
from service import create_app
from service.errors import (
    BusyError,
    ConflictError,
    FieldError,
    StoreError,
    TooManyRequestsError,
    UnprocessableError,
)
from service.store import Store
from tests.service.app_fixtures import ADDRESS
from tests.service.problems import problem

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI

    from service import Settings
    from service.tagging import LoadedModels

WORDS = "what somebody wrote in confidence"


def test_an_address_with_nothing_there_is_a_problem(anyone: TestClient) -> None:
    assert problem(anyone.get("/v1/nothing"), 404)["type"] == "/problems/not-found"
    assert problem(anyone.get("/static/nothing.css"), 404)


def test_a_method_that_is_not_taken_is_a_problem_that_says_which_are(anyone: TestClient) -> None:
    response = anyone.put("/v1/tag")
    assert problem(response, 405)["type"] == "about:blank"
    assert response.headers["allow"] == "POST"


def test_a_body_that_is_not_json_is_a_problem_with_the_place(client: TestClient) -> None:
    response = client.post(
        "/v1/tag", content='{"model": ', headers={"content-type": "application/json"}
    )
    (error,) = problem(response, 422)["errors"]
    assert error == {"row": None, "column": None, "message": "not JSON from character 10 on"}


def test_what_is_wrong_in_a_body_is_named_without_being_repeated(client: TestClient) -> None:
    response = client.post(
        "/v1/tag", json={"model": "tiny", "comments": [{"text": "fine"}, {"text": [WORDS]}]}
    )
    (error,) = problem(response, 422)["errors"]
    assert error["column"] == "comments.1.text"
    assert error["message"] == "Input should be a valid string"
    assert WORDS not in response.text


def test_a_body_that_no_parser_can_read_is_a_problem(client: TestClient) -> None:
    for content in (b"[" * 100_000, b"\xff\xfe", b'"\\ud800"', b"9" * 10_000):
        response = client.post(
            "/v1/tag", content=content, headers={"content-type": "application/json"}
        )
        assert response.status_code in (400, 422)
        problem(response, response.status_code)


def test_a_request_without_a_key_is_a_problem_that_says_how_to_send_one(anyone: TestClient) -> None:
    response = anyone.get("/v1/models")
    assert "Bearer" in problem(response, 401)["detail"]
    assert response.headers["www-authenticate"] == 'Bearer realm="Sayso"'


@pytest.fixture
def failing(app: FastAPI) -> FastAPI:
    """An app with a call for each way to fail."""
    fault = FieldError(3, "age", "this age is not in the scheme")
    failures = {
        "conflict": ConflictError("there is a survey of that id"),
        "rows": UnprocessableError("a row is wrong", (fault,)),
        "many": UnprocessableError("rows are wrong", (fault,) * 1_001),
        "soon": TooManyRequestsError("too many requests", 7),
        "busy": BusyError("too many comments", 9),
        "store": StoreError("the store cannot be used"),
        "table": UnreadableError("survey.csv: not a table"),
        "row": RowError("survey.csv: row 4 is too long", 4),
        "model": UnknownModelError("nope: not a model"),
        "unforeseen": RuntimeError(WORDS),
    }

    @app.get("/fail/{how}")
    def fail(how: str) -> None:
        raise failures[how]

    return app


@pytest.fixture
def fails(failing: FastAPI) -> TestClient:
    return TestClient(failing, ADDRESS, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("how", "status", "retry_after"),
    [
        ("conflict", 409, None),
        ("soon", 429, "7"),
        ("busy", 503, "9"),
        ("store", 503, "5"),
        ("table", 422, None),
        ("model", 422, None),
    ],
)
def test_each_error_is_told_by_its_status(
    fails: TestClient, how: str, status: int, retry_after: str | None
) -> None:
    response = fails.get(f"/fail/{how}")
    assert problem(response, status)["errors"] == []
    assert response.headers.get("retry-after") == retry_after


def test_rows_that_are_wrong_are_listed(fails: TestClient) -> None:
    told = problem(fails.get("/fail/rows"), 422)
    assert told["detail"] == "a row is wrong"
    assert told["errors"] == [
        {"row": 3, "column": "age", "message": "this age is not in the scheme"}
    ]
    assert problem(fails.get("/fail/row"), 422)["errors"][0]["row"] == 4
    assert len(problem(fails.get("/fail/many"), 422)["errors"]) == 1_000


def test_an_unforeseen_error_is_a_problem_that_tells_nothing_of_it(fails: TestClient) -> None:
    response = fails.get("/fail/unforeseen")
    assert problem(response, 500)["title"] == "Something went wrong here"
    assert WORDS not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_a_store_that_cannot_be_used_is_a_problem_that_says_when_to_come_back(
    settings: Settings, tmp_path: Path, models: LoadedModels
) -> None:
    folder = tmp_path / "elsewhere"
    store = Store.open(f"sqlite:///{folder / 'sayso.db'}")
    with TestClient(create_app(settings, store, models), ADDRESS) as client:
        assert client.get("/health/ready").status_code == 200
        store.close()
        shutil.rmtree(folder)
        key = f"sayso_1_{'A' * 43}"
        response = client.get("/v1/models", headers={"Authorization": f"Bearer {key}"})
        problem(response, 503)
        assert response.headers["retry-after"] == "5"
        assert key not in response.text
        problem(client.get("/health/ready"), 503)
        assert client.get("/health/live").status_code == 200
