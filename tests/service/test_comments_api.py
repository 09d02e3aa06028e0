from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from service.security.principals import Scope
from tests.service.filled_survey import COMMENTS, ROWS, VISITS, fill, make, send, tag_all
from tests.service.problems import problem
from tests.service.sample_survey import row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.testclient import TestClient

    from models import Tagger
    from service.store import Store
    from service.tagging import LoadedModels
    from tests.service.app_fixtures import MakeKey

READ = f"{VISITS}/comments"
Asked = str | int | list[str]
WRONG: Sequence[tuple[str, Asked]] = (
    ("theme", "absent"),
    ("question", "absent"),
    ("group", "sex"),
    ("group", "sex:absent"),
    ("group", "absent:female"),
    ("group", ["sex:female", "sex:male"]),
    ("status", "absent"),
    ("polarity", "absent"),
    ("from", "yesterday"),
    ("after", "-1"),
    ("after", str(2**63)),
    ("limit", "0"),
    ("limit", "501"),
    ("q", ""),
    ("absent", "x"),
)


@pytest.fixture
def filled(client: TestClient, store: Store, models: LoadedModels) -> TestClient:
    fill(client, store, models)
    return client


def comments(client: TestClient, **query: Asked) -> list[dict[str, Any]]:
    named = {"since": "from", "until": "to"}
    params = {named.get(name, name): value for name, value in query.items()}
    response = client.get(READ, params=params)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["comments"]
    return found


def texts(client: TestClient, **query: Asked) -> set[str]:
    return {comment["text"] for comment in comments(client, **query)}


def ids(client: TestClient, **query: Asked) -> list[str]:
    return sorted({comment["response_id"] for comment in comments(client, **query)})


def test_comments_come_with_what_the_tagger_says(filled: TestClient, tiny_tagger: Tagger) -> None:
    (found,) = [one for one in comments(filled) if one["text"] == ROWS[0]["better"]]
    (said,) = tiny_tagger.tag([found["text"]], "What could we do better?")
    assert (found["response_id"], found["question"], found["site"]) == ("r1", "better", "North")
    assert (found["given_on"], found["status"]) == ("2025-03-14", said.status)
    assert [theme["theme"] for theme in found["themes"]] == list(said.themes)
    for theme, tag in zip(found["themes"], said.tags, strict=True):
        assert theme["score"] == pytest.approx(tag.score, abs=1e-6)
        assert [(place["start"], place["end"]) for place in theme["evidence"]] == list(tag.evidence)


def test_comments_are_found_by_what_is_true_of_them(filled: TestClient) -> None:
    assert len(comments(filled)) == COMMENTS
    assert ids(filled, site="North") == ["r1", "r2"]
    assert ids(filled, question="good") == ["r3", "r4"]
    assert ids(filled, since="2025-03-15", until="2025-03-16") == ["r2", "r3"]
    assert ids(filled, group="sex:female") == ["r1", "r3"]
    assert ids(filled, group=["sex:female", "carer:carer"]) == ["r1"]
    assert ids(filled, group="sex:not_known") == ids(filled, group="carer:not_stated") == ["r4"]
    assert ids(filled, site="West") == []


def test_comments_are_found_by_what_the_tagger_says(filled: TestClient) -> None:
    everything = comments(filled)
    tags = [(one["text"], tag) for one in everything for tag in one["themes"]]
    assert tags
    for theme in ("waiting", "kindness", "parking"):
        assert texts(filled, theme=theme) == {text for text, tag in tags if tag["theme"] == theme}
    for polarity in ("positive", "negative", "mixed", "neutral"):
        wanted = {text for text, tag in tags if tag["polarity"] == polarity}
        assert texts(filled, polarity=polarity) == wanted
    for status in ("tagged", "no_theme", "unsure", "empty", "not_english"):
        wanted = {one["text"] for one in everything if one["status"] == status}
        assert texts(filled, status=status) == wanted


def test_comments_are_found_by_all_their_words(filled: TestClient) -> None:
    assert ids(filled, q="hours WAITED") == ["r1", "r2"]
    assert ids(filled, q="waited 9") == ["r2"]
    assert ids(filled, q="waited parking") == []


def test_nothing_in_a_search_is_read_as_a_language(filled: TestClient) -> None:
    for q in ('"', "AND", "NEAR(", "text:*", "'; --", "waited & !x", "\0", "%"):
        assert filled.get(READ, params={"q": q}).status_code == 200, q


def test_pages_together_hold_every_comment_once(filled: TestClient) -> None:
    every = [comment["id"] for comment in comments(filled)]
    for limit in (1, 2, 5, 500):
        found: list[int] = []
        after: int | None = 0
        while after is not None:
            page = filled.get(READ, params={"limit": limit, "after": after}).json()
            assert 1 <= len(page["comments"]) <= limit
            found += [comment["id"] for comment in page["comments"]]
            after = page["next"]
        assert found == every, limit


def test_a_comment_that_waits_has_no_status(
    client: TestClient, store: Store, models: LoadedModels
) -> None:
    make(client)
    send(client, [row("r1", good="nurse number 4 was so kind")])
    (waiting,) = comments(client)
    assert (waiting["status"], waiting["themes"]) == (None, [])
    tag_all(store, models)
    assert comments(client)[0]["status"] is not None


def test_what_the_survey_does_not_have_cannot_be_asked_for(filled: TestClient) -> None:
    for parameter, value in WRONG:
        told = problem(filled.get(READ, params={parameter: value}), 422)
        assert told["errors"][0]["column"].startswith(parameter), (parameter, value)


def test_the_audit_notes_who_read_how_many_but_not_the_words(filled: TestClient) -> None:
    comments(filled, q="waited", site="North", theme="waiting")
    noted = filled.get("/v1/audit").json()["entries"][0]
    assert (noted["action"], noted["survey"]) == ("comments.read", "visits")
    assert noted["detail"]["theme"] == "waiting"
    assert noted["detail"]["searched"] == 1
    assert "waited" not in str(noted)
    assert "North" not in str(noted)


def test_comments_need_their_scope(filled: TestClient, make_key: MakeKey) -> None:
    problem(filled.get(READ, headers=make_key(Scope.SURVEYS_READ, Scope.REVIEW)), 403)
    assert filled.get(READ, headers=make_key(Scope.COMMENTS_READ)).status_code == 200


def test_comments_of_a_survey_that_is_not_there_are_missing(client: TestClient) -> None:
    problem(client.get(READ), 404)
