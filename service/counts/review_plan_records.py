"""What a plan of reading is made from, and the plan."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0, le=1)]
Number = Annotated[int, Field(ge=0)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reliability(_Record):
    """How well the model finds a theme, by its card or by what the caller takes for likely.

    Attributes:
        recall: Share of the people who raise the theme whom the model gives it.
        precision: Share of the people whom the model gives the theme who raise it.
    """

    recall: Rate
    precision: Rate


class EarlierReading(_Record):
    """How people and the model agreed on those already read at random in a group.

    Attributes:
        both: People whom both give the theme.
        only_model: People whom only the model gives it.
        only_people: People whom only those who read them give it.
        neither: People whom neither gives it.
    """

    both: Number
    only_model: Number
    only_people: Number
    neither: Number


class ThemeOutlook(_Record):
    """What is known of a theme in a group before it is read.

    Attributes:
        theme: Its id.
        predicted: Share of the group's people whom the model gives it.
        agreement: How far that can be trusted.
    """

    theme: str
    predicted: Share
    agreement: Reliability | EarlierReading


class Stratum(_Record):
    """A group whose people can be drawn by themselves.

    Attributes:
        id: Its id.
        name: Its plain name.
        people: How many have an answer that can be read.
        already: How many of them were read at random before.
        themes: The themes to plan for; the same ones, in the same order, for each group.
    """

    id: str
    name: str
    people: Annotated[int, Field(ge=1)]
    already: Number = 0
    themes: Annotated[tuple[ThemeOutlook, ...], Field(min_length=1)]


class GroupPlan(_Record):
    """How many people of a group to read.

    Attributes:
        id: Its id.
        name: Its plain name.
        people: How many there are.
        read: How many to have read in all.
        further: How many of those have not been read yet.
        width: Full width to be expected of the interval of the group's corrected share; of several
            themes, the widest.
        decided_by: The theme whose interval is that wide.
    """

    id: str
    name: str
    people: int
    read: int
    further: int
    width: float
    decided_by: str


class ReviewPlan(_Record):
    """How many people to read, in which groups.

    Attributes:
        aim: Whether each group's interval is to be as narrow as wanted, or everyone's.
        width: Full width wanted.
        confidence: Of the intervals.
        read: How many to have read in all.
        further: How many of those have not been read yet.
        groups: By group, in the order given.
        overall_width: Full width to be expected of the interval of everyone's corrected share.
        unstratified_width: The same, if as many were drawn from everyone without regard to groups.
    """

    aim: Literal["groups", "overall"]
    width: float
    confidence: float
    read: int
    further: int
    groups: tuple[GroupPlan, ...]
    overall_width: float
    unstratified_width: float
