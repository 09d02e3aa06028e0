"""What people say of comments they read, and what they are to read next."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, delete, func, insert, select

from labelled_data import Polarity
from service.errors import NotFoundError
from service.store import comments
from service.store.artefacts import artefact_keys
from service.store.draws import draw
from service.store.people_draws import draw_people
from service.store.samples import READABLE, Sample, SampleKind, SampleUnit, sample, samples
from service.store.surveys import survey_key
from service.store.tables import comment, response, review, review_item, review_sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Row

    from service.records import ArtefactStamp, StoredComment, Survey

__all__ = [
    "READABLE",
    "Review",
    "Sample",
    "SampleItem",
    "SampleKind",
    "SampleUnit",
    "as_shown",
    "draw",
    "draw_people",
    "every",
    "next_item",
    "pairs",
    "put",
    "sample",
    "samples",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleItem:
    """A comment that somebody is to read.

    Attributes:
        sample: The sample it was drawn into.
        place: Its place there, from 0.
        left: How many they have to read, this one included.
        comment: The comment; in a blind sample without what the model says.
    """

    sample: int
    place: int
    left: int
    comment: StoredComment


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What one person says of one comment.

    Attributes:
        comment: Number of the comment.
        response_id: The response it belongs to.
        question: Number of the question.
        text: The comment.
        reviewer: Who.
        themes: Ids of the themes they gave, in codebook order.
        polarity: How each is spoken of; a theme for which they did not say is left out.
        made: When, in UTC.
        artefact: What the survey was tagged by then; it tells the codebook of the themes.
        sample: The sample it was read for, or None.
        kind: How that was drawn, or None.
        blind: Whether they did not see what the model says; None outside a sample.
        probability: The chance the comment had to be drawn; None unless the sample was random.
    """

    comment: int
    response_id: str
    question: int
    text: str
    reviewer: str
    themes: tuple[str, ...]
    polarity: dict[str, Polarity]
    made: datetime
    artefact: ArtefactStamp
    sample: int | None
    kind: SampleKind | None
    blind: bool | None
    probability: float | None


def next_item(
    conn: Connection, survey: Survey, sample_id: int, reviewer: str, after: int | None = None
) -> SampleItem | None:
    """Gives the first comment of a sample that a reviewer has not read for it.

    Args:
        conn: In a transaction.
        survey: Whose sample.
        sample_id: Its number.
        reviewer: Who reads.
        after: A place whose comment, with those before it, they leave for the end.

    Returns:
        None where they have read them all.

    Raises:
        NotFoundError: If the survey has no such sample, or is gone.
    """
    drawn = sample(conn, survey, sample_id)
    theirs = select(review.c.comment).where(
        review.c.sample == sample_id, review.c.reviewer == reviewer
    )
    waiting = review_item.c.sample == sample_id, review_item.c.comment.not_in(theirs)
    left = conn.execute(select(func.count()).select_from(review_item).where(*waiting)).scalar_one()
    left_for_the_end = case((review_item.c.place > (-1 if after is None else after), 0), else_=1)
    order = left_for_the_end, review_item.c.place
    row = conn.execute(select(review_item).where(*waiting).order_by(*order).limit(1)).one_or_none()
    if row is None:
        return None
    shown = as_shown(drawn, comments.get(conn, survey, row.comment))
    return SampleItem(sample=sample_id, place=row.place, left=left, comment=shown)


def as_shown(drawn: Sample, found: StoredComment) -> StoredComment:
    """Gives a comment as readers of a sample see it: of a blind one without what the model says."""
    if not drawn.blind:
        return found
    return found.model_copy(update={"status": None, "sentiment": None, "tags": ()})


