from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import pytest

from service.counts.policy import shipped_policy
from service.counts.readings import Node, Reading, Readings
from service.readings_cache import ReadingsCache

if TYPE_CHECKING:
    from collections.abc import Callable


def readings(people: int = 30) -> Readings:
    """One theme and one question, and half of the people raise it."""
    one = np.arange(people, dtype=np.uint64).reshape(-1, 1) % 2
    return Readings(
        themes=("waiting",),
        theme_names=("Waiting",),
        characteristics=(),
        questions=(Node("better", "What could we do better?"),),
        sites=(),
        site_characteristic=None,
        number=np.arange(people),
        person=None,
        groups=np.zeros((people, 0), np.int16),
        day=np.zeros(people, np.int32),
        site=np.full(people, -1, np.int32),
        weight=None,
        status=np.full((people, 1), Reading.READABLE, np.uint8),
        tagged=one,
        praised=np.zeros_like(one),
        blamed=one,
    )


class Source:
    """Gives readings, and remembers how often it was asked for them."""

    def __init__(self, fetch: Callable[[], Readings] = readings) -> None:
        self.asked = 0
        self._fetch = fetch

    def __call__(self) -> Readings:
        self.asked += 1
        return self._fetch()


def test_readings_of_one_version_are_fetched_once() -> None:
    cache, source = ReadingsCache(), Source()
    first = cache.get("visits", 1, source)
    assert cache.get("visits", 1, source) is first
    assert source.asked == 1


def test_readings_of_another_version_take_their_place() -> None:
    cache, source = ReadingsCache(), Source()
    first = cache.get("visits", 1, source)
    assert cache.get("visits", 2, source) is not first
    assert source.asked == 2


def test_only_the_surveys_that_were_asked_for_last_are_kept() -> None:
    cache, source = ReadingsCache(most=2), Source()
    for survey in ("a", "b", "a", "c", "a"):
        cache.get(survey, 1, source)
    assert source.asked == 3
    cache.get("b", 1, source)
    assert source.asked == 4


def test_a_survey_that_is_forgotten_is_fetched_again() -> None:
    cache, source = ReadingsCache(), Source()
    cache.get("visits", 1, source)
    cache.forget("visits")
    cache.forget("absent")
    cache.get("visits", 1, source)
    assert source.asked == 2


def test_a_survey_that_is_forgotten_while_it_is_fetched_is_not_kept() -> None:
    cache = ReadingsCache()

    def fetch() -> Readings:
        cache.forget("visits")
        return readings()

    source = Source(fetch)
    cache.get("visits", 1, source)
    cache.get("visits", 1, source)
    assert source.asked == 2


def test_what_goes_wrong_is_told_and_tried_again() -> None:
    cache = ReadingsCache()

    def fail() -> Readings:
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        cache.get("visits", 1, fail)
    assert len(cache.get("visits", 1, readings).readings) == 30


def test_those_who_ask_at_once_wait_for_one_to_fetch_and_hold_up_nobody_else() -> None:
    cache, begun, go_on = ReadingsCache(), Event(), Event()

    def slow() -> Readings:
        begun.set()
        assert go_on.wait(10)
        return readings()

    source = Source(slow)
    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(cache.get, "visits", 1, source)
        assert begun.wait(10)
        others = [threads.submit(cache.get, "visits", 1, source) for _ in range(3)]
        assert threads.submit(cache.get, "other", 1, readings).result(10)
        go_on.set()
        assert {other.result(10) for other in others} == {first.result(10)}
    assert source.asked == 1


def test_what_a_policy_lets_be_told_is_worked_out_once() -> None:
    held = ReadingsCache().get("visits", 1, readings)
    nhs = shipped_policy("nhs")
    assert held.protected(nhs) is not None
    assert held.protected(nhs) is held.protected(nhs)
    assert held.protected(shipped_policy("exact")) is None
