"""Shares with their intervals, drawn as bars beside the figures that say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.counts.records import Ranged

WIDE = 200
"""Width of a whole, in units of the drawing."""
THIN = 1.5
"""An interval without width is drawn so wide."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An interval with its figure, in units of the drawing.

    Attributes:
        x: Where it begins.
        width: How wide it is.
        at: Where its figure is.
    """

    x: float
    width: float
    at: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A counted and a corrected share; either may be missing."""

    counted: Drawn | None
    corrected: Drawn | None


def bar(counted: Ranged | None, corrected: Ranged | None, end: float) -> Bar | None:
    """Draw a counted and a corrected share, from 0 to an end; None where there is neither."""
    if counted is None and corrected is None:
        return None
    return Bar(
        counted=_drawn(counted, end) if counted else None,
        corrected=_drawn(corrected, end) if corrected else None,
    )


def _drawn(share: Ranged, end: float) -> Drawn:
    scale = WIDE / end
    return Drawn(
        x=round(scale * share.low, 1),
        width=round(max(scale * (share.high - share.low), THIN), 1),
        at=round(scale * share.value, 1),
    )