def put(
    conn: Connection,
    survey: Survey,
    comment_id: int,
    sample_id: int | None,
    reviewer: str,
    themes: Sequence[str],
    polarity: Mapping[str, Polarity],
) -> None:
    """Records what somebody says of a comment, in place of what they said of it before.

    What they said of it for another sample stays.

    Args:
        conn: In a transaction that writes.
        survey: Whose comment.
        comment_id: Number of the comment.
        sample_id: The sample it was read for, or None.
        reviewer: Who says so.
        themes: Ids of the themes, in codebook order.
        polarity: How each is spoken of, where they said.

    Raises:
        NotFoundError: If the survey has no such comment, or no such sample with it, or is gone.
    """
    key = survey_key(conn, survey.id, lock=True)
    comments.get(conn, survey, comment_id)
    if sample_id is not None:
        _check_drawn(conn, survey, sample_id, comment_id)
    conn.execute(
        delete(review).where(
            review.c.comment == comment_id,
            review.c.reviewer == reviewer,
            review.c.sample.is_not_distinct_from(sample_id),
        )
    )
    conn.execute(
        insert(review).values(
            survey=key.pk,
            comment=comment_id,
            sample=sample_id,
            artefact=key.artefact,
            reviewer=reviewer,
            themes=list(themes),
            polarity={theme: str(told) for theme, told in polarity.items()},
            made=datetime.now(UTC),
        )
    )


def every(conn: Connection, survey: Survey) -> list[Review]:
    """Gives all that people said of a survey's comments, by comment and then in order of time.

    Raises:
        NotFoundError: If the survey is gone.
    """
    key = survey_key(conn, survey.id)
    return _reviews(conn, review.c.survey == key.pk)


def pairs(conn: Connection, survey: Survey) -> dict[int, dict[str, Review]]:
    """Gives what is said of the comments that two or more people have read.

    Only what they said without seeing what the model says counts, so that they agree with each
    other and not with it; of a comment that somebody read twice, what they said last.

    Returns:
        By comment and reviewer.

    Raises:
        NotFoundError: If the survey is gone.
    """
    readings: defaultdict[int, dict[str, Review]] = defaultdict(dict)
    for one in every(conn, survey):
        if one.blind:
            readings[one.comment][one.reviewer] = one
    return {comment_id: by for comment_id, by in readings.items() if len(by) > 1}


def _check_drawn(conn: Connection, survey: Survey, sample_id: int, comment_id: int) -> None:
    sample(conn, survey, sample_id)
    drawn = select(review_item.c.place).where(
        review_item.c.sample == sample_id, review_item.c.comment == comment_id
    )
    if conn.execute(drawn).one_or_none() is None:
        raise NotFoundError(f"the comment {comment_id} is not in the sample {sample_id}")


def _reviews(conn: Connection, which: ColumnElement[bool]) -> list[Review]:
    stamps = {pk: stamp for stamp, pk in artefact_keys(conn).items()}
    found = (
        select(
            review,
            response.c.response_id,
            comment.c.question,
            comment.c.text,
            review_sample.c.kind,
            review_sample.c.blind,
            review_item.c.probability,
        )
        .join_from(review, comment)
        .join(response)
        .outerjoin(review_sample, review_sample.c.pk == review.c.sample)
        .outerjoin(
            review_item,
            and_(
                review_item.c.sample == review.c.sample, review_item.c.comment == review.c.comment
            ),
        )
        .where(which)
        .order_by(review.c.comment, review.c.pk)
    )
    return [_review(row, stamps[row.artefact]) for row in conn.execute(found)]


def _review(row: Row[*tuple[Any, ...]], artefact: ArtefactStamp) -> Review:
    return Review(
        comment=row.comment,
        response_id=row.response_id,
        question=row.question,
        text=row.text,
        reviewer=row.reviewer,
        themes=tuple(row.themes),
        polarity={theme: Polarity(told) for theme, told in row.polarity.items()},
        made=row.made,
        artefact=artefact,
        sample=row.sample,
        kind=row.kind,
        blind=row.blind,
        probability=row.probability,
    )
