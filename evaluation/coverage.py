"""How many comments the tagger read, and why it did not read the others."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from evaluation.errors import UnknownStatusError
from evaluation.estimates import Result

if TYPE_CHECKING:
    from collections.abc import Iterable

STATUSES = ("tagged", "no_theme", "empty", "not_english", "unsure")


class StatusShare(Result):
    """Comments with one status, and their share of all comments."""

    status: str
    comments: int
    share: float


def coverage(statuses: Iterable[str]) -> tuple[StatusShare, ...]:
    """Count comments by status, every status shown.

    Args:
        statuses: One per comment, at least one.

    Raises:
        UnknownStatusError: If a status is not one of `STATUSES`.
    """
    counted = Counter(str(status) for status in statuses)
    unknown = sorted(set(counted) - set(STATUSES))
    if unknown:
        raise UnknownStatusError(f"unknown statuses: {', '.join(unknown)}")
    return tuple(
        StatusShare(status=each, comments=counted[each], share=counted[each] / counted.total())
        for each in STATUSES
    )
