"""What one person has read of samples, and what they said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from labelled_data import Polarity
from service.errors import NotFoundError
from service.store import comments
from service.store.reviews import SampleItem, as_shown
from service.store.samples import sample
from service.store.surveys import survey_key
from service.store.tables import review, review_item

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.records import Survey


@dataclass(frozen=True, slots=True)
class OwnReview:
    """What a reviewer says of a comment.

    Attributes:
        themes: Ids of its themes, in codebook order.
        polarity: How each is spoken of, where they said.
    """

    themes: tuple[str, ...]
    polarity: dict[str, Polarity]


def item(
    conn: Connection, survey: Survey, sample_id: int, comment_id: int, reviewer: str
) -> SampleItem:
    """Gives a comment of a sample, whether a reviewer has read it or not.

    Raises:
        NotFoundError: If the survey has no such sample with this comment, or is gone.
    """
    drawn = sample(conn, survey, sample_id)
    held = select(review_item.c.place).where(
        review_item.c.sample == sample_id, review_item.c.comment == comment_id
    )
    place = conn.execute(held).scalar_one_or_none()
    if place is None:
        raise NotFoundError(f"the comment {comment_id} is not in the sample {sample_id}")
    return SampleItem(
        sample=sample_id,
        place=place,
        left=drawn.comments - times_read(conn, survey, reviewer).get(sample_id, 0),
        comment=as_shown(drawn, comments.get(conn, survey, comment_id)),
    )


def said(conn: Connection, sample_id: int, comment_id: int, reviewer: str) -> OwnReview | None:
    """Gives what a reviewer says of a comment they read for a sample; None where they did not."""
    theirs = select(review.c.themes, review.c.polarity).where(
        review.c.sample == sample_id,
        review.c.comment == comment_id,
        review.c.reviewer == reviewer,
    )
    row = conn.execute(theirs).one_or_none()
    if row is None:
        return None
    polarity = {theme: Polarity(told) for theme, told in row.polarity.items()}
    return OwnReview(tuple(row.themes), polarity)


def last_read(
    conn: Connection, sample_id: int, reviewer: str, before: int | None = None
) -> int | None:
    """Gives the number of the comment of a sample of which a reviewer spoke last.

    Args:
        conn: In a transaction.
        sample_id: The sample.
        reviewer: Who read it.
        before: A comment they spoke of: only what they said before that counts.

    Returns:
        None where there is none.
    """
    theirs = (
        select(review.c.comment)
        .where(review.c.sample == sample_id, review.c.reviewer == reviewer)
        .order_by(review.c.pk.desc())
        .limit(1)
    )
    if before is not None:
        then = select(review.c.pk).where(
            review.c.sample == sample_id,
            review.c.reviewer == reviewer,
            review.c.comment == before,
        )
        theirs = theirs.where(review.c.pk < then.scalar_subquery())
    return conn.execute(theirs).scalar_one_or_none()


def times_read(conn: Connection, survey: Survey, reviewer: str) -> dict[int, int]:
    """Gives how many comments of each sample of a survey a reviewer has read; none are left out.

    Raises:
        NotFoundError: If the survey is gone.
    """
    key = survey_key(conn, survey.id)
    theirs = (
        select(review.c.sample, func.count().label("times"))
        .where(
            review.c.survey == key.pk,
            review.c.reviewer == reviewer,
            review.c.sample.is_not(None),
        )
        .group_by(review.c.sample)
    )
    return {row.sample: row.times for row in conn.execute(theirs)}
