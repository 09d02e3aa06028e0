"""Comments: finding and reading them, with what the survey's present artefact says of them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import (
    ARRAY,
    BigInteger,
    any_,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    select,
    table,
    true,
)

from service.errors import NotFoundError
from service.records import CommentPage, StoredComment, StoredTag
from service.store.statements import parts
from service.store.strata import outcomes
from service.store.surveys import survey_key
from service.store.tables import comment, profile, response, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from labelled_data import Polarity
    from service.records import CommentQuery, Survey
    from service.store.surveys import SurveyKey

_WORD = re.compile(r"[^\W_]+")
_INDEX_OF_WORDS = table("comment_text", column("rowid"), column("comment_text"))


def search(
    conn: Connection, survey: Survey, query: CommentQuery, after: int | None, limit: int
) -> CommentPage:
    """Gives a page of the comments that a query asks for.

    A comment that the present artefact has not tagged yet has no theme, polarity or status.

    Args:
        conn: In a transaction.
        survey: Whose comments.
        query: Which of them.
        after: What the page before gave as its `next`; None for the first.
        limit: Most comments on the page.

    Raises:
        NotFoundError: If the survey is gone.
    """
    key = survey_key(conn, survey.id)
    wanted = _wanted(conn, key, survey, query).where(comment.c.pk > (after or 0))
    rows = conn.execute(wanted.order_by(comment.c.pk).limit(limit + 1)).all()
    page = rows[:limit]
    return CommentPage(
        comments=tuple(_with_tags(conn, key, page)),
        next=page[-1].pk if len(rows) > limit else None,
    )


def count(conn: Connection, survey: Survey, query: CommentQuery, after: int, most: int) -> int:
    """Counts the comments after one that a query asks for, but no further than to a number.

    Raises:
        NotFoundError: If the survey is gone.
    """
    key = survey_key(conn, survey.id)
    wanted = _wanted(conn, key, survey, query).where(comment.c.pk > after)
    some = wanted.with_only_columns(comment.c.pk).order_by(comment.c.pk).limit(most).subquery()
    return conn.execute(select(func.count()).select_from(some)).scalar_one()


def get(conn: Connection, survey: Survey, comment_id: int) -> StoredComment:
    """Gives one comment.

    Raises:
        NotFoundError: If the survey has no such comment, or is gone.
    """
    return by_ids(conn, survey, [comment_id])[0]


def by_ids(conn: Connection, survey: Survey, ids: Sequence[int]) -> list[StoredComment]:
    """Gives some comments, in the order of their ids.

    Raises:
        NotFoundError: If the survey lacks one of them, or is gone.
    """
    key = survey_key(conn, survey.id)
    wanted = _of_survey(key).where(comment.c.pk.in_(ids)).order_by(comment.c.pk)
    found = conn.execute(wanted).all()
    if len(found) != len(set(ids)):
        raise NotFoundError(f"the survey {survey.id!r} has no such comment")
    return list(_with_tags(conn, key, found))


def _of_survey(key: SurveyKey) -> Select[*tuple[Any, ...]]:
    return (
        select(
            comment.c.pk,
            response.c.response_id,
            comment.c.question,
            comment.c.text,
            comment.c.tagged_by,
            comment.c.status,
            comment.c.sentiment,
            response.c.given_on,
            response.c.site,
        )
        .join_from(comment, response)
        .where(comment.c.survey == key.pk)
    )


def _wanted(
    conn: Connection, key: SurveyKey, survey: Survey, query: CommentQuery
) -> Select[*tuple[Any, ...]]:
    wanted = _of_survey(key).where(*_said(key, query), *_of_response(conn, key, survey, query))
    if query.question is not None:
        wanted = wanted.where(comment.c.question == query.question)
    if query.text is not None:
        wanted = wanted.where(_has_words(query.text, conn.dialect.name))
    return wanted


def _said(key: SurveyKey, query: CommentQuery) -> Iterator[ColumnElement[bool]]:
    if query.status is not None:
        yield comment.c.tagged_by == key.artefact
        yield comment.c.status == query.status
    if query.theme is not None or query.polarity is not None:
        yield comment.c.tagged_by == key.artefact
        yield _is_tagged(key, query.theme, query.polarity)


def _is_tagged(key: SurveyKey, theme: str | None, polarity: Polarity | None) -> ColumnElement[bool]:
    so = true() if polarity is None else tag.c.polarity == polarity
    if theme is None:
        # half of all comments may have the polarity: it is looked up as they are gone through
        return exists().where(tag.c.comment == comment.c.pk, so)
    with_theme = select(tag.c.comment).where(tag.c.survey == key.pk, tag.c.theme == theme, so)
    return comment.c.pk.in_(with_theme)


def _has_words(text: str, dialect: str) -> ColumnElement[bool]:
    """Asks for all words of a text; nothing in it is read as a search language."""
    words = _WORD.findall(text)
    if not words:
        return false()
    if dialect == "postgresql":
        sought = func.plainto_tsquery(literal_column("'sayso'"), " ".join(words))
        return literal_column("comment.words").bool_op("@@")(sought)
    quoted = " ".join(f'"{word}"' for word in words)
    index = _INDEX_OF_WORDS.c
    return comment.c.pk.in_(select(index.rowid).where(index.comment_text.match(quoted)))


def _of_response(
    conn: Connection, key: SurveyKey, survey: Survey, query: CommentQuery
) -> Iterator[ColumnElement[bool]]:
    if query.site is not None:
        yield response.c.site == query.site
    if query.since is not None:
        yield response.c.given_on >= query.since
    if query.until is not None:
        yield response.c.given_on <= query.until
    if query.groups:
        yield _is_in(conn, key, survey, query.groups)


def _is_in(
    conn: Connection, key: SurveyKey, survey: Survey, groups: Mapping[str, str]
) -> ColumnElement[bool]:
    named = (
        profile.c.groups[name].as_string().in_(_outcomes(survey, name, group))
        for name, group in groups.items()
    )
    held = select(profile.c.pk).where(profile.c.survey == key.pk, *named)
    if conn.dialect.name == "sqlite":
        return response.c.profile.in_(held)
    # Its planner cannot guess how many people are in a group, but knows how many have a profile.
    profiles = list(conn.execute(held).scalars())
    return response.c.profile == any_(literal(profiles, ARRAY(BigInteger)))


def _outcomes(survey: Survey, characteristic: str, group: str) -> frozenset[str]:
    """Gives a group, or those under it if it is a broad one; of no characteristic, none."""
    column = survey.columns.characteristics.get(characteristic)
    return outcomes(column.resolved_scheme(), group) if column else frozenset()


def _with_tags(
    conn: Connection, key: SurveyKey, rows: Sequence[Row[*tuple[Any, ...]]]
) -> Iterator[StoredComment]:
    current = [row.pk for row in rows if row.tagged_by == key.artefact]
    tags = _tags(conn, current)
    for row in rows:
        is_current = row.tagged_by == key.artefact
        yield StoredComment(
            id=row.pk,
            response_id=row.response_id,
            question=row.question,
            text=row.text,
            status=row.status if is_current else None,
            sentiment=row.sentiment if is_current else None,
            tags=tuple(tags[row.pk]),
            given_on=row.given_on,
            site=row.site,
        )


def _tags(conn: Connection, comments: Sequence[int]) -> Mapping[int, list[StoredTag]]:
    tags: defaultdict[int, list[StoredTag]] = defaultdict(list)
    for some in parts(comments):
        found = select(tag).where(tag.c.comment.in_(some)).order_by(tag.c.comment, tag.c.place)
        for row in conn.execute(found):
            tags[row.comment].append(_tag(row))
    return tags


def _tag(row: Row[*tuple[Any, ...]]) -> StoredTag:
    return StoredTag(theme=row.theme, score=row.score, polarity=row.polarity, evidence=row.evidence)
