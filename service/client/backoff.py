"""How long to wait before a call is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double and are drawn at random, so that many clients do not return at once.

    "Full jitter" of Brooker 2015, *Exponential backoff and jitter*, on top of what the service
    asks for.

    Attributes:
        retries: How often a call is tried again.
        first: Longest first wait, in seconds.
        longest: Longest wait of the client's own, in seconds.
        patience: Longest wait that the service may ask for; beyond it the call fails.
    """

    retries: int = 5
    first: float = 0.25
    longest: float = 10.0
    patience: float = 120.0

    def pause(self, tried: int, retry_after: float | None, luck: float) -> float | None:
        """Give the seconds to wait, or None where the call should not be tried again.

        Args:
            tried: How often the call has been tried, from 1.
            retry_after: Seconds the service asked to wait.
            luck: A draw from 0 to 1.
        """
        if tried > self.retries or (retry_after or 0.0) > self.patience:
            return None
        own = min(self.longest, self.first * 2.0 ** (tried - 1))
        return (retry_after or 0.0) + luck * own


def seconds_asked(header: str | None, now: datetime | None = None) -> float | None:
    """Read a ``Retry-After`` header, which holds seconds or a date.

    Args:
        header: Its value, or None where there is none.
        now: The present moment; by default the clock's.

    Returns:
        Seconds, never below 0; None where there is no header or it cannot be read.
    """
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
