"""Equality groups: which group of a characteristic each value of a survey means.

A value is given to a group only if a scheme, or the survey's own mapping, says so. Anything else is
an error, never a silent "other"; and who declined, is not known or was not asked is told apart.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from functools import cache, cached_property
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from labelled_data.codebook import Id, Line
from labelled_data.errors import EqualitySchemeError, UnmappedValueError
from labelled_data.strict_yaml import first_fault, read_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SHIPPED = Path(__file__).parent / "equality"
# A spreadsheet may hold the age 34 as 34.0.
_WHOLE_NUMBER = re.compile(r"([0-9]{1,9})(?:\.0+)?")

Code = Annotated[str, StringConstraints(strip_whitespace=True)]


class MissingGroup(StrEnum):
    """Why somebody's group is not there to be counted."""

    NOT_STATED = "not_stated"
    """They were asked and declined."""
    NOT_KNOWN = "not_known"
    """Nobody has the answer."""
    NOT_ASKED = "not_asked"


GroupOutcome: TypeAlias = str | MissingGroup
"""What a value means: the id of a group, or why there is none."""


class BroadGroup(BaseModel):
    """A heading that several groups stand under.

    Attributes:
        id: Short name in snake_case, unique in the scheme.
        name: Plain name for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: Line


class NumberRange(BaseModel):
    """Whole numbers from one to another, both included.

    Attributes:
        first: The lowest; `from` in a file.
        last: The highest; `to` in a file.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True
    )

    first: Annotated[int, Field(alias="from", ge=0)]
    last: Annotated[int, Field(alias="to", ge=0)]

    @model_validator(mode="after")
    def _is_not_empty(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"the range from {self.first} to {self.last} is empty")
        return self

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last


