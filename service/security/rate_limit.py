"""How much each key may ask for in a minute."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from service.errors import TooManyRequestsError

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE = 60.0
REMEMBERED = 10_000
"""Keys whose use is remembered; the one not seen for longest is forgotten first."""


class TokenBuckets:
    """A bucket for each name, full at first, that fills at an even rate.

    Args:
        per_minute: What a bucket holds, and what flows into it in a minute.
        clock: Seconds from any start.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(per_minute)
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, name: str, amount: int = 1) -> float:
        """Take an amount out of a bucket.

        An amount that is more than a bucket holds is taken from a full one, which then has to fill
        up from below nothing; else it could never be had.

        Returns:
            0 where it was there, else the seconds until it will be; then nothing is taken.
        """
        with self._lock:
            now = self._clock()
            level, since = self._levels.pop(name, (self._capacity, now))
            level = min(self._capacity, level + (now - since) * self._capacity / MINUTE)
            missing = min(amount, self._capacity) - level
            self._levels[name] = (level if missing > 0 else level - amount, now)
            if len(self._levels) > REMEMBERED:
                self._levels.popitem(last=False)
        return max(0.0, missing * MINUTE / self._capacity)


class RateLimiter:
    """What each key has asked for of late.

    Args:
        requests: Most requests of a key in a minute.
        comments: Most comments that a key may have tagged in a minute.
        clock: Seconds from any start.
    """

    def __init__(
        self, requests: int, comments: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._requests = TokenBuckets(requests, clock)
        self._comments = TokenBuckets(comments, clock)

    def count_request(self, name: str) -> None:
        """Count a request.

        Raises:
            TooManyRequestsError: It is one too many.
        """
        _refuse(self._requests.take(name), "requests")

    def count_comments(self, name: str, comments: int) -> None:
        """Count comments to be tagged.

        Raises:
            TooManyRequestsError: They are too many.
        """
        _refuse(self._comments.take(name, comments), "comments")


def _refuse(wait: float, what: str) -> None:
    if wait > 0:
        seconds = math.ceil(wait)
        raise TooManyRequestsError(
            f"too many {what} in a minute, come back in {seconds} s", retry_after=seconds
        )
