"""Pages on keys and on who did what."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from service.pages.key_words import ACTIONS, SCOPES
from service.security import api_keys, sessions
from service.security.principals import Scope
from service.store import audit
from tests.service.filled_survey import fill
from tests.service.pages.conftest import assert_usable

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from service.store import Store
    from service.tagging import LoadedModels
    from tests.service.pages.conftest import SignedIn

TOKEN = re.compile(r"sayso_[0-9]+_[A-Za-z0-9_-]{43}")


@pytest.fixture
def visitor(anyone: TestClient, store: Store) -> TestClient:
    """A browser that may do everything."""
    anyone.get("/sign-in", params={"token": sessions.new_link(store)})
    return anyone


def csrf_of(visitor: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', visitor.get("/keys").text)
    assert found is not None
    return found[1]


def test_a_key_is_made_shown_once_used_and_revoked(
    signed_in: SignedIn, anyone: TestClient, store: Store
) -> None:
    page = signed_in()
    page.goto("/keys")
    page.get_by_role("link", name="Make a key").click()
    page.get_by_role("button", name="Make the key").click()
    alert = page.get_by_role("alert")
    assert "at most 100 characters" in alert.inner_text()
    assert "at least one thing" in alert.inner_text()
    assert_usable(page)
    page.get_by_label("Who or what is the key for?").fill("a colleague")
    page.get_by_label("See surveys and their figures").check()
    page.get_by_role("button", name="Make the key").click()
    assert_usable(page)
    (token,) = TOKEN.findall(page.content())
    assert token not in page.url
    (key,) = api_keys.every(store)
    assert (key.name, key.scopes) == ("a colleague", ("surveys:read",))
    assert anyone.get("/v1/surveys", headers={"Authorization": f"Bearer {token}"}).is_success
    with page.expect_navigation():
        page.get_by_role("link", name="go to all keys").click()
    assert token not in page.content()
    assert_usable(page)
    with page.expect_navigation():
        page.get_by_role("link", name=f"Key {key.id}").click()
    assert_usable(page)
    with page.expect_navigation():
        page.get_by_role("button", name=f"Yes, revoke key {key.id}").click()
    assert page.get_by_text("Revoked", exact=True).is_visible()
    assert (
        anyone.get("/v1/surveys", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    )
    with page.expect_navigation():
        page.get_by_role("link", name="audit").click()
    assert page.get_by_role("cell", name="revoked a key").is_visible()
    assert_usable(page)


def test_the_token_is_on_no_page_that_is_kept(visitor: TestClient) -> None:
    form = {"csrf": csrf_of(visitor), "name": "a", "scopes": ["tag", "review"], "expires": ""}
    made = visitor.post("/keys", data=form)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    (token,) = TOKEN.findall(made.text)
    (key,) = visitor.get("/v1/keys").json()["keys"]
    assert (key["scopes"], key["expires"]) == (["review", "tag"], None)
    for path in ("/keys", f"/keys/{key['id']}", "/audit"):
        assert token.rpartition("_")[2] not in visitor.get(path).text


def test_a_key_is_good_to_the_end_of_its_last_day(visitor: TestClient) -> None:
    today = datetime.now(UTC).date()
    form = {"csrf": csrf_of(visitor), "name": "a", "scopes": "tag", "expires": today.isoformat()}
    assert visitor.post("/keys", data=form).status_code == 201
    (key,) = visitor.get("/v1/keys").json()["keys"]
    assert datetime.fromisoformat(key["expires"]).date() == today + timedelta(days=1)


def test_what_was_typed_stays_where_something_is_wrong(visitor: TestClient) -> None:
    good = {"csrf": csrf_of(visitor), "name": "colleague", "scopes": "tag", "expires": ""}
    for wrong in ({"expires": "2020-01-01"}, {"expires": "soon"}, {"name": " "}):
        answer = visitor.post("/keys", data=good | wrong)
        assert answer.status_code == 422
        assert "There is a problem" in answer.text
        assert re.search(r'value="tag" checked', answer.text)
    assert visitor.get("/v1/keys").json()["keys"] == []


def test_nothing_is_made_or_revoked_without_a_token_of_the_session(
    visitor: TestClient, store: Store
) -> None:
    key, _ = api_keys.create(store, "kept", [Scope.TAG], None, "test")
    assert visitor.post("/keys", data={"name": "a", "scopes": "tag"}).status_code == 403
    assert visitor.post(f"/keys/{key.id}/revoke", data={"csrf": "guess"}).status_code == 403
    assert [each.revoked for each in api_keys.every(store)] == [None]


def test_pages_of_keys_and_the_audit_are_for_who_may_do_everything(
    signed_in: SignedIn, anyone: TestClient, store: Store
) -> None:
    page = signed_in(*(scope for scope in Scope if scope != Scope.ADMIN))
    assert page.get_by_role("link", name="Keys and people").count() == 0
    for path in ("/keys", "/keys/new", "/keys/1", "/audit"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 403
        assert "admin" in page.get_by_role("main").inner_text()
    (key,) = api_keys.every(store)
    api_keys.revoke(store, key.id, "test")
    page.goto("/models")
    assert page.get_by_label("Key", exact=True).is_visible()


def test_what_a_key_may_not_do_is_neither_offered_nor_done(
    client: TestClient, store: Store, models: LoadedModels
) -> None:
    fill(client, store, models)
    del client.headers["Authorization"]
    for scopes, may in (([Scope.SURVEYS_READ], False), (list(Scope), True)):
        _, token = api_keys.create(store, "reader", scopes, None, "test")
        client.post("/sign-in", data={"key": str(token)})
        page = client.get("/surveys/visits")
        assert page.status_code == 200
        assert ('href="/surveys/visits/comments"' in page.text) is may
        refused = client.get("/surveys/visits/comments")
        assert refused.status_code == (200 if may else 403)
        assert ("does not allow this" in refused.text) is not may


def test_the_audit_is_paged_from_the_newest_on(visitor: TestClient, store: Store) -> None:
    with store.write() as conn:
        for n in range(60):
            audit.record(conn, "test", "survey.create", f"survey-{n}", {"model": "tiny"})
    first = visitor.get("/audit").text
    assert "made a survey" in first
    assert "survey-59<" in first
    assert "survey-9<" not in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = visitor.get(following[1]).text
    assert "survey-9<" in second
    assert 'rel="next"' not in second


def test_every_scope_has_words() -> None:
    assert set(SCOPES) == set(Scope)
    assert all(ACTIONS.values())
