"""Reading the comments behind a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data import MissingGroup
from service.errors import FieldError, UnprocessableError
from service.records import CommentQuery
from service.store import audit, comments, surveys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.records import CommentPage, Survey
    from service.schemas.comments import CommentFilter
    from service.store import Store
    from service.tagging import LoadedModels


def search(
    store: Store, models: LoadedModels, survey_id: str, wanted: CommentFilter, actor: str
) -> tuple[Survey, CommentPage]:
    """Give a page of comments, and note who read how many and by what they were picked.

    Args:
        store: Where they are.
        models: Tell which themes there are.
        survey_id: The survey they belong to.
        wanted: Which comments.
        actor: Who reads them, for the audit, which never holds the words that were searched for.

    Raises:
        NotFoundError: There is no survey of that id.
        UnprocessableError: It has no such theme, question, characteristic or group.
    """
    with store.read() as conn:
        survey = surveys.get(conn, survey_id)
        _check_theme(survey, models, wanted.theme)
        page = comments.search(conn, survey, _query(survey, wanted), wanted.after, wanted.limit)
    detail = _without_words(wanted) | {"comments": len(page.comments)}
    with store.write() as conn:  # of its own, so that a long search keeps nobody from writing
        audit.record(conn, actor, "comments.read", survey_id, detail)
    return survey, page


def more(
    store: Store, models: LoadedModels, survey_id: str, wanted: CommentFilter, after: int, most: int
) -> int:
    """Count the comments that come after one, but no further than to a number.

    Args:
        store: Where they are.
        models: Tell which themes there are.
        survey_id: The survey they belong to.
        wanted: Which comments.
        after: Number of the comment.
        most: Where counting ends.

    Raises:
        NotFoundError: There is no survey of that id.
        UnprocessableError: It has no such theme, question, characteristic or group.
    """
    with store.read() as conn:
        survey = surveys.get(conn, survey_id)
        _check_theme(survey, models, wanted.theme)
        return comments.count(conn, survey, _query(survey, wanted), after, most)


def _query(survey: Survey, wanted: CommentFilter) -> CommentQuery:
    return CommentQuery(
        theme=wanted.theme,
        polarity=wanted.polarity,
        status=wanted.status,
        groups=_groups(survey, wanted.group),
        question=None if wanted.question is None else _question(survey, wanted.question),
        site=wanted.site,
        since=wanted.since,
        until=wanted.until,
        text=wanted.q,
    )


def _check_theme(survey: Survey, models: LoadedModels, theme: str | None) -> None:
    if theme is None or survey.model not in models.ids:
        return
    if theme not in models.get(survey.model).codebook.theme_ids:
        raise _wrong("theme", f"the codebook of the survey has no theme {theme!r}")


def _question(survey: Survey, column: str) -> int:
    if column not in survey.columns.questions:
        known = ", ".join(repr(question) for question in survey.columns.questions)
        raise _wrong("question", f"the survey has no question {column!r}, but {known}")
    return survey.columns.questions.index(column)


def _groups(survey: Survey, wanted: Sequence[str]) -> dict[str, str]:
    groups: dict[str, str] = {}
    for each in wanted:
        characteristic, _, group = each.partition(":")
        if characteristic in groups:
            raise _wrong("group", f"the characteristic {characteristic!r} is named twice")
        _check_group(survey, characteristic, group)
        groups[characteristic] = group
    return groups


def _check_group(survey: Survey, characteristic: str, group: str) -> None:
    column = survey.columns.characteristics.get(characteristic)
    if column is None:
        raise _wrong("group", f"the survey has no characteristic {characteristic!r}")
    scheme = column.resolved_scheme()
    broad = (each.id for each in scheme.broad_groups)
    if group not in (*MissingGroup, *scheme.group_ids, *broad):
        raise _wrong("group", f"the characteristic {characteristic!r} has no group {group!r}")


def _wrong(parameter: str, message: str) -> UnprocessableError:
    return UnprocessableError(message, (FieldError(None, parameter, message),))


def _without_words(wanted: CommentFilter) -> dict[str, str | int]:
    """Say what comments were picked by; sites, as they were sent, and words stay out."""
    named = {
        "theme": wanted.theme,
        "polarity": wanted.polarity,
        "status": wanted.status,
        "question": wanted.question,
        "group": " ".join(wanted.group) or None,
    }
    told: dict[str, str | int] = {k: str(v) for k, v in named.items() if v is not None}
    return told | {"searched": int(wanted.q is not None)}
