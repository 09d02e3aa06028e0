"""How much of a survey's equality groups is known, told so that nobody can be picked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from labelled_data import MissingGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST = 200
"""Responses below which no share is told."""
PEOPLE = 20
"""Responses that a step of the shares stands for at least."""
STEPS = (0.01, 0.05, 0.1)


class MissingShares(BaseModel):
    """Shares of a survey's responses, rounded; they need not add up to 1.

    Attributes:
        known: Of those whose group is known.
        not_stated: Of people who were asked and declined.
        not_known: Of those of whom nobody has the answer.
        not_asked: Of people whom nobody asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    known: float
    not_stated: float
    not_known: float
    not_asked: float


def missing_shares(
    responses: int, groups: Mapping[str, Mapping[str, int]]
) -> dict[str, MissingShares]:
    """Round shares to steps of at least twenty responses, and tell none of fewer than 200.

    Then 1 to 7 people, whom publication rules hide, are told as none, like 0 and 8 are. Every other
    share stands for several numbers too, so one person more or fewer here can always be made up for
    there: what the shares have to add up to gives no small number away.

    Args:
        responses: How many there are.
        groups: These by characteristic, and by id of the group or why there is none.

    Returns:
        Shares by characteristic, 0 to 1; empty for fewer than 200 responses.
    """
    if responses < FEWEST:
        return {}
    return {name: _shares(responses, counts) for name, counts in groups.items()}


def rounded_share(people: int, everyone: int) -> float:
    """Give a share rounded to the finest step that stands for twenty people or more.

    Args:
        people: How many.
        everyone: Of how many; at least `FEWEST`.

    Returns:
        0 to 1.
    """
    step = next(step for step in STEPS if step * everyone >= PEOPLE)
    return round(round(people / everyone / step) * step, 2)


def _shares(responses: int, counts: Mapping[str, int]) -> MissingShares:
    told = {str(reason): counts.get(reason, 0) for reason in MissingGroup}
    told["known"] = responses - sum(told.values())
    return MissingShares.model_validate(
        {name: rounded_share(count, responses) for name, count in told.items()}
    )
