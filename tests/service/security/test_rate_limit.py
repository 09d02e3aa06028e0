from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import TooManyRequestsError
from service.security.rate_limit import MINUTE, REMEMBERED, RateLimiter, TokenBuckets


class Clock:
    """Goes only when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_s_worth_may_be_taken_at_once_and_no_more() -> None:
    buckets = TokenBuckets(60, Clock())
    assert [buckets.take("a") for _ in range(60)] == [0.0] * 60
    assert buckets.take("a") == pytest.approx(1.0)


def test_what_was_refused_is_there_after_the_time_that_was_named() -> None:
    clock = Clock()
    buckets = TokenBuckets(60, clock)
    buckets.take("a", 60)
    clock.now += buckets.take("a", 7)
    assert buckets.take("a", 7) == 0


def test_one_s_use_is_not_another_s() -> None:
    buckets = TokenBuckets(1, Clock())
    buckets.take("a")
    assert buckets.take("a") > 0
    assert buckets.take("b") == 0


def test_more_than_a_bucket_holds_can_be_taken_from_a_full_one_and_is_paid_for_later() -> None:
    clock = Clock()
    buckets = TokenBuckets(10, clock)
    assert buckets.take("a", 25) == 0
    assert buckets.take("a", 1) == pytest.approx(16 * MINUTE / 10)


def test_names_are_not_remembered_without_end() -> None:
    buckets = TokenBuckets(1, Clock())
    for number in range(REMEMBERED + 1):
        buckets.take(str(number))
    assert buckets.take("0") == 0  # forgotten
    assert buckets.take(str(REMEMBERED)) > 0


@given(
    per_minute=st.integers(1, 100),
    steps=st.lists(st.tuples(st.floats(0, 100), st.integers(1, 30)), max_size=60),
)
def test_nobody_gets_more_than_the_rate_and_one_full_bucket(
    per_minute: int, steps: list[tuple[float, int]]
) -> None:
    clock = Clock()
    buckets = TokenBuckets(per_minute, clock)
    taken = largest = 0
    for pause, amount in steps:
        clock.now += pause
        if buckets.take("a", amount) == 0:
            taken += amount
            largest = max(largest, amount)
    over = max(0, largest - per_minute)  # one request above the bucket's size is lent
    assert taken <= per_minute * (1 + clock.now / MINUTE) + over + 1e-6


@given(per_minute=st.integers(1, 1000), amounts=st.lists(st.integers(1, 2000), min_size=1))
def test_to_wait_as_long_as_is_named_is_always_enough(per_minute: int, amounts: list[int]) -> None:
    clock = Clock()
    buckets = TokenBuckets(per_minute, clock)
    for amount in amounts:
        wait = buckets.take("a", amount)
        if wait:
            clock.now += wait + 1e-6
            assert buckets.take("a", amount) == 0


def test_a_refusal_says_how_long_to_wait_in_whole_seconds() -> None:
    limiter = RateLimiter(requests=60, comments=100, clock=Clock())
    limiter.count_comments("key 1", 100)
    with pytest.raises(TooManyRequestsError, match="too many comments") as refused:
        limiter.count_comments("key 1", 1)
    assert refused.value.retry_after == 1
    limiter.count_request("key 1")  # requests are counted apart
