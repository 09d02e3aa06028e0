"""Text that a spreadsheet would run, made harmless.

Names of surveys, sites and groups come from whoever sent the survey, and a cell that begins like a
formula is run by the spreadsheet that opens it (OWASP, CSV Injection).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

HIDDEN = "*"
"""What stands for a hidden figure."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# what a reader sees, or a spreadsheet skips, before the sign: white space, quotes, marks of
# direction and of no width
_SKIPPED = r"[\s\"'`\u00ab\u00ad\u2018-\u201f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
# full-width signs are taken for the plain ones by some spreadsheets; a cell may also begin at a
# separator, where a file is opened with other separators than it was written with
_FORMULA = re.compile(rf"(^|[,;|])(?={_SKIPPED}[=+\-@\uff1d\uff0b\uff0d\uff20])")


def safe(text: str) -> str:
    """Make a text that no spreadsheet runs, by an apostrophe before what would begin a formula.

    Tabs, line ends and other control characters become spaces. Other text stays as it is.
    """
    return _FORMULA.sub(r"\1'", _CONTROLS.sub(" ", text))


def figure(value: float | None, *, hidden: bool) -> float | str | None:
    """Give a count or a base: a number, the sign for a hidden one, or nothing."""
    return HIDDEN if value is None and hidden else value


def iso(day: date | None) -> str | None:
    """Write a day as in ISO 8601."""
    return None if day is None else day.isoformat()
