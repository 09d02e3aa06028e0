from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from service.security.principals import Scope
from tests.service.problems import problem

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.service.app_fixtures import MakeKey

NEW = {"name": "dashboard", "scopes": ["surveys:read", "tag"]}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_key_is_made_and_works_until_it_is_revoked(client: TestClient) -> None:
    response = client.post("/v1/keys", json=NEW)
    assert response.status_code == 201
    made = response.json()
    key = bearer(made["token"])
    assert client.get("/v1/surveys", headers=key).status_code == 200
    problem(client.get("/v1/keys", headers=key), 403)
    assert client.delete(f"/v1/keys/{made['id']}").status_code == 204
    problem(client.get("/v1/surveys", headers=key), 401)


def test_a_token_is_shown_once(client: TestClient) -> None:
    made = client.post("/v1/keys", json=NEW).json()
    secret = made["token"].split("_", 2)[2]
    listed = client.get("/v1/keys")
    assert secret not in listed.text
    assert [key["name"] for key in listed.json()["keys"]] == ["test", "dashboard"]
    assert "secret_hash" not in listed.text


def test_a_key_can_expire(client: TestClient) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    made = client.post("/v1/keys", json=NEW | {"expires": tomorrow.isoformat()}).json()
    assert datetime.fromisoformat(made["expires"]) == tomorrow


def test_a_key_that_makes_no_sense_is_not_made(client: TestClient) -> None:
    wrong: list[dict[str, object]] = [
        {"name": ""},
        {"name": "   "},
        {"name": "a\x00b"},
        {"name": "a" * 101},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"expires": "2020-01-01T00:00:00Z"},
        {"expires": "2099-01-01T00:00:00"},
        {"expires": "9999-12-31T23:59:59-14:00"},
        {"secret": "mine"},
    ]
    for each in wrong:
        problem(client.post("/v1/keys", json=NEW | each), 422)


def test_a_key_that_is_not_there_cannot_be_revoked(client: TestClient) -> None:
    problem(client.delete("/v1/keys/999"), 404)
    problem(client.delete("/v1/keys/0"), 422)
    problem(client.delete(f"/v1/keys/{2**63}"), 422)


def test_keys_are_only_for_admins(anyone: TestClient, make_key: MakeKey) -> None:
    others = make_key(*(scope for scope in Scope if scope != Scope.ADMIN))
    problem(anyone.get("/v1/keys", headers=others), 403)
    problem(anyone.post("/v1/keys", headers=others, json=NEW), 403)
    problem(anyone.delete("/v1/keys/1", headers=others), 403)
    problem(anyone.get("/v1/audit", headers=others), 403)


def test_the_list_tells_when_a_key_was_used(client: TestClient) -> None:
    assert client.get("/v1/keys").json()["keys"][0]["used"] is None
    assert client.portal is not None
    state = client.app.state.service  # type: ignore[attr-defined]
    state.uses.note()
    assert client.get("/v1/keys").json()["keys"][0]["used"] is not None


def test_the_audit_is_read_from_its_end_in_pages(client: TestClient) -> None:
    for _ in range(3):
        client.post("/v1/keys", json=NEW)
    first = client.get("/v1/audit", params={"limit": 2}).json()
    second = client.get("/v1/audit", params={"limit": 3, "after": first["next"]}).json()
    entries = [*first["entries"], *second["entries"]]
    assert [entry["detail"]["key"] for entry in entries] == [4, 3, 2, 1]
    assert {entry["action"] for entry in entries} == {"key.create"}
    assert entries[0]["actor"] == "key 1"
    assert second["next"] is None
    problem(client.get("/v1/audit", params={"limit": 0}), 422)
