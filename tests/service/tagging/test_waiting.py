import asyncio
from collections.abc import Coroutine
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models import OperatingPoint
from service.tagging.waiting import Request, Share, WaitingLine

KINDS = [
    ("uec", OperatingPoint.BALANCED),
    ("uec", OperatingPoint.RECALL),
    ("ics", OperatingPoint.BALANCED),
]
queues = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 50)), max_size=12)


def _request(size: int, kind: tuple[str, OperatingPoint] = KINDS[0]) -> Request:
    comments = [(f"comment {number}", None) for number in range(size)]
    return Request(kind, comments, asyncio.get_running_loop().create_future())


def _in_a_loop(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def _turns(line: WaitingLine) -> list[list[Share]]:
    turns = []
    while line:
        turns.append(line.turn())
    return turns


@given(sent=queues, batch=st.integers(1, 20))
def test_every_comment_has_one_turn_in_order_and_no_turn_is_too_large_or_of_two_kinds(
    sent: list[tuple[tuple[str, OperatingPoint], int]], batch: int
) -> None:
    async def test() -> None:
        line = WaitingLine(batch)
        requests = [_request(size, kind) for kind, size in sent]
        for request in requests:
            line.join(request)
        turns = _turns(line)
        for request in requests:
            shares = [share for turn in turns for share in turn if share.request is request]
            assert [one for share in shares for one in share.comments] == request.comments
        for turn in turns:
            assert 0 < sum(len(share.comments) for share in turn) <= batch
            assert len({share.request.kind for share in turn}) == 1

    _in_a_loop(test())


def test_one_comment_does_not_wait_for_a_thousand_that_came_before_it() -> None:
    async def test() -> None:
        line = WaitingLine(16)
        many, one = _request(1_000), _request(1)
        line.join(many)
        line.turn()
        line.join(one)
        assert one in [share.request for share in line.turn()]

    _in_a_loop(test())


def test_another_model_has_its_turn_between_those_of_a_long_request() -> None:
    async def test() -> None:
        line = WaitingLine(16)
        line.join(_request(1_000, KINDS[0]))
        line.join(_request(1_000, KINDS[2]))
        kinds = [line.turn()[0].request.kind for _ in range(4)]
        assert kinds == [KINDS[0], KINDS[2], KINDS[0], KINDS[2]]

    _in_a_loop(test())


def test_a_request_that_is_dropped_has_no_turn() -> None:
    async def test() -> None:
        line = WaitingLine(16)
        request = _request(40)
        line.join(request)
        line.turn()
        line.drop(request)
        line.drop(request)
        assert not line

    _in_a_loop(test())
