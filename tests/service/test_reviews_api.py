from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from labelled_data import read_labelled
from models import OperatingPoint
from service.security.principals import Scope
from tests.conftest import PHRASES
from tests.service.filled_survey import VISITS, make, send, tag_all
from tests.service.problems import problem
from tests.service.sample_survey import row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette.testclient import TestClient

    from labelled_data import Codebook
    from models import Tagger
    from service.store import Store
    from service.tagging import LoadedModels
    from tests.service.app_fixtures import MakeKey

REVIEWS = f"{VISITS}/reviews"
QUESTION = "What could we do better?"
TEXTS = [phrase.format(n=n) for n in range(2, 5) for of in PHRASES.values() for phrase in of]
FOREIGN = "bardzo długo czekałam na lekarza w zimnej poczekalni"
Headers = dict[str, str]
WRONG: Sequence[tuple[dict[str, object], str]] = (
    ({"themes": ["absent"]}, "themes"),
    ({"themes": ["waiting"], "polarity": {"parking": "negative"}}, "polarity"),
    ({"themes": ["waiting"], "polarity": {"waiting": "furious"}}, "polarity"),
    ({"themes": "waiting"}, "themes"),
    ({}, "themes"),
)


@pytest.fixture
def filled(client: TestClient, store: Store, models: LoadedModels) -> TestClient:
    make(client)
    send(client, [row(f"r{n}", better=text) for n, text in enumerate([*TEXTS, FOREIGN])])
    tag_all(store, models)
    return client


@pytest.fixture
def reader(make_key: MakeKey) -> Headers:
    return make_key(Scope.REVIEW)


def draw(client: TestClient, **asked: object) -> dict[str, Any]:
    body = {"kind": "random", "size": 5} | asked
    response = client.post(f"{REVIEWS}/samples", json=body)
    assert response.status_code == 201, response.text
    sample: dict[str, Any] = response.json()
    return sample


def read_next(client: TestClient, sample: int, reader: Headers | None = None) -> dict[str, Any]:
    response = client.get(f"{REVIEWS}/next", params={"sample": sample}, headers=reader or {})
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


def read_all(client: TestClient, sample: int, reader: Headers, *themes: str) -> list[str]:
    """Read every comment of a sample and give each these themes."""
    texts = []
    while (comment := read_next(client, sample, reader)["comment"]) is not None:
        texts.append(comment["text"])
        put(client, comment["id"], sample, reader, *themes)
    return texts


def put(
    client: TestClient, comment: int, sample: int | None, reader: Headers, *themes: str
) -> dict[str, Any]:
    body = {"sample": sample, "themes": themes, "polarity": dict.fromkeys(themes, "negative")}
    response = client.put(f"{REVIEWS}/{comment}", json=body, headers=reader)
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


def test_a_random_sample_tells_the_chance_of_each_comment(filled: TestClient) -> None:
    sample = draw(filled, size=9, seed=7)
    assert (sample["size"], sample["frame"], sample["seed"]) == (9, len(TEXTS), 7)
    assert sample["probability"] == pytest.approx(9 / len(TEXTS))
    assert filled.get(f"{REVIEWS}/samples").json() == {"samples": [sample]}


def test_what_could_not_be_read_is_never_drawn(filled: TestClient, reader: Headers) -> None:
    sample = draw(filled, size=1_000)
    assert sample["size"] == len(TEXTS)
    assert sorted(read_all(filled, sample["id"], reader)) == sorted(TEXTS)


def test_the_same_seed_draws_the_same_comments(filled: TestClient, make_key: MakeKey) -> None:
    first, again, other = (draw(filled, seed=seed)["id"] for seed in (1, 1, 2))
    texts = {
        sample: read_all(filled, sample, make_key(Scope.REVIEW)) for sample in (first, again, other)
    }
    assert texts[first] == texts[again] != texts[other]


def test_without_a_seed_one_is_picked_and_told(filled: TestClient) -> None:
    assert draw(filled)["seed"] != draw(filled)["seed"]


