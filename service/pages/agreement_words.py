"""What Krippendorff's alpha says, in plain words; the bounds are his (2004, section 11.4)."""

from __future__ import annotations

RELIABLE, TENTATIVE = 0.8, 0.667


def said_of_agreement(alpha: float | None) -> str:
    """Say what an alpha means for the figures of a theme."""
    if alpha is None:
        return "Cannot be told: nobody or everybody gave it throughout"
    if alpha >= RELIABLE:
        return "Good: readers mean the same by it"
    if alpha >= TENTATIVE:
        return "Fair: enough for careful conclusions"
    return "Low: talk about its definition before you rely on it"
