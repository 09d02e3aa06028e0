from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from labelled_data.fft_labels import NOT_POSSIBLE, published_labels
from service import pxtextmining
from service.errors import NotFoundError
from service.pxtextmining import KEPT, QuestionType, SentComment
from service.records import NewSurvey, ResponseRow
from service.security.principals import Scope
from service.store import audit, responses, surveys
from service.tagging import LoadedModels, Worker
from tests.service.problems import problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from starlette.testclient import TestClient

    from service.records import Survey
    from service.store import Store
    from tests.service.app_fixtures import MakeKey

START = "/api/StartContainerInstance"
QUICK = "/predict_multilabel"
TEXTS = (
    "The nurse was so kind and explained everything",
    "Waited four hours and nobody told us why, awful",
    "Better food please",
    " ... ",
    "",
)
QUICK_LIST = [{"comment_id": str(n), "comment_text": text} for n, text in enumerate(TEXTS)]
SLOW_LIST = [one | {"question_type": "nonspecific"} for one in QUICK_LIST]


@pytest.fixture(scope="module")
def models() -> LoadedModels:
    """The shipped model, since only it has the framework's themes and tells sentiment."""
    return LoadedModels.load(["fft"], threads=1)


@pytest.fixture
def tagger_key(make_key: MakeKey) -> str:
    return make_key(Scope.TAG)["Authorization"].removeprefix("Bearer ")


def started(client: TestClient, items: Sequence[dict[str, Any]] = SLOW_LIST, **more: str) -> str:
    """The path of the results of comments that were left to be labelled."""
    answer = client.post(START, params={"target": "ms", **more}, json=items)
    assert answer.status_code == 202, answer.text
    return urlsplit(answer.text).path


def work(store: Store, models: LoadedModels) -> None:
    worker = Worker(store, models)
    while worker.run_once():
        pass


