"""A client of a real service, which tags with the tiny model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from service import Settings
from service.client import Client
from service.tagging import LoadedModels
from tests.service.live import live, make_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models import Tagger
    from service.store import Store


@pytest.fixture
def address(store: Store, tiny_tagger: Tagger, tmp_path: Path) -> Iterator[str]:
    settings = Settings(data_dir=tmp_path, models=("tiny",), workers=1)
    with live(settings, store, LoadedModels([tiny_tagger])) as url:
        yield url


@pytest.fixture
def sayso(address: str, store: Store) -> Iterator[Client]:
    """A client that may do everything."""
    with Client(address, make_key(store)) as client:
        yield client
