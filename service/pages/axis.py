"""Where the axes of charts end."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.counts.records import Ranged

_STEP = 0.05


def axis_end(shares: Iterable[Ranged | None]) -> float:
    """Give a round share at or above every interval, so that charts beside one another compare."""
    highest = max((share.high for share in shares if share), default=1.0)
    return min(max(ceil(round(highest / _STEP, 6)), 1) * _STEP, 1.0)
