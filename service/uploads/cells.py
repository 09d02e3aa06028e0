"""What a cell of a response means, apart from comments and equality groups.

Each function raises ValueError with a message for the sender, which never repeats the cell.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from functools import lru_cache

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?P<time>[T ].+)?", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,40}(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?|\.[0-9]+", re.ASCII)


def identifier(cell: str, most: int) -> str | None:
    """Gives an id or a short name, without white space around it; None for a blank cell.

    Raises:
        ValueError: If it is longer than `most` characters.
    """
    value = cell.strip()
    if len(value) > most:
        raise ValueError(too_long(len(value), most))
    return value or None


@lru_cache(maxsize=4096)
def day(cell: str) -> date | None:
    """Reads a date, of which a time may follow; None for a blank cell.

    Raises:
        ValueError: If it is not written as in ISO 8601, or there is no such day.
    """
    value = cell.strip()
    if not value:
        return None
    if (written := _DATE.fullmatch(value)) is None:
        raise ValueError("the value is not a date of ISO 8601, such as 2025-03-31")
    try:
        return (
            datetime.fromisoformat(value).date() if written["time"] else date.fromisoformat(value)
        )
    except ValueError as error:
        raise ValueError("there is no such date or time") from error


def positive(cell: str) -> float:
    """Reads a weight.

    Raises:
        ValueError: If it is not a positive, finite number.
    """
    value = cell.strip()
    number = float(value) if _NUMBER.fullmatch(value) else 0.0
    if not number > 0 or math.isinf(number):
        raise ValueError("the weight is not a positive number, such as 0.85")
    return number


def too_long(length: int, most: int) -> str:
    """Says that a cell has too many characters."""
    return f"the cell has {length:,} characters; {most:,} are taken"
