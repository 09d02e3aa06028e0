"""Comments sent to be tagged now, and what is said of them."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from labelled_data import Polarity
from models import OperatingPoint, Prediction, Status, Tag
from service.records import ArtefactStamp

MOST_COMMENTS = 1_000
MOST_CHARACTERS = 20_000

Model = Annotated[str, Field(min_length=1, max_length=200, examples=["uec"])]

ASKED: dict[str, Any] = {
    "model": "uec",
    "comments": [
        {
            "id": "17",
            "text": "Waited six hours, but the nurses were lovely.",
            "question": "What could we do better?",
        }
    ],
}
STAMP: dict[str, Any] = {
    "id": "uec",
    "version": "1.0.0",
    "sha256": "5f7c3f3c1f0e4b0e9a6f5f0f8f8d2b1b6a0b6f6e0c9d7f3b1e2a4c5d6e7f8091",
    "codebook": "uec",
    "codebook_version": "1.0",
    "operating_point": "balanced",
}
ANSWERED: dict[str, Any] = {
    "model": STAMP,
    "results": [
        {
            "id": "17",
            "status": "tagged",
            "themes": [
                {
                    "theme": "waiting_time",
                    "score": 0.97,
                    "polarity": "negative",
                    "evidence": [{"start": 0, "end": 16}],
                },
                {
                    "theme": "staff_attitude",
                    "score": 0.94,
                    "polarity": "positive",
                    "evidence": [{"start": 18, "end": 45}],
                },
            ],
            "scores": None,
        }
    ],
}


class CommentToTag(BaseModel):
    """A comment to be tagged.

    Attributes:
        id: Given back with the answer.
        text: The comment, as it was written.
        question: The survey question that it answers; it is part of what the tagger reads.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Annotated[str, Field(max_length=200)] | None = None
    text: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    question: Annotated[str, Field(max_length=1_000)] | None = None


class TagRequest(BaseModel):
    """Comments to be tagged now.

    Attributes:
        model: Id of the model.
        comments: At most 1,000.
        operating_point: Thresholds: best F1, or finding most of what a person would find.
        scores: Whether to give the score of every theme of the codebook.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        json_schema_extra={"examples": [ASKED]},
    )

    model: Model
    comments: Annotated[tuple[CommentToTag, ...], Field(min_length=1, max_length=MOST_COMMENTS)]
    operating_point: OperatingPoint = OperatingPoint.BALANCED
    scores: bool = False


class Place(BaseModel):
    """A place in a comment: its first character, counted from 0, and the one after its last."""

    start: int
    end: int


class GivenTheme(BaseModel):
    """A theme given to a comment.

    Attributes:
        theme: Id of the theme.
        score: Calibrated probability, 0 to 1, that a person would give it.
        polarity: How it is spoken of; null where the model does not tell.
        evidence: Places in the comment that carry it.
    """

    theme: str
    score: float
    polarity: Polarity | None
    evidence: tuple[Place, ...]

    @classmethod
    def of(cls, tag: Tag) -> Self:
        """Describe a tag."""
        places = tuple(Place(start=span.start, end=span.end) for span in tag.evidence)
        return cls(theme=tag.theme, score=tag.score, polarity=tag.polarity, evidence=places)


class TaggedComment(BaseModel):
    """What the model says of a comment.

    Attributes:
        id: As it was sent.
        status: How far the comment could be read.
        themes: The themes given, in the order of the codebook.
        scores: The score of every theme, where they were asked for and the comment was read.
    """

    id: str | None
    status: Status
    themes: tuple[GivenTheme, ...]
    scores: dict[str, float] | None

    @classmethod
    def of(cls, sent: CommentToTag, prediction: Prediction, themes: tuple[str, ...] | None) -> Self:
        """Describe a prediction.

        Args:
            sent: The comment.
            prediction: What was said of it.
            themes: The codebook's themes, if their scores are to be given.
        """
        scores = None
        if themes is not None and prediction.scores is not None:
            scores = dict(zip(themes, prediction.scores, strict=True))
        return cls(
            id=sent.id,
            status=prediction.status,
            themes=tuple(GivenTheme.of(tag) for tag in prediction.tags),
            scores=scores,
        )


class TagResponse(BaseModel):
    """What a model says of comments.

    Attributes:
        model: Which model, in which version, with which thresholds.
        results: One for each comment, in the order in which they were sent.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWERED]})

    model: ArtefactStamp
    results: tuple[TaggedComment, ...]
