"""What the service answers, as the client gives it.

Members that are not known here are left out, so that an older client reads a newer service.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from labelled_data import Codebook, Polarity
from models import Status
from service.errors import FieldError
from service.records import ArtefactStamp, ResponseColumns


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Place(_Result):
    """A place in a comment: its first character, and the one after its last."""

    start: int
    end: int


class GivenTheme(_Result):
    """A theme given to a comment.

    Attributes:
        theme: Id of the theme.
        score: Calibrated probability, 0 to 1.
        polarity: How it is spoken of, where the model tells.
        evidence: Places that carry it.
    """

    theme: str
    score: float
    polarity: Polarity | None = None
    evidence: tuple[Place, ...] = ()


class TaggedComment(_Result):
    """What the model says of one comment.

    Attributes:
        id: As it was sent.
        status: How far it could be read.
        themes: In codebook order.
        scores: Of every theme of the codebook, where they were asked for and the comment was read.
    """

    id: str | None = None
    status: Status
    themes: tuple[GivenTheme, ...] = ()
    scores: dict[str, float] | None = None


class Tagged(_Result):
    """Comments tagged now, in the order they were sent."""

    model: ArtefactStamp
    results: tuple[TaggedComment, ...]


class Model(_Result):
    """A model that is loaded.

    Attributes:
        artefact: Which artefact it is.
        name: Name of its codebook.
        themes: How many themes it gives.
    """

    artefact: ArtefactStamp
    name: str
    themes: int


class ModelDetails(_Result):
    """All that is known of a model that is loaded.

    Attributes:
        artefact: Which artefact it is.
        codebook: Its codebook, whole.
        metrics: How well it tagged the comments of its test, where that was measured.
        fairness: How well it tags comments of each equality group, where that was measured.
        card: Its model card, in Markdown.
    """

    artefact: ArtefactStamp
    codebook: Codebook
    metrics: dict[str, Any] | None = None
    fairness: dict[str, Any] | None = None
    card: str


class MissingShares(_Result):
    """Rounded shares of responses whose group is known, or missing for a reason."""

    known: float
    not_stated: float
    not_known: float
    not_asked: float


class SurveyProgress(_Result):
    """How far a survey has come.

    Attributes:
        responses: How many it has.
        comments: How many they hold.
        tagged: How many comments its model, in its present version, has been over.
        statuses: These by status.
        missing: How much of each characteristic is known; none while there are few responses.
        groups: Responses by characteristic and group; only for those who may see exact counts.
    """

    responses: int
    comments: int
    tagged: int
    statuses: dict[str, int] = {}
    missing: dict[str, MissingShares] = {}
    groups: dict[str, dict[str, int]] = {}


class Survey(_Result):
    """A survey.

    Attributes:
        id: Its short name.
        name: Plain name for people.
        model: Id of the model that tags its comments.
        columns: What the columns of its responses hold.
        created: When, in UTC.
        artefact: What its comments are to be tagged by.
    """

    id: str
    name: str
    model: str
    columns: ResponseColumns
    created: datetime
    artefact: ArtefactStamp


class SurveyWithProgress(Survey):
    """A survey, and how far it has come."""

    progress: SurveyProgress


class UploadReceipt(_Result):
    """What became of an upload.

    Attributes:
        received: Rows in all.
        accepted: New responses, which are stored now.
        duplicate: Rows that were there before.
        rejected: Rows that could not be taken.
        errors: Why, for the first of them.
        errors_total: How many errors there are in all.
    """

    received: int
    accepted: int
    duplicate: int
    rejected: int
    errors: tuple[FieldError, ...] = ()
    errors_total: int = 0


class GroupValue(_Result):
    """A value of a column of equality groups, and the group it means; None where nothing says."""

    value: str
    count: int
    group: str | None


class UploadPreview(_Result):
    """What would become of an upload.

    Attributes:
        rows: How many it has.
        rejected: How many of them would be rejected.
        errors: Why, for the first of them.
        errors_total: How many errors there are in all.
        values: For each characteristic, the values of its column.
        values_not_listed: In how many rows further values stand, where there are very many.
    """

    rows: int
    rejected: int
    errors: tuple[FieldError, ...] = ()
    errors_total: int = 0
    values: dict[str, tuple[GroupValue, ...]] = {}
    values_not_listed: dict[str, int] = {}


class Comment(_Result):
    """A stored comment, and what the survey's model says of it.

    Attributes:
        id: Its number.
        response_id: The response it belongs to.
        question: Column of the question.
        text: What was written.
        status: How far it could be read; None while it waits.
        themes: In codebook order.
        given_on: When the response was given.
        site: Where it is about.
    """

    id: int
    response_id: str
    question: str
    text: str
    status: Status | None = None
    themes: tuple[GivenTheme, ...] = ()
    given_on: date | None = None
    site: str | None = None


class Models(_Result):
    """The models that are loaded."""

    models: tuple[Model, ...]


class Surveys(_Result):
    """All surveys."""

    surveys: tuple[Survey, ...]


class Comments(_Result):
    """Some of the comments that were asked for; the next page begins after `next`."""

    comments: tuple[Comment, ...]
    next: int | None = None
