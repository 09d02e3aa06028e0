from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from service.security.principals import Scope
from tests.service.problems import problem

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

    from models import Tagger
    from service import Settings
    from tests.service.app_fixtures import MakeKey

TEXTS = [
    "waited 5 hours to be seen. nurse number 3 was so kind.",
    "no parking within 9 miles",
    "",
    "…",
    "nothing more to say than 4 words",
]


def body(*texts: str, **more: object) -> dict[str, Any]:
    return {"model": "tiny", "comments": [{"text": text} for text in texts], **more}


def test_comments_get_the_answers_that_the_tagger_gives(
    client: TestClient, tiny_tagger: Tagger
) -> None:
    response = client.post("/v1/tag", json=body(*TEXTS, scores=True))
    assert response.status_code == 200
    results = response.json()["results"]
    for said, meant in zip(results, tiny_tagger.tag(TEXTS), strict=True):
        assert said["status"] == meant.status
        assert [theme["theme"] for theme in said["themes"]] == list(meant.themes)
        assert [
            (tuple(place.values()), theme["polarity"])
            for theme in said["themes"]
            for place in theme["evidence"]
        ] == [(tuple(span), tag.polarity) for tag in meant.tags for span in tag.evidence]
        if meant.scores is None:
            assert said["scores"] is None
        else:
            assert list(said["scores"].values()) == pytest.approx(meant.scores, abs=1e-3)


def test_an_answer_says_which_model_gave_it(client: TestClient, tiny_tagger: Tagger) -> None:
    stamp = client.post("/v1/tag", json=body("", operating_point="recall")).json()["model"]
    assert stamp["id"] == "tiny"
    assert stamp["version"] == tiny_tagger.manifest.version
    assert stamp["codebook_version"] == tiny_tagger.codebook.version
    assert stamp["operating_point"] == "recall"


def test_ids_come_back_and_scores_only_if_they_are_asked_for(client: TestClient) -> None:
    sent = [{"id": "a", "text": TEXTS[0]}, {"text": TEXTS[0], "question": "Why?"}]
    results = client.post("/v1/tag", json={"model": "tiny", "comments": sent}).json()["results"]
    assert [result["id"] for result in results] == ["a", None]
    assert [result["scores"] for result in results] == [None, None]


def test_the_question_is_part_of_what_is_read(client: TestClient, tiny_tagger: Tagger) -> None:
    sent = {"text": TEXTS[1], "question": "What could we do better?"}
    asked = {"model": "tiny", "comments": [sent], "scores": True}
    (said,) = client.post("/v1/tag", json=asked).json()["results"]
    (meant,) = tiny_tagger.tag([sent["text"]], [sent["question"]])
    assert meant.scores is not None
    assert list(said["scores"].values()) == pytest.approx(meant.scores, abs=1e-3)


def test_a_model_that_is_not_loaded_is_named_as_what_is_wrong(client: TestClient) -> None:
    response = client.post("/v1/tag", json=body("a") | {"model": "nope"})
    assert problem(response, 422)["errors"][0]["column"] == "model"


def test_what_is_out_of_bounds_is_refused(client: TestClient) -> None:
    wrong: list[dict[str, object]] = [
        {"comments": []},
        {"comments": [{"text": "a"}] * 1_001},
        {"comments": [{"text": "a" * 20_001}]},
        {"comments": [{"id": 7, "text": "a"}]},
        {"comments": [{"text": None}]},
        {"comments": [{"text": "a", "colour": "red"}]},
        {"operating_point": "best"},
        {"scores": "perhaps"},
    ]
    for each in wrong:
        problem(client.post("/v1/tag", json=body("a") | each), 422)


def test_strange_texts_are_tagged_as_any(client: TestClient) -> None:
    strange = ["\x00", "\u202e" * 50, "🙂" * 500, "a" * 20_000, "﷽", "\ufffe", "<script>"]
    assert client.post("/v1/tag", json=body(*strange)).status_code == 200


def test_a_key_without_the_scope_is_told_which_it_lacks(
    anyone: TestClient, make_key: MakeKey
) -> None:
    response = anyone.post("/v1/tag", json=body("a"), headers=make_key(Scope.REVIEW))
    assert "'tag'" in problem(response, 403)["detail"]


def test_a_client_that_knows_only_a_url_sends_its_key_as_password(
    anyone: TestClient, make_key: MakeKey
) -> None:
    key = make_key(Scope.TAG)["Authorization"].removeprefix("Bearer ")
    assert anyone.post("/v1/tag", json=body("a"), auth=("sayso", key)).status_code == 200
    problem(anyone.post("/v1/tag", json=body("a"), auth=("sayso", "guess")), 401)


def test_a_service_that_is_stopping_says_when_to_come_back(
    app: FastAPI, client: TestClient
) -> None:
    assert client.portal is not None
    client.portal.call(app.state.service.batcher.stop)
    response = client.post("/v1/tag", json=body("a"))
    problem(response, 503)
    assert int(response.headers["retry-after"]) > 0


@pytest.fixture
def strict(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"requests_per_minute": 3, "comments_per_minute": 10, "request_bytes": 5_000}
    )


class TestWithLowLimits:
    """What a key may ask for is limited."""

    @pytest.fixture
    def settings(self, strict: Settings) -> Settings:
        return strict

    def test_a_key_that_asks_too_often_is_told_when_to_come_back(
        self, client: TestClient, make_key: MakeKey
    ) -> None:
        statuses = [client.get("/v1/models").status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        response = client.get("/v1/models")
        assert "requests" in problem(response, 429)["detail"]
        assert 0 < int(response.headers["retry-after"]) <= 20
        assert client.get("/v1/models", headers=make_key(Scope.TAG)).status_code == 200

    def test_a_key_that_sends_too_many_comments_is_told_when_to_come_back(
        self, client: TestClient
    ) -> None:
        assert client.post("/v1/tag", json=body(*["a"] * 10)).status_code == 200
        response = client.post("/v1/tag", json=body("a"))
        assert "comments" in problem(response, 429)["detail"]

    def test_a_body_that_is_too_long_is_refused_however_it_is_sent(
        self, client: TestClient
    ) -> None:
        long = b'{"model": "tiny", "comments": [' + b" " * 5_000 + b"]}"
        json = {"content-type": "application/json"}
        told = problem(client.post("/v1/tag", content=long, headers=json), 413)
        assert told["type"] == "/problems/too-large"
        pieces = (long[start : start + 100] for start in range(0, len(long), 100))
        problem(client.post("/v1/tag", content=pieces, headers=json), 413)
