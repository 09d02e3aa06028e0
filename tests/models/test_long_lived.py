from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from models.long_lived import keep_for_good

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*usual)


def test_what_is_held_by_then_is_collected_no_more() -> None:
    held = [[number] for number in range(100)]
    keep_for_good()
    assert gc.get_freeze_count() > len(held)
    assert not any(each is held for each in gc.get_objects())


def test_what_is_made_later_is_collected() -> None:
    keep_for_good()
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() > 0


def test_garbage_is_looked_for_less_often_than_before() -> None:
    gc.set_threshold(700)
    keep_for_good()
    assert gc.get_threshold()[0] > 700
    assert gc.isenabled()
