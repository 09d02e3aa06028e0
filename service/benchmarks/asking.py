"""What the benchmarks ask the service to tag, and whether it answers as the tagger does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.client.results import Tagged

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from models import Prediction, Status
    from service.client.results import GivenTheme, TaggedComment

TOLERANCE = 1e-3
"""What a score may differ by from batch to batch."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A comment that is sent.

    Attributes:
        model: Id of what is to tag it.
        text: The comment.
        question: What it answers.
    """

    model: str
    text: str
    question: str


def tag_request(http: httpx.AsyncClient, asked: Sequence[Asked], key: str) -> httpx.Request:
    """Make a request to tag some comments of one model."""
    comments = [{"text": one.text, "question": one.question} for one in asked]
    return http.build_request(
        "POST",
        "/v1/tag",
        json={"model": asked[0].model, "comments": comments},
        headers={"Authorization": f"Bearer {key}"},
    )


def answers(body: bytes) -> tuple[TaggedComment, ...]:
    """Read what was answered for each comment."""
    return Tagged.model_validate_json(body).results


def agrees(status: Status | None, themes: Sequence[GivenTheme], prediction: Prediction) -> bool:
    """Tell whether an answer is what the tagger says, but for rounding of scores."""
    said = [
        (one.theme, one.polarity, [(at.start, at.end) for at in one.evidence]) for one in themes
    ]
    meant = [(tag.theme, tag.polarity, list(map(tuple, tag.evidence))) for tag in prediction.tags]
    return (
        status == prediction.status
        and said == meant
        and all(
            abs(one.score - tag.score) <= TOLERANCE
            for one, tag in zip(themes, prediction.tags, strict=True)
        )
    )
