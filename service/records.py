"""What crosses the layers of the service: surveys, responses, work for the tagger, and comments."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from labelled_data import EqualitySchemeError, Polarity
from labelled_data.codebook import Id, Line
from labelled_data.example_surveys import GroupColumn, TextColumn
from models import OperatingPoint, Prediction, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

SurveyId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ResponseColumns(_Record):
    """What the columns of a survey's responses hold.

    Inside the service a question is known by its place in `text`, from 0; outside by its column.

    Attributes:
        response_id: Header of the column that tells one response from another.
        person: Header of the column that tells one respondent from another.
        date: Header of the column of dates, in ISO 8601.
        site: Header of the column that tells the place.
        weight: Header of the column of survey weights.
        text: Columns of comments.
        characteristics: Columns of equality groups, by characteristic.
    """

    response_id: Line
    person: Line | None = None
    date: Line | None = None
    site: Line | None = None
    weight: Line | None = None
    text: Annotated[tuple[TextColumn, ...], Field(min_length=1)]
    characteristics: dict[Id, GroupColumn] = {}

    @model_validator(mode="after")
    def _uses_no_column_twice(self) -> Self:
        texts = [text.column for text in self.text]
        _refuse_repeats([*self._about_the_response(), *texts])
        groups = [group.column for group in self.characteristics.values()]
        weights = [] if self.weight is None else [self.weight]
        _refuse_repeats([*weights, *texts, *groups])
        return self

    @model_validator(mode="after")
    def _has_the_schemes_it_names(self) -> Self:
        for characteristic, group in self.characteristics.items():
            try:
                group.resolved_scheme()
            except EqualitySchemeError as error:
                raise ValueError(f"characteristic {characteristic!r}: {error}") from error
        return self

    def _about_the_response(self) -> Iterator[str]:
        named = (self.response_id, self.person, self.date, self.site, self.weight)
        return (column for column in named if column is not None)

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header once, in the order of the attributes."""
        groups = (group.column for group in self.characteristics.values())
        texts = (text.column for text in self.text)
        return tuple(dict.fromkeys((*self._about_the_response(), *texts, *groups)))

    @property
    def questions(self) -> tuple[str, ...]:
        """The column name of each question, by its number."""
        return tuple(text.column for text in self.text)


class NewSurvey(_Record):
    """A survey that is to be made.

    Attributes:
        id: Short name in addresses: lower case letters, digits, `_` and `-`.
        name: Plain name for people.
        model: Id of the model that tags its comments.
        columns: What the columns of its responses hold.
    """

    id: SurveyId
    name: Line
    model: Line
    columns: ResponseColumns


class ArtefactStamp(_Record):
    """Which trained model, and which of its thresholds, said something.

    Attributes:
        id: The model's id.
        version: Its version.
        sha256: Hash of its `artefact.json`, which holds the hash of every other file.
        codebook: Id of its codebook.
        codebook_version: Version of the codebook.
        operating_point: Its set of thresholds.
    """

    id: Line
    version: Line
    sha256: Line
    codebook: Line
    codebook_version: Line
    operating_point: OperatingPoint


class Survey(NewSurvey):
    """A survey in the store.

    Attributes:
        created: When, in UTC.
        artefact: What its comments are to be tagged by.
    """

    created: datetime
    artefact: ArtefactStamp


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One person's return.

    Attributes:
        response_id: Unique in the survey.
        person: Whose it is, where the survey tells.
        given_on: When it was given.
        site: Where it is about.
        weight: Its survey weight.
        answers: Number of the question and text as it was sent; blank ones are left out.
        groups: Characteristic and id of the group, or why there is none, in the survey's order.
    """

    response_id: str
    person: str | None
    given_on: date | None
    site: str | None
    weight: float | None
    answers: tuple[tuple[int, str], ...]
    groups: tuple[tuple[str, str], ...]


class Added(_Record):
    """What became of a batch of responses.

    Attributes:
        accepted: How many are new, and stored.
        duplicates: How many were there already, with the same content.
        conflicts: Places in the batch, from 0, of those whose id was there already with other
            content; nothing was changed.
    """

    accepted: int
    duplicates: int
    conflicts: tuple[int, ...] = ()


class Progress(_Record):
    """How far a survey has come.

    Attributes:
        responses: How many it has.
        comments: How many they hold.
        tagged: How many comments its present model has been over.
        statuses: These by status.
        groups: Responses by characteristic, and by id of the group or why there is none.
    """

    responses: int
    comments: int
    tagged: int
    statuses: dict[str, int]
    groups: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Work:
    """A comment that is to be tagged.

    Attributes:
        comment: Its id.
        text: What was written.
        question: What it answers.
    """

    comment: int
    text: str
    question: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """What the tagger says of a comment that it was given.

    Attributes:
        comment: Its id.
        prediction: What the tagger says.
    """

    comment: int
    prediction: Prediction


class CommentQuery(_Record):
    """Which comments are wanted: those of which all of this is true.

    Attributes:
        theme: Id of a theme they have.
        polarity: How that theme, or any where none is named, is spoken of.
        status: How far they could be read.
        groups: Id of the group or broad group, or why there is none, by characteristic.
        question: Number of the question.
        site: Where the response is about.
        since: First day.
        until: Last day.
        text: Words that all stand in them, in any order.
    """

    theme: str | None = None
    polarity: Polarity | None = None
    status: Status | None = None
    groups: dict[str, str] = {}
    question: int | None = None
    site: str | None = None
    since: date | None = None
    until: date | None = None
    text: str | None = None


class StoredTag(_Record):
    """A theme given to a stored comment.

    Attributes:
        theme: Id of the theme.
        score: Calibrated probability, 0 to 1.
        polarity: How it is spoken of, where the model tells.
        evidence: First character and the one after the last of each place that carries it.
    """

    theme: str
    score: float
    polarity: Polarity | None = None
    evidence: tuple[tuple[int, int], ...] = ()


class StoredComment(_Record):
    """A comment with what the survey's present model says of it.

    Attributes:
        id: Its number in the store.
        response_id: The response it belongs to.
        question: Number of the question.
        text: What was written.
        status: How far it could be read; None while the model has not been over it.
        sentiment: 1 (very positive) to 5 (very negative), where the model tells.
        tags: Its themes, in codebook order.
        given_on: When the response was given.
        site: Where the response is about.
    """

    id: int
    response_id: str
    question: int
    text: str
    status: Status | None
    sentiment: int | None = None
    tags: tuple[StoredTag, ...] = ()
    given_on: date | None = None
    site: str | None = None


class CommentPage(_Record):
    """Some of the comments that were asked for.

    Attributes:
        comments: In the order of their ids.
        next: Where the next page begins: ask for those after this id; None on the last page.
    """

    comments: tuple[StoredComment, ...]
    next: int | None = None


def _refuse_repeats(columns: list[str]) -> None:
    for column, times in Counter(columns).items():
        if times > 1:
            raise ValueError(f"the column {column!r} is named {times} times")
