"""What the service answers on reviews, as the client gives it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from labelled_data import Polarity
from models import Status
from service.client.results import GivenTheme
from service.counts.records import PolicyStamp
from service.records import ArtefactStamp


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Stratum(_Result):
    """People to draw with a chance of their own.

    Attributes:
        groups: Who they are: a group or broad group, or why there is none, by characteristic; empty
            for everyone else.
        size: How many.
    """

    groups: dict[str, str]
    size: int


class DrawnStratum(_Result):
    """People who were drawn with a chance of their own.

    Attributes:
        groups: Who they are, by characteristic; empty for everyone else.
        size: How many were drawn.
        frame: How many there were.
    """

    groups: dict[str, str]
    size: int
    frame: int


class Sample(_Result):
    """Comments drawn for people to read.

    Attributes:
        id: Its number.
        kind: "random", or "uncertain".
        unit: "comments", or "people" with all that they wrote.
        size: How many comments or people were drawn.
        frame: How many they were drawn from; of people, None for who may not read comments.
        probability: The chance that any of these had; None unless the sample is random and all had
            the same, and where `frame` is.
        strata: Of a sample of people, who was drawn with which chance; empty where `frame` is None.
        seed: Draws the same again from the same frame.
        blind: Whether readers are not shown what the model says.
        created: When they were drawn.
        artefact: What the comments were tagged by then.
        comments: How many comments there are to read.
        read: How many of these somebody has read.
        people: How many people they are from.
        people_read: How many of these had all their comments in the sample read.
    """

    id: int
    kind: str
    unit: str
    size: int
    frame: int | None = None
    probability: float | None = None
    strata: tuple[DrawnStratum, ...] = ()
    seed: int
    blind: bool
    created: datetime
    artefact: ArtefactStamp
    comments: int
    read: int
    people: int
    people_read: int


class GroupPlan(_Result):
    """How many people of a group to read.

    Attributes:
        id: Id of the group.
        name: Its plain name.
        people: How many there are, as the policy lets be told.
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


class ReviewPlan(_Result):
    """How many people to read.

    Attributes:
        aim: Whether each group's interval is to be as narrow as wanted, or everyone's.
        width: Full width wanted.
        confidence: Of the intervals.
        read: How many to have read in all.
        further: How many of those have not been read yet.
        groups: By group.
        overall_width: Full width to be expected of the interval of everyone's corrected share.
        unstratified_width: The same, if as many were drawn without regard to groups.
    """

    aim: str
    width: float
    confidence: float
    read: int
    further: int
    groups: tuple[GroupPlan, ...]
    overall_width: float
    unstratified_width: float


class ReadingPlan(_Result):
    """How many people of which groups to read.

    Attributes:
        survey: The survey.
        by: What parts people into groups.
        by_name: Its plain name.
        policy: What numbers of people were protected by.
        plan: The plan.
        strata: What is to be drawn for it.
        left_out: Names of groups of which the policy tells nothing.
    """

    survey: str
    by: str
    by_name: str
    policy: PolicyStamp
    plan: ReviewPlan
    strata: tuple[Stratum, ...]
    left_out: tuple[str, ...]


class CommentToRead(_Result):
    """A comment to read.

    Attributes:
        id: Its number.
        question: What it answers.
        text: What was written.
        status: How far the model could read it; None in a blind sample.
        themes: What the model says; empty in a blind sample.
    """

    id: int
    question: str
    text: str
    status: Status | None = None
    themes: tuple[GivenTheme, ...] = ()


class ToRead(_Result):
    """The next comment of a sample to read, and how many are left; None after the last."""

    sample: int
    left: int
    comment: CommentToRead | None = None


class Review(_Result):
    """What a person says of a comment, as it is stored."""

    comment: int
    sample: int | None = None
    themes: tuple[str, ...]
    polarity: dict[str, Polarity] = {}


class ThemeAgreement(_Result):
    """How far people agree on a theme.

    Attributes:
        theme: Id of the theme.
        given: Comments to which somebody gave it.
        alpha: Krippendorff's alpha; None where it is not defined.
        low: Lower end of its interval.
        high: Upper end.
    """

    theme: str
    given: int
    alpha: float | None = None
    low: float | None = None
    high: float | None = None


class Agreement(_Result):
    """How far people agree who read the same comments without seeing what the model says.

    Attributes:
        comments: Comments that two or more people read.
        reviewers: How many people.
        themes: Theme by theme.
        mean_alpha: Mean over the themes for which it is defined.
        polarity_alpha: Agreement on polarity, where both gave the theme.
    """

    comments: int
    reviewers: int
    themes: tuple[ThemeAgreement, ...]
    mean_alpha: float | None = None
    polarity_alpha: float | None = None


class Samples(_Result):
    """The samples of a survey."""

    samples: tuple[Sample, ...]
