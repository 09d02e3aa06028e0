"""Formats that figures are given in, and which of them a request prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FileFormat = Literal["json", "csv", "xlsx", "html"]

MEDIA_TYPES: dict[FileFormat, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}


def preferred(accept: str, offered: Sequence[FileFormat]) -> FileFormat:
    """Choose a format by an `Accept` header, as RFC 9110 section 12.5.1 has it.

    Args:
        accept: Its value; empty where there is none.
        offered: What there is, the usual one first.

    Returns:
        The one of the highest weight, of equals the first; the usual one where none is accepted.
    """
    ranges = dict(_ranges(accept))
    return max(offered, key=lambda kind: _weight(MEDIA_TYPES[kind], ranges))


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.lower().split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        weights = [piece[2:] for piece in parameters if piece.startswith("q=")]
        yield media_range, _number(weights[0]) if weights else 1.0


def _number(weight: str) -> float:
    """Read a weight of 0 to 1; what is none weighs nothing."""
    try:
        return min(1.0, max(0.0, float(weight)))
    except ValueError:
        return 0.0


def _weight(media_type: str, ranges: dict[str, float]) -> float:
    """Give the weight of the most specific range that a type is in."""
    any_subtype = f"{media_type.partition('/')[0]}/*"
    named = (ranges[one] for one in (media_type, any_subtype, "*/*") if one in ranges)
    return next(named, 0.0)