def test_an_uncertain_sample_holds_the_narrowest_decisions(
    filled: TestClient, reader: Headers, tiny_tagger: Tagger
) -> None:
    sample = draw(filled, kind="uncertain", size=6)
    assert sample["probability"] is None
    thresholds = np.array(tiny_tagger.manifest.decision.thresholds[OperatingPoint.BALANCED])
    scores = np.array([said.scores for said in tiny_tagger.tag(TEXTS, QUESTION)])
    margins = np.abs(scores - thresholds).min(axis=1)
    drawn = [margins[TEXTS.index(text)] for text in read_all(filled, sample["id"], reader)]
    np.testing.assert_allclose(drawn, np.sort(margins)[:6], atol=1e-5)


def test_a_blind_sample_does_not_show_what_the_model_says(filled: TestClient) -> None:
    everything = len(TEXTS)
    blind, assisted = (
        draw(filled, blind=blind, size=everything, seed=3) for blind in (True, False)
    )
    hidden = read_next(filled, blind["id"])["comment"]
    shown = read_next(filled, assisted["id"])["comment"]
    assert hidden["text"] == shown["text"]
    assert (hidden["status"], hidden["themes"]) == (None, [])
    assert shown["status"] is not None
    assert set(hidden) == {"id", "question", "text", "status", "themes"}
    assert hidden["question"] == QUESTION


def test_every_reader_gets_the_whole_sample(filled: TestClient, make_key: MakeKey) -> None:
    sample = draw(filled)["id"]
    first, second = make_key(Scope.REVIEW), make_key(Scope.REVIEW)
    assert read_next(filled, sample, first)["left"] == 5
    texts = read_all(filled, sample, first)
    assert len(set(texts)) == 5
    assert read_next(filled, sample, first) == {"sample": sample, "left": 0, "comment": None}
    assert read_all(filled, sample, second) == texts
    (told,) = filled.get(f"{REVIEWS}/samples").json()["samples"]
    assert told["read"] == 5


def test_a_comment_stays_the_next_until_it_is_reviewed(filled: TestClient, reader: Headers) -> None:
    sample = draw(filled)["id"]
    first = read_next(filled, sample, reader)
    assert read_next(filled, sample, reader) == first
    put(filled, first["comment"]["id"], sample, reader)
    after = read_next(filled, sample, reader)
    assert after["left"] == 4
    assert after["comment"] != first["comment"]


def test_a_review_is_stored_in_codebook_order_and_may_be_given_again(
    filled: TestClient, reader: Headers, tmp_path: Path, tiny_codebook: Codebook
) -> None:
    sample = draw(filled)["id"]
    comment = read_next(filled, sample, reader)["comment"]["id"]
    put(filled, comment, sample, reader, "kindness")
    told = put(filled, comment, sample, reader, "parking", "waiting", "parking")
    assert told["themes"] == ["waiting", "parking"]
    (said,) = exported(filled, tmp_path, tiny_codebook)
    assert said.themes == ("waiting", "parking")


def exported(client: TestClient, folder: Path, codebook: Codebook) -> list[Any]:
    table = client.get(f"{REVIEWS}/export")
    assert table.status_code == 200, table.text
    assert table.headers["content-type"].startswith("text/csv")
    file = folder / "reviews.csv"
    file.write_bytes(table.content)
    return list(read_labelled(file, codebook))


def test_reviews_are_exported_as_training_reads_them(
    filled: TestClient, make_key: MakeKey, tmp_path: Path, tiny_codebook: Codebook
) -> None:
    sample = draw(filled)["id"]
    texts = read_all(filled, sample, make_key(Scope.REVIEW), "waiting")
    read_all(filled, sample, make_key(Scope.REVIEW), "waiting", "kindness")
    said = exported(filled, tmp_path, tiny_codebook)
    assert sorted(one.text for one in said) == sorted(2 * texts)
    assert {one.question for one in said} == {QUESTION}
    assert {one.themes for one in said} == {("waiting",), ("waiting", "kindness")}
    assert {polarity for one in said for polarity in one.polarity.values()} == {"negative"}
    assert len({one.id for one in said}) == 10


def test_of_one_reader_only_the_last_word_on_a_comment_is_exported(
    filled: TestClient, reader: Headers, tmp_path: Path, tiny_codebook: Codebook
) -> None:
    sample = draw(filled)["id"]
    comment = read_next(filled, sample, reader)["comment"]["id"]
    put(filled, comment, sample, reader, "waiting")
    put(filled, comment, None, reader, "parking")
    (said,) = exported(filled, tmp_path, tiny_codebook)
    assert said.themes == ("parking",)


