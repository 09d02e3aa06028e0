"""What the calls on reviews take and answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from labelled_data import Polarity
from models import Status
from service.schemas.comments import LARGEST_ID, Short, given
from service.schemas.tags import GivenTheme

if TYPE_CHECKING:
    from service.records import Survey
    from service.store.reviews import SampleItem

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]

TO_READ: dict[str, Any] = {
    "sample": 3,
    "left": 239,
    "comment": {
        "id": 412,
        "question": "What could have been better?",
        "text": "Five hours on a chair and no one told us why",
        "status": None,
        "themes": [],
    },
}
REVIEW: dict[str, Any] = {
    "sample": 3,
    "themes": ["waiting", "waiting_updates"],
    "polarity": {"waiting": "negative", "waiting_updates": "negative"},
}
AGREEMENT: dict[str, Any] = {
    "comments": 120,
    "reviewers": 2,
    "themes": [
        {"theme": "waiting", "given": 61, "alpha": 0.86, "low": 0.74, "high": 0.95},
        {"theme": "waiting_updates", "given": 18, "alpha": 0.71, "low": 0.48, "high": 0.89},
    ],
    "mean_alpha": 0.785,
    "polarity_alpha": 0.91,
}
EXPORT = (
    "id,question,text,themes,sentiment,polarity,evidence,language\r\n"
    "ae-2025-412-2,What could have been better?,Five hours on a chair and no one told us why,"
    "waiting;waiting_updates,,waiting=negative;waiting_updates=negative,,en\r\n"
)


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CommentToRead(_Schema):
    """A comment that a person is to read.

    Attributes:
        id: Its number.
        question: What it answers.
        text: What was written.
        status: How far the model could read it; null in a blind sample.
        themes: What the model says, in codebook order; empty in a blind sample.
    """

    id: int
    question: str
    text: str
    status: Status | None
    themes: tuple[GivenTheme, ...]

    @classmethod
    def of(cls, item: SampleItem, survey: Survey) -> Self:
        """Give what is told of a comment of a sample."""
        return cls(
            id=item.comment.id,
            question=survey.columns.text[item.comment.question].question,
            text=item.comment.text,
            status=item.comment.status,
            themes=tuple(given(tag) for tag in item.comment.tags),
        )


class ToRead(_Schema):
    """What a person is to read next.

    Attributes:
        sample: The sample.
        left: How many of its comments they have to read, this one included.
        comment: The comment; null when they have read them all.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [TO_READ]})

    sample: int
    left: int
    comment: CommentToRead | None

    @classmethod
    def of(cls, sample: int, item: SampleItem | None, survey: Survey) -> Self:
        """Give what is told of the next comment of a sample."""
        if item is None:
            return cls(sample=sample, left=0, comment=None)
        return cls(sample=sample, left=item.left, comment=CommentToRead.of(item, survey))


class NewReview(_Schema):
    """What a person says of a comment.

    Attributes:
        sample: The sample it was read for; null for a comment that was not drawn.
        themes: Ids of its themes; empty when none applies.
        polarity: How each is spoken of, where they said.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [REVIEW]})

    sample: Id | None = None
    themes: Annotated[tuple[Short, ...], Field(max_length=200)]
    polarity: dict[str, Polarity] = {}


class Review(NewReview):
    """What a person says of a comment, as it is stored.

    Attributes:
        comment: The comment's number.
        sample: The sample it was read for, if any.
        themes: Ids of its themes, in codebook order.
        polarity: How each is spoken of, where they said.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [REVIEW | {"comment": 412}]})

    comment: int
