"""Names that Excel takes for sheets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from service.counts.outputs.cells import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 31
"""UTF-16 code units, as Excel counts."""

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_RESERVED = {"", "history"}


def sheet_names(titles: Iterable[str]) -> list[str]:
    """Make a name for each title: short enough, allowed, and unlike the others.

    Excel tells names apart without regard to case, and keeps one for itself.
    """
    names: list[str] = []
    taken = set(_RESERVED)
    for title in titles:
        names.append(_new(_allowed(title), taken))
        taken.add(names[-1].casefold())
    return names


def _allowed(title: str) -> str:
    plain = _FORBIDDEN.sub(" ", safe(title))
    return _cut(" ".join(plain.split()).strip("' "), LONGEST) or "Table"


def _new(name: str, taken: set[str]) -> str:
    chosen, number = name, 1
    while chosen.casefold() in taken:
        number += 1
        ending = f" ({number})"
        chosen = _cut(name, LONGEST - len(ending)) + ending
    return chosen


def _cut(text: str, units: int) -> str:
    """Cut after so many code units, between characters, and leave no space or apostrophe last."""
    cut = text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore")
    return cut.rstrip("' ")