def test_without_reviews_the_export_is_an_empty_table(filled: TestClient) -> None:
    table = filled.get(f"{REVIEWS}/export")
    assert table.text.splitlines() == [
        "id,question,text,themes,sentiment,polarity,evidence,language"
    ]


def test_without_two_readers_there_is_no_agreement(filled: TestClient, reader: Headers) -> None:
    read_all(filled, draw(filled)["id"], reader, "waiting")
    told = filled.get(f"{REVIEWS}/agreement").json()
    assert (told["comments"], told["reviewers"], told["mean_alpha"]) == (0, 0, None)


def test_agreement_is_measured_between_readers(filled: TestClient, make_key: MakeKey) -> None:
    sample = draw(filled)["id"]
    for _ in range(2):
        reader = make_key(Scope.REVIEW)
        for place in range(5):
            comment = read_next(filled, sample, reader)["comment"]["id"]
            put(filled, comment, sample, reader, *(["waiting"] if place % 2 else []))
    told = filled.get(f"{REVIEWS}/agreement").json()
    assert (told["comments"], told["reviewers"], told["mean_alpha"]) == (5, 2, 1.0)
    assert [theme["alpha"] for theme in told["themes"]] == [1.0, None, None]


def test_a_review_that_makes_no_sense_is_refused(filled: TestClient) -> None:
    comment = read_next(filled, draw(filled)["id"])["comment"]["id"]
    for body, column in WRONG:
        refused = problem(filled.put(f"{REVIEWS}/{comment}", json=body), 422)
        assert refused["errors"][0]["column"].startswith(column), body


def test_what_was_not_drawn_is_not_there_to_be_reviewed(filled: TestClient) -> None:
    one, another = draw(filled, size=1, seed=1)["id"], draw(filled, size=len(TEXTS))["id"]
    drawn = read_next(filled, one)["comment"]["id"]
    others = read_next(filled, another)["comment"]["id"]
    other = others if others != drawn else drawn + 1
    asked: dict[str, object] = {"themes": []}
    problem(filled.put(f"{REVIEWS}/{other}", json=asked | {"sample": one}), 404)
    problem(filled.put(f"{REVIEWS}/{drawn}", json=asked | {"sample": 999}), 404)
    problem(filled.put(f"{REVIEWS}/999999", json=asked), 404)
    problem(filled.get(f"{REVIEWS}/next", params={"sample": 999}), 404)


def test_a_sample_that_cannot_be_drawn_is_refused(client: TestClient) -> None:
    problem(client.post(f"{REVIEWS}/samples", json={"kind": "random", "size": 5}), 404)
    make(client)
    problem(client.post(f"{REVIEWS}/samples", json={"kind": "random", "size": 5}), 409)
    for asked in ({"kind": "best", "size": 5}, {"kind": "random", "size": 0}, {"kind": "random"}):
        problem(client.post(f"{REVIEWS}/samples", json=asked), 422)


def test_reading_and_reviewing_is_noted_without_any_words(
    filled: TestClient, reader: Headers
) -> None:
    sample = draw(filled, size=1)["id"]
    (text,) = read_all(filled, sample, reader, "waiting")
    filled.get(f"{REVIEWS}/export")
    noted = filled.get("/v1/audit")
    actions = {entry["action"] for entry in noted.json()["entries"]}
    assert {"review.sample", "review.read", "review.put", "review.export"} <= actions
    assert text not in noted.text


def test_reviews_need_their_scope(filled: TestClient, make_key: MakeKey) -> None:
    headers = make_key(Scope.COMMENTS_READ, Scope.SURVEYS_WRITE)
    for path in ("samples", "next?sample=1", "agreement", "export"):
        problem(filled.get(f"{REVIEWS}/{path}", headers=headers), 403)
    asked = {"kind": "random", "size": 1}
    problem(filled.post(f"{REVIEWS}/samples", json=asked, headers=headers), 403)
    problem(filled.put(f"{REVIEWS}/1", json={"themes": []}, headers=headers), 403)


def test_an_erased_survey_takes_its_reviews_along(filled: TestClient, reader: Headers) -> None:
    read_all(filled, draw(filled)["id"], reader, "waiting")
    assert filled.delete(VISITS).status_code == 204
    problem(filled.get(f"{REVIEWS}/samples"), 404)
    problem(filled.get(f"{REVIEWS}/export"), 404)