def finished(
    client: TestClient, store: Store, models: LoadedModels, items: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    path = started(client, items)
    work(store, models)
    answer = client.get(path)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()
    return found


def jobs(store: Store) -> list[Survey]:
    with store.read() as conn:
        return [one for one in surveys.every(conn) if pxtextmining.is_job(one)]


# The quick call.


def test_the_quick_call_gives_the_labels_of_what_the_tagger_says(
    client: TestClient, models: LoadedModels
) -> None:
    answer = client.post(QUICK, json=QUICK_LIST)
    said = models.get("fft").tag(TEXTS)
    assert answer.status_code == 200
    assert answer.json() == [
        {"comment_id": str(n), "labels": published_labels(prediction.themes)}
        for n, prediction in enumerate(said)
    ]
    assert "Staff manner & personal attributes" in answer.json()[0]["labels"]
    assert answer.json()[2]["labels"] == ["Food & drink provision & facilities"]


def test_a_blank_comment_cannot_be_labelled(client: TestClient) -> None:
    answer = client.post(QUICK, json=QUICK_LIST[3:])
    assert [one["labels"] for one in answer.json()] == [[NOT_POSSIBLE], [NOT_POSSIBLE]]


def test_the_quick_call_needs_no_content_type_and_passes_over_what_it_does_not_know(
    client: TestClient,
) -> None:
    items = [{"comment_id": 7, "comment_text": TEXTS[2], "trust": "RXX"}]
    answer = client.post(QUICK, content=json.dumps(items))
    assert answer.status_code == 200
    assert answer.json() == [{"comment_id": "7", "labels": ["Food & drink provision & facilities"]}]


@pytest.mark.parametrize("path", [QUICK, START])
def test_comment_ids_that_stand_twice_are_refused_with_their_places(
    client: TestClient, store: Store, path: str
) -> None:
    items = [{"comment_id": each, "comment_text": "secret words"} for each in ("a", 1, "b", "1")]
    answer = client.post(path, json=items)
    told = problem(answer, 422)
    assert told["errors"] == [
        {"row": 4, "column": "comment_id", "message": "this is the id of comment 2 too"}
    ]
    assert "secret words" not in answer.text
    assert jobs(store) == []


@pytest.mark.parametrize("path", [QUICK, START])
def test_a_list_that_is_not_as_it_should_be_is_refused(client: TestClient, path: str) -> None:
    wrong: list[object] = [
        [],
        {},
        [{"comment_id": "1"}],
        [{"comment_id": "", "comment_text": "secret words"}],
        [{"comment_id": "1", "comment_text": 5}],
        [{"comment_id": "1", "comment_text": "secret words " * 2_000}],
    ]
    for items in wrong:
        answer = client.post(path, json=items)
        problem(answer, 422)
        assert "secret words" not in answer.text


def test_the_quick_call_takes_the_key_as_password_but_not_in_the_address(
    anyone: TestClient, tagger_key: str
) -> None:
    assert anyone.post(QUICK, json=QUICK_LIST, auth=("any", tagger_key)).status_code == 200
    problem(anyone.post(QUICK, json=QUICK_LIST, params={"code": tagger_key}), 401)


# The slow call.


def test_the_slow_call_answers_with_an_address_and_then_with_labels_and_sentiment(
    anyone: TestClient, store: Store, models: LoadedModels, tagger_key: str
) -> None:
    params = {"target": "ms", "code": tagger_key}
    answer = anyone.post(START, params=params, content=json.dumps(SLOW_LIST))
    assert answer.status_code == 202
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == answer.headers["location"]
    assert answer.text.startswith("http://127.0.0.1:8000/api/results/")

    waiting = anyone.get(answer.text)
    assert waiting.status_code == 202
    assert int(waiting.headers["retry-after"]) > 0
    work(store, models)
    ready = anyone.get(answer.text)
    assert ready.status_code == 200

    said = models.get("fft").tag(TEXTS, "FFT Why?")
    assert ready.json() == [
        {
            "comment_id": str(n),
            "comment_text": TEXTS[n],
            "labels": published_labels(prediction.themes),
            "sentiment": prediction.sentiment,
        }
        for n, prediction in enumerate(said)
    ]
    sentiments = [one["sentiment"] for one in ready.json()]
    assert sentiments[0] in (1, 2)
    assert sentiments[1] in (4, 5)
    assert sentiments[3:] == [None, None]
    assert anyone.get(answer.text).json() == ready.json()


def test_results_are_not_ready_while_any_comment_is_left(
    client: TestClient, store: Store, models: LoadedModels
) -> None:
    items = [{"comment_id": str(n), "comment_text": f"kind nurse {n}"} for n in range(40)]
    path = started(client, items)
    assert Worker(store, models).run_once() == 32
    assert client.get(path).status_code == 202
    work(store, models)
    assert client.get(path).status_code == 200


def test_results_keep_the_order_of_the_comments(
    client: TestClient, store: Store, models: LoadedModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pxtextmining, "BATCH", 3)
    kinds = [str(kind) for kind in QuestionType]
    items = [
        {"comment_id": f"{99 - n}", "comment_text": TEXTS[2], "question_type": kinds[n % 3]}
        for n in range(10)
    ]
    found = finished(client, store, models, items)
    assert [one["comment_id"] for one in found] == [one["comment_id"] for one in items]


def test_the_type_of_question_is_part_of_what_is_read(
    client: TestClient, store: Store, models: LoadedModels
) -> None:
    items = [
        {"comment_id": kind, "comment_text": "Nothing", "question_type": kind}
        for kind in ("what_good", "could_improve")
    ]
    good, improve = finished(client, store, models, items)
    assert good["labels"] != improve["labels"]
    assert improve["labels"] == ["Positive experience & gratitude"]


def test_those_who_accept_json_by_name_get_the_address_in_it(client: TestClient) -> None:
    answer = client.post(START, json=SLOW_LIST, headers={"Accept": "application/json"})
    assert answer.json() == {"results_url": answer.headers["location"]}


@pytest.mark.parametrize("more", [{"target": "x"}, {"target": ""}])
def test_another_target_is_refused(client: TestClient, more: dict[str, str]) -> None:
    problem(client.post(START, params=more, json=SLOW_LIST), 422)


def test_another_type_of_question_is_refused(client: TestClient) -> None:
    items = [SLOW_LIST[0] | {"question_type": "why"}]
    problem(client.post(START, json=items), 422)


def test_the_slow_call_needs_a_good_key_that_may_tag(
    anyone: TestClient, make_key: MakeKey, tagger_key: str
) -> None:
    reader = make_key(Scope.SURVEYS_READ)["Authorization"].removeprefix("Bearer ")
    problem(anyone.post(START, json=SLOW_LIST), 401)
    problem(anyone.post(START, json=SLOW_LIST, params={"code": f"{tagger_key[:-1]}_"}), 401)
    problem(anyone.post(START, json=SLOW_LIST, params={"code": reader}), 403)
    assert anyone.post(START, json=SLOW_LIST, auth=("any", tagger_key)).status_code == 202


def test_a_key_in_the_header_goes_before_one_in_the_address(
    anyone: TestClient, tagger_key: str
) -> None:
    bad = {"Authorization": "Bearer bad"}
    problem(anyone.post(START, json=SLOW_LIST, params={"code": tagger_key}, headers=bad), 401)


@pytest.mark.parametrize("path", ["/api/results/guess", "/api/results/%00", "/api/results/é"])
def test_there_is_nothing_at_an_address_that_was_guessed(anyone: TestClient, path: str) -> None:
    problem(anyone.get(path), 404)


def test_the_id_of_a_job_in_the_store_is_not_the_way_to_its_results(
    client: TestClient, store: Store
) -> None:
    path = started(client)
    (job,) = jobs(store)
    assert job.id not in path
    problem(client.get(f"/api/results/{job.id}"), 404)


def test_a_job_stands_in_no_list_of_surveys(client: TestClient, store: Store) -> None:
    started(client)
    assert jobs(store)
    assert client.get("/v1/surveys").json() == {"surveys": []}


def test_the_audit_says_who_left_and_fetched_how_many(
    client: TestClient, store: Store, models: LoadedModels
) -> None:
    finished(client, store, models, SLOW_LIST)
    with store.read() as conn:
        fetched, left = audit.every(conn, 2)
    assert (left.action, left.detail) == ("pxtextmining.start", {"comments": len(TEXTS)})
    assert left.actor.startswith("key ")
    assert (fetched.action, fetched.detail) == ("pxtextmining.fetch", {"comments": len(TEXTS)})
    assert fetched.survey == left.survey


# How long jobs are kept.


@pytest.fixture
def secret(store: Store, models: LoadedModels) -> str:
    sent = [SentComment("1", "Kind nurse", QuestionType.WHAT_GOOD)]
    return pxtextmining.start(store, models, sent, "test")


def test_a_job_is_over_after_a_day_and_then_erased(store: Store, secret: str) -> None:
    (job,) = jobs(store)
    before, after = job.created + KEPT - timedelta(seconds=1), job.created + KEPT
    pxtextmining.sweep(store, before)
    assert pxtextmining.results(store, secret, before) is None
    with pytest.raises(NotFoundError):
        pxtextmining.results(store, secret, after)
    assert jobs(store) == [job]
    pxtextmining.sweep(store, after)
    assert jobs(store) == []
    with store.read() as conn:
        (noted,) = audit.every(conn, 1)
    assert (noted.actor, noted.action, noted.survey) == ("service", "pxtextmining.erase", job.id)


def test_a_sweep_leaves_surveys_alone_whatever_their_id(
    store: Store, models: LoadedModels, secret: str
) -> None:
    (job,) = jobs(store)
    columns = job.columns.model_copy(update={"text": job.columns.text[:1]})
    mine = NewSurvey(id="px-" + "0" * 40, name="Mine", model="fft", columns=columns)
    other = NewSurvey(id="px-mine", name="Mine", model="fft", columns=job.columns)
    row = ResponseRow("1", None, None, None, None, ((0, "Kind nurse"),), ())
    with store.write() as conn:
        for new in (mine, other):
            responses.add(conn, surveys.create(conn, new, models.stamp("fft")), [row])
    pxtextmining.sweep(store, datetime.now(UTC) + 2 * KEPT)
    with store.read() as conn:
        assert [one.id for one in surveys.every(conn)] == [mine.id, other.id]
