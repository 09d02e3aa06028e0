"""What the calls on stored comments take and answer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from labelled_data import Polarity
from models import Status
from service.schemas.tags import GivenTheme, Place

if TYPE_CHECKING:
    from service.records import CommentPage, StoredComment, StoredTag, Survey

LARGEST_ID = 2**63 - 1
COMMENT: dict[str, Any] = {
    "id": 412,
    "response_id": "r-0001",
    "question": "what_was_not",
    "text": "Five hours on a chair and no one told us why",
    "status": "tagged",
    "themes": [
        {
            "theme": "waiting",
            "score": 0.97,
            "polarity": "negative",
            "evidence": [{"start": 0, "end": 44}],
        }
    ],
    "given_on": "2025-03-14",
    "site": "Aldermere General Hospital",
}

Short = Annotated[str, Field(min_length=1, max_length=300)]


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CommentFilter(_Schema):
    """Which comments are wanted: those of which all of this is true."""

    theme: Annotated[
        Short | None, Field(description="Id of a theme they have.", examples=["waiting"])
    ] = None
    polarity: Annotated[
        Polarity | None,
        Field(description="How that theme, or any where none is named, is spoken of."),
    ] = None
    status: Annotated[Status | None, Field(description="How far they could be read.")] = None
    group: Annotated[
        list[Short],
        Field(
            max_length=20,
            description=(
                "`characteristic:group`, or `characteristic:` and why there is no group; may be"
                " repeated, once for each characteristic."
            ),
            examples=[["ethnicity:chinese"]],
        ),
    ] = []
    question: Annotated[
        Short | None, Field(description="Column of the question.", examples=["what_was_not"])
    ] = None
    site: Annotated[Short | None, Field(description="Where the response is about.")] = None
    since: Annotated[
        date | None, Field(alias="from", description="First day.", examples=["2025-01-01"])
    ] = None
    until: Annotated[
        date | None, Field(alias="to", description="Last day.", examples=["2025-03-31"])
    ] = None
    q: Annotated[
        Short | None,
        Field(description="Words that all stand in them, in any order.", examples=["chair hours"]),
    ] = None
    after: Annotated[
        int | None,
        Field(ge=0, le=LARGEST_ID, description="`next` of the page before; not for the first."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=500, description="Most comments of the page.")] = 50


def given(tag: StoredTag) -> GivenTheme:
    """Give what is told of a tag."""
    places = tuple(Place(start=start, end=end) for start, end in tag.evidence)
    return GivenTheme(theme=tag.theme, score=tag.score, polarity=tag.polarity, evidence=places)


class Comment(_Schema):
    """A stored comment, and what the survey's model says of it.

    Attributes:
        id: Its number.
        response_id: The response it belongs to.
        question: Column of the question.
        text: What was written.
        status: How far it could be read; null while it waits for the model.
        themes: In codebook order.
        given_on: When the response was given.
        site: Where the response is about.
    """

    id: int
    response_id: str
    question: str
    text: str
    status: Status | None
    themes: tuple[GivenTheme, ...]
    given_on: date | None
    site: str | None

    @classmethod
    def of(cls, comment: StoredComment, survey: Survey) -> Self:
        """Give what is told of a comment of a survey."""
        return cls(
            id=comment.id,
            response_id=comment.response_id,
            question=survey.columns.questions[comment.question],
            text=comment.text,
            status=comment.status,
            themes=tuple(given(tag) for tag in comment.tags),
            given_on=comment.given_on,
            site=comment.site,
        )


class Comments(_Schema):
    """Some of the comments that were asked for, in the order of their ids.

    Attributes:
        comments: The comments.
        next: Ask for those `after` this one; null on the last page.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"comments": [COMMENT], "next": 412}]}
    )

    comments: tuple[Comment, ...]
    next: int | None

    @classmethod
    def of(cls, page: CommentPage, survey: Survey) -> Self:
        """Give what is told of a page of a survey's comments."""
        told = tuple(Comment.of(comment, survey) for comment in page.comments)
        return cls(comments=told, next=page.next)
