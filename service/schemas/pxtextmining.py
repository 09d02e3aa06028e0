"""What the calls of pxtextmining take and answer, in its words."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.pxtextmining import QuestionType

MOST_COMMENTS = 5_000
MOST_COMMENTS_LATER = 20_000
MOST_CHARACTERS = 20_000

CommentId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Field(coerce_numbers_to_str=True, examples=["17"]),
]

ASKED: list[dict[str, Any]] = [
    {"comment_id": "17", "comment_text": "Waited six hours, but the nurses were lovely."},
    {"comment_id": "18", "comment_text": ""},
]
ANSWERED: list[dict[str, Any]] = [
    {"comment_id": "17", "labels": ["Staff manner & personal attributes", "Timeliness of care"]},
    {"comment_id": "18", "labels": ["Labelling not possible"]},
]
ASKED_LATER = [one | {"question_type": "could_improve"} for one in ASKED]
ANSWERED_LATER = [
    asked | answered | {"sentiment": sentiment}
    for asked, answered, sentiment in zip(ASKED, ANSWERED, (3, None), strict=True)
]


class _Sent(BaseModel):
    """What else a client sends is passed over, as pxtextmining did."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class PxComment(_Sent):
    """A comment to be labelled now.

    Attributes:
        comment_id: Unique among those that are sent together; given back with the answer.
        comment_text: The comment, as it was written; it may be blank.
    """

    comment_id: CommentId
    comment_text: Annotated[str, Field(max_length=MOST_CHARACTERS)]


class PxCommentLater(PxComment):
    """A comment to be labelled later.

    Attributes:
        comment_id: Unique among those that are sent together; given back with the answer.
        comment_text: The comment, as it was written; it may be blank.
        question_type: What it answers.
    """

    question_type: QuestionType = QuestionType.NONSPECIFIC


class PxLabels(BaseModel):
    """What was found in a comment.

    Attributes:
        comment_id: As it was sent.
        labels: Names of version 7 of the framework; `Labelling not possible` alone where nothing
            was found or read.
    """

    comment_id: str
    labels: tuple[str, ...]


class PxResult(PxLabels):
    """What was found in a comment that was left to be labelled.

    Attributes:
        comment_id: As it was sent.
        comment_text: As it was sent.
        labels: Names of version 7 of the framework; `Labelling not possible` alone where nothing
            was found or read.
        sentiment: 1 (very positive) to 5 (very negative); null where the comment could not be
            read.
    """

    comment_text: str
    sentiment: Annotated[int, Field(ge=1, le=5)] | None


class PxStarted(BaseModel):
    """Where the results will be.

    Attributes:
        results_url: Ask there, without a key, until the answer is 200.
    """

    results_url: str
