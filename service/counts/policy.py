"""Disclosure policies: what may be published of small numbers, as versioned data."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from labelled_data import DataError
from labelled_data.codebook import Id, Line
from labelled_data.strict_yaml import read_model
from service.errors import UnprocessableError
from service.rounding import rounded

_SHIPPED = Path(__file__).parent / "policies"


class Policy(BaseModel):
    """What may be published of small numbers.

    Attributes:
        id: Short name.
        name: Plain name for people.
        version: It changes whenever a rule does, and is stamped on every table.
        source: The rules it follows.
        protects: Whether anything is hidden or rounded at all.
        smallest_shown: The smallest count, above 0, that is shown; smaller ones are hidden, and so
            are those of people in the group *without* the theme.
        round_to: Counts and bases that are shown are rounded to the nearest multiple of it.
        smallest_base: Groups of fewer people are hidden whole.
        most_dimensions: How many of characteristics, question, site, dates and polarity one table
            may be parted and narrowed by; None for any number.
        fewest_read: People whose comments were read that a corrected share needs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: Line
    version: Line
    source: Line
    protects: bool
    smallest_shown: Annotated[int, Field(ge=1)] = 1
    round_to: Annotated[int, Field(ge=1)] = 1
    smallest_base: Annotated[int, Field(ge=1)] = 1
    most_dimensions: Annotated[int, Field(ge=1)] | None = None
    fewest_read: Annotated[int, Field(ge=2)] = 30

    def rounded(self, number: int) -> int:
        """Round a number of people to the nearest multiple of `round_to`, halves up."""
        return rounded(number, self.round_to)


@cache
def shipped_policy(policy_id: str) -> Policy:
    """Give a policy that comes with Sayso.

    Raises:
        UnprocessableError: There is none of that id.
    """
    if policy_id not in shipped_policies():
        known = ", ".join(shipped_policies())
        raise UnprocessableError(f"there is no policy {policy_id!r}; those there are: {known}")
    return read_model(_SHIPPED / f"{policy_id}.yaml", Policy, "a policy", DataError)


@cache
def shipped_policies() -> tuple[str, ...]:
    """Give the ids of the policies that come with Sayso, in alphabetical order."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))