class EqualityGroup(BaseModel):
    """One category of a characteristic.

    Attributes:
        id: Short name in snake_case, unique in the scheme.
        name: Plain name for people; as a value it means this group too.
        parent: Id of the broad group it stands under.
        codes: Values that mean it, whatever their case and the white space around them.
        ranges: Whole numbers that mean it, unless one is a code.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: Line
    parent: Id | None = None
    codes: tuple[Line, ...] = ()
    ranges: tuple[NumberRange, ...] = ()


class EqualityScheme(BaseModel):
    """The groups of a characteristic by one standard, and the values that mean them.

    Attributes:
        id: Short name in snake_case.
        name: Plain name for people.
        version: As its authors number it.
        source: The standard it follows.
        characteristic: What it tells of people, such as "ethnicity".
        broad_groups: Headings of the groups, in order.
        groups: In the order that every output keeps.
        not_stated: Values of people who were asked and declined.
        not_known: Values that stand where nobody has the answer.
        not_asked: Values that stand where nobody asked.
        own_codes: What the values of one survey mean, by value, each the id of a group or one of
            `MissingGroup`; they come before all that the scheme says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: Line
    version: Line
    source: Line
    characteristic: Id
    broad_groups: tuple[BroadGroup, ...] = ()
    groups: Annotated[tuple[EqualityGroup, ...], Field(min_length=1)]
    not_stated: tuple[Code, ...] = ()
    not_known: tuple[Code, ...] = ()
    not_asked: tuple[Code, ...] = ("",)
    own_codes: dict[Code, str] = {}

    @model_validator(mode="after")
    def _has_unique_ids(self) -> Self:
        broad = (group.id for group in self.broad_groups)
        for group_id, times in Counter([*MissingGroup, *broad, *self.group_ids]).items():
            if times > 1:
                raise ValueError(f"the group id {str(group_id)!r} stands {times} times")
        return self

    @model_validator(mode="after")
    def _has_the_groups_it_names(self) -> Self:
        broad = {group.id for group in self.broad_groups}
        for group in self.groups:
            if group.parent is not None and group.parent not in broad:
                raise ValueError(f"the broad group {group.parent!r} of {group.id!r} is not there")
        for outcome in self.own_codes.values():
            if outcome not in (*MissingGroup, *self.group_ids):
                raise ValueError(f"there is no group {outcome!r}")
        return self

    @model_validator(mode="after")
    def _gives_each_value_one_meaning(self) -> Self:
        own = [(_folded(code), outcome) for code, outcome in self.own_codes.items()]
        for meanings in (set(self._meanings()), set(own)):
            for code, times in Counter(code for code, _ in meanings).items():
                if times > 1:
                    raise ValueError(f"the code {code!r} means {times} different things")
        for one, other in combinations(self._ranges(), 2):
            if one.first <= other.last and other.first <= one.last:
                raise ValueError(f"the ranges from {one.first} and from {other.first} overlap")
        return self

    @property
    def group_ids(self) -> tuple[str, ...]:
        """Ids of the groups in order."""
        return tuple(group.id for group in self.groups)

    def group(self, group_id: str) -> EqualityGroup:
        """Gives the group with an id.

        Raises:
            EqualitySchemeError: If the scheme has no such group.
        """
        for group in self.groups:
            if group.id == group_id:
                return group
        raise EqualitySchemeError(f"the scheme {self.id!r} has no group {group_id!r}")

    def group_of(self, value: str) -> GroupOutcome:
        """Tells which group a value means.

        Args:
            value: A cell of a survey; its case and the white space around it do not matter.

        Returns:
            The id of a group, or why there is none.

        Raises:
            UnmappedValueError: If neither the scheme nor the survey's own codes know the value.
        """
        code = _folded(value)
        if code in self._outcomes:
            return self._outcomes[code]
        if number := _WHOLE_NUMBER.fullmatch(code):
            for group in self.groups:
                if any(int(number[1]) in numbers for numbers in group.ranges):
                    return group.id
        raise UnmappedValueError(self.id, value)

    def with_codes(self, codes: Mapping[str, str]) -> EqualityScheme:
        """Gives the scheme with a survey's own codes, which come before all that it says itself.

        Args:
            codes: For each value of the survey, the id of a group or one of `MissingGroup`. Codes
                given before stay, unless they are given again.

        Returns:
            A new scheme; this one stays as it is.

        Raises:
            EqualitySchemeError: If there is no such group, or one value would mean two.
        """
        again = {_folded(code) for code in codes}
        kept = {code: told for code, told in self.own_codes.items() if _folded(code) not in again}
        try:
            return EqualityScheme(**{**dict(self), "own_codes": {**kept, **codes}})
        except ValidationError as error:
            raise EqualitySchemeError(f"own codes of {self.id!r}: {first_fault(error)}") from error

    @cached_property
    def _outcomes(self) -> dict[str, GroupOutcome]:
        own = {_folded(code): _outcome(told) for code, told in self.own_codes.items()}
        return {**dict(self._meanings()), **own}

    def _meanings(self) -> Iterator[tuple[str, GroupOutcome]]:
        for group in self.groups:
            yield from ((_folded(code), group.id) for code in (group.name, *group.codes))
        yield from ((_folded(code), MissingGroup.NOT_STATED) for code in self.not_stated)
        yield from ((_folded(code), MissingGroup.NOT_KNOWN) for code in self.not_known)
        yield from ((_folded(code), MissingGroup.NOT_ASKED) for code in self.not_asked)

    def _ranges(self) -> Iterator[NumberRange]:
        return (numbers for group in self.groups for numbers in group.ranges)


def load_equality_scheme(path: str | Path) -> EqualityScheme:
    """Reads an equality scheme from a YAML file.

    Args:
        path: The file.

    Returns:
        The scheme, validated.

    Raises:
        EqualitySchemeError: If the file cannot be read, is not YAML, repeats a key, or does not
            describe a scheme.
    """
    return read_model(Path(path), EqualityScheme, "an equality scheme", EqualitySchemeError)


@cache
def shipped_equality_scheme(scheme_id: str) -> EqualityScheme:
    """Gives an equality scheme that comes with Sayso.

    Raises:
        EqualitySchemeError: If none has this id.
    """
    if scheme_id not in shipped_equality_schemes():
        known = ", ".join(shipped_equality_schemes())
        raise EqualitySchemeError(
            f"there is no equality scheme {scheme_id!r}; those shipped are: {known}"
        )
    return load_equality_scheme(_SHIPPED / f"{scheme_id}.yaml")


def shipped_equality_schemes() -> tuple[str, ...]:
    """Gives the ids of the equality schemes that come with Sayso, in alphabetical order."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))


def _outcome(told: str) -> GroupOutcome:
    return MissingGroup(told) if told in list(MissingGroup) else told


def _folded(value: str) -> str:
    return value.strip().casefold()
