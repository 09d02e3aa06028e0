"""Whether what is left after the kills is what was acknowledged, once each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from service.benchmarks.asking import agrees
from service.benchmarks.figures import KillFigures
from service.benchmarks.generated import RESPONSE_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models import Tagger
    from service.benchmarks.generated import Row
    from service.benchmarks.killing import Survivors
    from service.client.results import Comment

Written = tuple[str, str, str]
"""Response id, question and text."""


def reckon(left: Survivors, questions: Sequence[str], tagger: Tagger, database: str) -> KillFigures:
    """Hold what is left against what was acknowledged.

    Args:
        left: What the kills left.
        questions: Columns of comments.
        tagger: The model of the survey.
        database: Kind of database.
    """
    sent = set(written(left.acknowledged, questions))
    there = Counter((one.response_id, one.question, one.text) for one in left.comments)
    return KillFigures(
        database=database,
        kills=left.kills,
        while_uploading=left.while_uploading,
        while_tagging=left.while_tagging,
        acknowledged=len(left.acknowledged),
        missing=len(sent - there.keys()),
        doubled=sum(count - 1 for count in there.values()),
        strange=len(there.keys() - sent),
        comments=len(left.comments),
        untagged=sum(one.status is None for one in left.comments),
        doubled_tags=sum(_has_a_theme_twice(one) for one in left.comments),
        different=_different(left.comments, tagger),
    )


def written(responses: Iterable[Row], questions: Sequence[str]) -> list[Written]:
    """Give the comments of responses, but for blank ones."""
    return [
        (row[RESPONSE_ID], question, row[question])
        for row in responses
        for question in questions
        if row[question].strip()
    ]


def _has_a_theme_twice(comment: Comment) -> bool:
    themes = [one.theme for one in comment.themes]
    return len(set(themes)) < len(themes)


def _different(comments: Sequence[Comment], tagger: Tagger) -> int:
    texts, questions = [one.text for one in comments], [one.question for one in comments]
    meant = tagger.tag(texts, questions)
    return sum(
        not agrees(one.status, one.themes, prediction)
        for one, prediction in zip(comments, meant, strict=True)
    )
