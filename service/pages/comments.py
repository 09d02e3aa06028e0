"""Comments behind a figure, with the words that carry each theme."""

from dataclasses import dataclass
from datetime import date

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from service import comments, surveys
from service.deps import ModelsDep, StoreDep
from service.errors import UnprocessableError
from service.pages.asked import Pairs, by_field, field_errors, pairs_of, read_as
from service.pages.comment_search import (
    FIELDS,
    WORDS,
    address,
    behind,
    choices,
    figure_of,
    theme_names,
)
from service.pages.comment_words import status_words
from service.pages.marked_text import Piece, ThemeTag, pieces, tags_of
from service.pages.route import SEE_OTHER, page_router
from service.pages.visitor import CommentViewer, PageForm, Visitor
from service.records import CommentPage, Survey
from service.rendering import page
from service.schemas.comments import Comment, CommentFilter, Comments
from service.schemas.surveys import SurveyPath
from service.store import Store
from service.tagging.models import LoadedModels

A_PAGE = "20"
MOST_COUNTED = 1_000
"""More comments than this are not counted."""
WRONG = {
    "from": "The first day must be a day, such as 2025-03-31",
    "to": "The last day must be a day, such as 2025-03-31",
    "polarity": "Choose from the list how the theme is spoken of",
    "status": "Choose from the list how far comments could be read",
}

router = page_router()


@dataclass(frozen=True, slots=True)
class Card:
    """A comment as it is shown.

    Attributes:
        id: Its number.
        question: What it answers.
        pieces: What was written.
        tags: Its themes.
        status: How far it could be read, in words.
        given_on: When the response was given.
        site: Where it is about.
    """

    id: int
    question: str
    pieces: tuple[Piece, ...]
    tags: tuple[ThemeTag, ...]
    status: str
    given_on: date | None
    site: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of comments.

    Attributes:
        cards: The comments.
        behind: Which they are, in a sentence.
        figure: Address of the figures that they are behind, if any.
        next: Fields that ask for the next page, if there is one.
        next_address: Its address, unless comments are searched by words.
        left: How many more there are, in words.
    """

    cards: tuple[Card, ...]
    behind: str
    figure: str | None
    next: Pairs
    next_address: str | None
    left: str


@router.get("/surveys/{survey}/comments")
def show_comments(
    survey: SurveyPath, request: Request, store: StoreDep, models: ModelsDep, visitor: CommentViewer
) -> Response:
    """Show the comments that an address picks: by anything but words."""
    pairs = pairs_of(request.query_params.multi_items(), FIELDS)
    return _shown(survey, pairs, store, models, visitor)


@router.post("/surveys/{survey}/comments")
def search_comments(
    survey: SurveyPath, store: StoreDep, models: ModelsDep, visitor: CommentViewer, form: PageForm
) -> Response:
    """Search comments; only where words are searched for does that not lead to an address."""
    pairs = pairs_of(form.multi_items(), (*FIELDS, WORDS))
    if WORDS not in dict(pairs):
        return RedirectResponse(address(surveys.get(store, survey), pairs), SEE_OTHER)
    return _shown(survey, pairs, store, models, visitor)


def _shown(
    survey_id: str, pairs: Pairs, store: Store, models: LoadedModels, visitor: Visitor
) -> Response:
    found: Shown | None = None
    errors: list[tuple[str, str]] = []
    survey = surveys.get(store, survey_id)
    try:
        wanted = read_as(CommentFilter, [*pairs, ("limit", A_PAGE)], ("group",))
        survey, answer = comments.search(store, models, survey_id, wanted, visitor.name)
        left = _left(store, models, survey_id, wanted, answer)
        found = _page(survey, wanted, answer, models, pairs, left)
    except UnprocessableError as error:
        errors = field_errors(error, WRONG)
    return page(
        "pages/comments.html",
        422 if errors else 200,
        visitor=visitor,
        survey=survey,
        choices=choices(survey, models),
        asked=by_field(pairs, (*FIELDS, WORDS)),
        groups=[value for name, value in pairs if name == "group"],
        errors=errors,
        wrong=by_field(errors, (*FIELDS, WORDS)),
        found=found,
    )


def _page(
    survey: Survey,
    wanted: CommentFilter,
    answer: CommentPage,
    models: LoadedModels,
    pairs: Pairs,
    left: str,
) -> Shown:
    names = theme_names(survey, models)
    told = Comments.of(answer, survey)
    following = [pair for pair in pairs if pair[0] != "after"]
    following = [*following, ("after", str(told.next))] if told.next else []
    return Shown(
        cards=tuple(_card(comment, survey, names) for comment in told.comments),
        behind=behind(survey, wanted, names),
        figure=figure_of(survey, wanted),
        next=following,
        next_address=address(survey, following) if following and not wanted.q else None,
        left=left,
    )


def _left(
    store: Store, models: LoadedModels, survey: str, wanted: CommentFilter, answer: CommentPage
) -> str:
    if answer.next is None:
        return ""
    left = comments.more(store, models, survey, wanted, answer.next, MOST_COUNTED + 1)
    return f"more than {MOST_COUNTED:,} more" if left > MOST_COUNTED else f"{left:,} more"


def _card(comment: Comment, survey: Survey, names: dict[str, str]) -> Card:
    tags = tags_of(comment.themes, names)
    return Card(
        id=comment.id,
        question=survey.columns.text[survey.columns.questions.index(comment.question)].question,
        pieces=pieces(comment.text, comment.themes, tags),
        tags=tags,
        status=status_words(comment.status),
        given_on=comment.given_on,
        site=comment.site,
    )
