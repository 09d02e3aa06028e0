from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.testclient import TestClient

from service.security.headers import HEADERS
from service.security.principals import Scope
from tests.service.app_fixtures import ADDRESS
from tests.service.problems import problem

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.service.app_fixtures import MakeKey


def test_it_says_that_it_runs_and_is_ready(anyone: TestClient) -> None:
    for path in ("/health/live", "/health/ready"):
        assert anyone.get(path).json() == {"status": "ok"}


def test_metrics_count_requests_by_route_and_never_by_address(client: TestClient) -> None:
    client.get("/v1/models/tiny")
    client.get("/v1/models/somebody")
    client.get("/somewhere/else")
    client.request("SOMETHING", "/v1/models")
    metrics = client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'method="GET",route="/v1/models/{model}",status="200"} 1.0' in metrics.text
    assert 'method="GET",route="none",status="404"} 1.0' in metrics.text
    assert 'method="other",route="/v1/models",status="405"} 1.0' in metrics.text
    for told in ("somebody", "somewhere", "SOMETHING"):
        assert told not in metrics.text


def test_metrics_tell_how_much_waits(client: TestClient) -> None:
    metrics = client.get("/metrics").text
    assert "sayso_comments_waiting 0.0" in metrics
    assert "sayso_comments_left 0.0" in metrics


def test_metrics_are_for_this_computer_and_for_admins(
    app: FastAPI, anyone: TestClient, make_key: MakeKey
) -> None:
    problem(anyone.get("/metrics"), 401)
    problem(anyone.get("/metrics", headers=make_key(Scope.TAG)), 403)
    here = TestClient(app, ADDRESS, client=("127.0.0.1", 50_000))
    assert here.get("/metrics").status_code == 200


def test_every_answer_has_the_headers_that_keep_browsers_safe(client: TestClient) -> None:
    for path in ("/health/live", "/v1/models", "/v1/nothing", "/docs", "/", "/static/pages.css"):
        answered = client.get(path).headers
        for name, value in HEADERS.items():
            if name == "Content-Security-Policy" and path in ("/", "/docs"):
                assert "unsafe" not in answered[name]
                assert answered[name].startswith("default-src 'none'")
            else:
                assert answered[name] == value


def test_it_does_not_answer_to_the_name_of_another_site(app: FastAPI) -> None:
    problem(TestClient(app, "http://rebound.example").get("/health/live"), 400)
