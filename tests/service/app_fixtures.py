"""A service in this process, on the tiny model and each kind of store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest
from starlette.testclient import TestClient

from service import Settings, create_app
from service.security import api_keys
from service.security.principals import Scope
from service.tagging import LoadedModels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

    from models import Tagger
    from service.store import Store

ADDRESS = "http://127.0.0.1:8000"


class MakeKey(Protocol):
    """Makes a key with scopes and gives the headers that send it."""

    def __call__(self, *scopes: Scope) -> dict[str, str]: ...


@pytest.fixture(scope="session")
def models(tiny_tagger: Tagger) -> LoadedModels:
    return LoadedModels([tiny_tagger])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """No worker, so that a test says itself when comments are tagged."""
    return Settings(data_dir=tmp_path, models=("tiny",), workers=0)


@pytest.fixture
def app(settings: Settings, store: Store, models: LoadedModels) -> FastAPI:
    return create_app(settings, store, models)


@pytest.fixture
def anyone(app: FastAPI) -> Iterator[TestClient]:
    """A client without a key, which sees an unforeseen error as others do: a 500."""
    with TestClient(app, ADDRESS, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def make_key(store: Store) -> MakeKey:
    def make(*scopes: Scope) -> dict[str, str]:
        _, token = api_keys.create(store, "test", scopes, None, "test")
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.fixture
def client(anyone: TestClient, make_key: MakeKey) -> TestClient:
    """A client that may do everything."""
    anyone.headers.update(make_key(Scope.ADMIN))
    return anyone
