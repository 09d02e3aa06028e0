"""What the service answers on reviews, as the client gives it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from labelled_data import Polarity
from models import Status
from service.client.results import GivenTheme
from service.records import ArtefactStamp


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Sample(_Result):
    """Comments drawn for people to read.

    Attributes:
        id: Its number.
        kind: "random", or "uncertain".
        size: How many.
        frame: How many they were drawn from.
        probability: The chance that any of these had; None unless the sample is random.
        seed: Draws the same comments from the same frame.
        blind: Whether readers are not shown what the model says.
        created: When they were drawn.
        artefact: What the comments were tagged by then.
        read: How many somebody has read.
    """

    id: int
    kind: str
    size: int
    frame: int
    probability: float | None = None
    seed: int
    blind: bool
    created: datetime
    artefact: ArtefactStamp
    read: int


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
