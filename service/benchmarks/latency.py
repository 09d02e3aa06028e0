"""One comment at a time, at a steady rate."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import httpx
import numpy as np

from service.benchmarks.asking import tag_request
from service.benchmarks.figures import LatencyFigures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.benchmarks.asking import Asked


def measure_latency(
    url: str, keys: Sequence[str], asked: Sequence[Asked], *, per_second: float, seconds: float
) -> LatencyFigures:
    """Ask at a steady rate, whether or not the answers keep up.

    Args:
        url: The service.
        keys: Keys that take turns, since each has a limit a minute.
        asked: What takes turns to be asked.
        per_second: Requests a second.
        seconds: For how long.
    """
    count = max(1, round(per_second * seconds))
    answered = asyncio.run(_ask_all(url, keys, asked, count, 1 / per_second))
    took = np.array([milliseconds for milliseconds, _ in answered])
    p50, p99 = np.percentile(took, [50, 99])
    return LatencyFigures(
        requests=count,
        per_second=per_second,
        p50=float(p50),
        p99=float(p99),
        worst=float(took.max()),
        failures=sum(not succeeded for _, succeeded in answered),
    )


async def _ask_all(
    url: str, keys: Sequence[str], asked: Sequence[Asked], count: int, apart: float
) -> list[tuple[float, bool]]:
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        await _ask(http, asked[0], keys[0], time.perf_counter())  # opens a connection
        start = time.perf_counter()
        return await asyncio.gather(
            *(
                _ask(http, asked[n % len(asked)], keys[n % len(keys)], start + n * apart)
                for n in range(count)
            )
        )


async def _ask(http: httpx.AsyncClient, asked: Asked, key: str, due: float) -> tuple[float, bool]:
    """Ask when it is due; gives the milliseconds from then on, and whether it was answered."""
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    try:
        succeeded = (await http.send(tag_request(http, [asked], key))).is_success
    except httpx.TransportError:
        succeeded = False
    return (time.perf_counter() - due) * 1000, succeeded
