"""Strata: parts of a survey's people, each drawn from with a chance of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from labelled_data import MissingGroup
from service.errors import FieldError, UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labelled_data import EqualityScheme
    from service.records import ResponseColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """People who are to be drawn with a chance of their own.

    Attributes:
        groups: Who they are: id of the group or broad group, or why there is none, by
            characteristic; empty for everyone.
        size: How many are to be drawn.
    """

    groups: Mapping[str, str]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnStratum:
    """People who were drawn with a chance of their own.

    Attributes:
        groups: Who they are; see `Stratum`.
        size: How many were drawn.
        frame: How many there were.
    """

    groups: Mapping[str, str]
    size: int
    frame: int

    @property
    def probability(self) -> float | None:
        """The chance that any of them had to be drawn; None where there was nobody."""
        return self.size / self.frame if self.frame else None

    def as_json(self) -> dict[str, object]:
        """Gives it as it is kept."""
        return {"groups": dict(self.groups), "size": self.size, "frame": self.frame}


class Answered(NamedTuple):
    """One response of a person, as far as it tells of their groups."""

    response: int
    given_on: date | None
    groups: Mapping[str, str]


class Partition:
    """Parts people into strata: each is in the first they fall in.

    Args:
        columns: Tell the survey's characteristics, of which the strata name some.
        strata: Groups of each stratum, in order.

    Attributes:
        wanted: Of each stratum, the groups that people must be in one of, by characteristic.
    """

    def __init__(self, columns: ResponseColumns, strata: Sequence[Mapping[str, str]]) -> None:
        schemes = {
            name: column.resolved_scheme() for name, column in columns.characteristics.items()
        }
        self.wanted = [
            {name: outcomes(schemes[name], group) for name, group in groups.items()}
            for groups in strata
        ]

    def place(self, groups: Mapping[str, str]) -> int | None:
        """Gives the place of the stratum of a person; None for one who is in none.

        Args:
            groups: Id of their group, or why there is none, by characteristic.
        """
        for place, wanted in enumerate(self.wanted):
            if all(groups.get(name) in held for name, held in wanted.items()):
                return place
        return None


def outcomes(scheme: EqualityScheme, group: str) -> frozenset[str]:
    """Gives the groups that stand under a broad group; any other stands for itself."""
    under = frozenset(each.id for each in scheme.groups if each.parent == group)
    return under or frozenset([group])


def check_strata(columns: ResponseColumns, strata: Sequence[Stratum]) -> None:
    """See that a survey has the groups that strata name.

    Raises:
        UnprocessableError: It has no such characteristic, or that has no such group.
    """
    for place, stratum in enumerate(strata):
        for name, group in stratum.groups.items():
            member = f"strata.{place}.groups.{name}"
            if name not in columns.characteristics:
                raise _wrong(member, f"the survey has no characteristic {name!r}")
            if group not in _known(columns.characteristics[name].resolved_scheme()):
                raise _wrong(member, f"the characteristic {name!r} has no group {group!r}")


def groups_of(answers: Sequence[Answered]) -> dict[str, str]:
    """Gives the groups of a person: of each characteristic, the latest that is known.

    Responses come one after the other by day, those without a day before all others, and on one day
    by their order. Where no group is known, the latest response says why.

    Args:
        answers: The person's responses; at least one.
    """
    latest_first = sorted(
        answers, key=lambda one: (one.given_on or date.min, one.response), reverse=True
    )
    missing = set(map(str, MissingGroup))
    told = {}
    for name, reason in latest_first[0].groups.items():
        held = (one.groups.get(name, reason) for one in latest_first)
        told[name] = next((group for group in held if group not in missing), reason)
    return told


def _known(scheme: EqualityScheme) -> tuple[str, ...]:
    broad = (group.id for group in scheme.broad_groups)
    return (*scheme.group_ids, *broad, *map(str, MissingGroup))


def _wrong(member: str, message: str) -> UnprocessableError:
    return UnprocessableError(message, (FieldError(None, member, message),))
