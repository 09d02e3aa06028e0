from __future__ import annotations

import pytest
from starlette.responses import Response

from service.security.hosts import AllowedHosts
from tests.service.security.asgi import ask, status

ANSWERS = Response(status_code=200)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8000",
        "127.0.0.1:8000",
        "[::1]:8000",
        "sayso.example.nhs.uk",
        "a.trusts.example",
        "a.b.trusts.example",
    ],
)
def test_it_answers_to_its_own_names(host: str) -> None:
    app = AllowedHosts(ANSWERS, ["sayso.example.nhs.uk", "*.trusts.example"])
    assert status(ask(app, headers={"host": host})) == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "rebound.example",
        "trusts.example",
        "eviltrusts.example",
        "localhost.evil.example",
        "localhost@evil.example",
        "localhost:80:80",
        "[::1",
        "evil.example\\.localhost",
    ],
)
def test_it_does_not_answer_to_others(host: str) -> None:
    app = AllowedHosts(ANSWERS, ["*.trusts.example"])
    assert status(ask(app, headers={"host": host})) == 400


def test_a_request_to_no_name_is_refused() -> None:
    assert status(ask(AllowedHosts(ANSWERS, []))) == 400


def test_all_names_can_be_allowed() -> None:
    assert status(ask(AllowedHosts(ANSWERS, ["*"]), headers={"host": "any.example"})) == 200
