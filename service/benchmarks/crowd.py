"""Many clients at once, and whether each is answered as if it were alone."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from service.benchmarks.asking import Asked, agrees, answers, tag_request
from service.benchmarks.figures import CrowdFigures
from service.client.backoff import seconds_asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models import Prediction
    from service.client.results import TaggedComment

MOST_AT_ONCE = 4
_OK, _BUSY = 200, 503


@dataclass(slots=True)
class _Tally:
    expected: Mapping[Asked, Prediction]
    outcomes: Counter[str] = field(default_factory=Counter)
    comments: int = 0
    different: int = 0

    def compare(self, asked: Sequence[Asked], told: Sequence[TaggedComment]) -> None:
        self.comments += len(asked)
        for one, answer in zip(asked, told, strict=True):
            same = agrees(answer.status, answer.themes, self.expected[one])
            self.different += not same


def measure_crowd(
    url: str, keys: Sequence[str], expected: Mapping[Asked, Prediction], *, seconds: float
) -> CrowdFigures:
    """Let many clients ask, each again as soon as it is answered.

    Args:
        url: The service.
        keys: A key for each client.
        expected: What may be asked, of one model, and what the tagger says of it.
        seconds: How long they ask.
    """
    tally = _Tally(expected)
    asyncio.run(_ask_together(url, keys, tally, seconds))
    return CrowdFigures(
        clients=len(keys),
        seconds=seconds,
        requests=tally.outcomes.total(),
        answered=tally.outcomes["answered"],
        turned_away=tally.outcomes["turned away"],
        failures=tally.outcomes["failed"],
        comments=tally.comments,
        different=tally.different,
    )


async def _ask_together(url: str, keys: Sequence[str], tally: _Tally, seconds: float) -> None:
    until = time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=len(keys), max_keepalive_connections=len(keys))
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60, limits=limits) as http:
        await asyncio.gather(
            *(_ask_again_and_again(http, key, tally, until, n) for n, key in enumerate(keys))
        )


async def _ask_again_and_again(
    http: httpx.AsyncClient, key: str, tally: _Tally, until: float, seed: int
) -> None:
    luck = random.Random(seed)  # noqa: S311 - nothing secret
    choices = list(tally.expected)
    while time.perf_counter() < until:
        asked = luck.sample(choices, luck.randint(1, min(MOST_AT_ONCE, len(choices))))
        await asyncio.sleep(await _ask(http, key, tally, asked))


async def _ask(http: httpx.AsyncClient, key: str, tally: _Tally, asked: Sequence[Asked]) -> float:
    """Ask once; gives the seconds to wait before the next request."""
    try:
        response = await http.send(tag_request(http, asked, key))
    except httpx.TransportError:
        tally.outcomes["failed"] += 1
        return 0.0
    wait = seconds_asked(response.headers.get("Retry-After"))
    if response.status_code == _BUSY and wait is not None:
        tally.outcomes["turned away"] += 1
        return wait
    if response.status_code != _OK:
        tally.outcomes["failed"] += 1
        return 0.0
    tally.outcomes["answered"] += 1
    tally.compare(asked, answers(response.content))
    return 0.0
