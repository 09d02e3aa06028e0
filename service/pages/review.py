"""Reading one comment at a time, and saying which themes it has."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Path, Query, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import FormData

from service import reviewing
from service.deps import ModelsDep, StoreDep
from service.errors import FieldError, UnprocessableError
from service.pages.asked import field_errors, pairs_of, read_as
from service.pages.comment_search import theme_names
from service.pages.comment_words import POLARITIES, status_words
from service.pages.marked_text import pieces, tags_of
from service.pages.route import SEE_OTHER, page_router
from service.pages.theme_choices import Chosen, chosen_at_first, theme_choices
from service.pages.visitor import PageForm, ReviewVisitor, Visitor
from service.records import Survey
from service.rendering import page
from service.schemas.comments import LARGEST_ID
from service.schemas.reviews import CommentToRead, Id, NewReview
from service.schemas.surveys import SurveyPath
from service.store import Store
from service.store.own_reviews import OwnReview
from service.store.reviews import SampleItem
from service.survey_models import tagger_of
from service.tagging.models import LoadedModels

router = page_router()

NOTHING_CHOSEN = "Tick the themes that the comment has, or say that it has none of them"
BOTH_CHOSEN = "Tick themes, or that the comment has none of them, but not both"

SamplePath = Annotated[Id, Path(description="Number of the sample.")]
Place = Annotated[int, Field(ge=0, le=LARGEST_ID)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A comment that is opened.

    Attributes:
        item: The comment.
        after: The place after which comments come next, where some were left for the end.
        again: Its number, if it was read before.
        said: What its reader then said of it.
        chosen: What is ticked, where that is neither what they said nor what the model says.
        errors: What is wrong with that.
    """

    item: SampleItem
    after: int | None
    again: int | None = None
    said: OwnReview | None = None
    chosen: Chosen | None = None
    errors: tuple[tuple[str, str], ...] = ()


class Where(BaseModel):
    """What a review is of, and what was left for the end before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    comment: Id
    after: Place | None = None


@router.get("/surveys/{survey}/reading/{sample}")
def show_comment(
    survey: SurveyPath,
    sample: SamplePath,
    store: StoreDep,
    models: ModelsDep,
    visitor: ReviewVisitor,
    comment: Annotated[Id | None, Query()] = None,
    after: Annotated[Place | None, Query()] = None,
) -> Response:
    """Show the next comment to read, or one that was read before."""
    if comment is not None:
        found, item, said = reviewing.item_again(store, survey, sample, comment, visitor.name)
        opened = Opened(item=item, after=after, again=comment, said=said)
        return _item(store, models, visitor, found, opened)
    found, following = reviewing.next_item(store, survey, sample, visitor.name, after)
    if following is None:
        return _done(store, visitor, found, sample)
    return _item(store, models, visitor, found, Opened(item=following, after=after))


@router.post("/surveys/{survey}/reading/{sample}")
def review_comment(
    survey: SurveyPath,
    sample: SamplePath,
    store: StoreDep,
    models: ModelsDep,
    visitor: ReviewVisitor,
    form: PageForm,
) -> Response:
    """Take what a person says of a comment, and go on to the next."""
    where = read_as(Where, pairs_of(form.multi_items(), ("comment", "after")))
    chosen = _chosen(form)
    try:
        said = _review(sample, chosen)
        reviewing.put(
            store,
            models,
            survey,
            where.comment,
            sample,
            visitor.name,
            said.themes,
            said.polarity,
        )
    except UnprocessableError as error:
        found, item, _ = reviewing.item_again(store, survey, sample, where.comment, visitor.name)
        errors = tuple(field_errors(error, {}))
        opened = Opened(item=item, after=where.after, chosen=chosen, errors=errors)
        return _item(store, models, visitor, found, opened)
    return RedirectResponse(_address(survey, sample, after=where.after), SEE_OTHER)


def _chosen(form: FormData) -> Chosen:
    themes = tuple(theme for theme in form.getlist("theme") if isinstance(theme, str))
    told = {theme: form.get(f"polarity-{theme}") for theme in themes}
    polarity = {theme: how for theme, how in told.items() if isinstance(how, str) and how}
    return Chosen(themes, polarity, none="none" in form)


def _review(sample: int, chosen: Chosen) -> NewReview:
    if bool(chosen.themes) == chosen.none:
        message = BOTH_CHOSEN if chosen.none else NOTHING_CHOSEN
        raise UnprocessableError(message, (FieldError(None, "themes", message),))
    said = {"sample": sample, "themes": chosen.themes, "polarity": chosen.polarity}
    return NewReview.model_validate(said)


def _item(
    store: Store, models: LoadedModels, visitor: Visitor, survey: Survey, opened: Opened
) -> Response:
    sample, again = opened.item.sample, opened.again
    told = CommentToRead.of(opened.item, survey)
    tags = tags_of(told.themes, theme_names(survey, models))
    ticked = opened.chosen or chosen_at_first(told.themes, opened.said)
    progress = reviewing.own_progress(store, survey.id, sample, visitor.name, again)
    return page(
        "pages/review.html",
        422 if opened.errors else 200,
        visitor=visitor,
        survey=survey,
        progress=progress,
        item=told,
        of_model=status_words(told.status),
        pieces=pieces(told.text, told.themes, tags),
        tags=tags,
        headed=theme_choices(tagger_of(models, survey).codebook, told.themes, ticked),
        none=ticked.none,
        polarities=[(value.value, words) for value, words in POLARITIES.items()],
        errors=opened.errors,
        after=opened.after,
        again=again,
        later=_address(survey.id, sample, after=opened.item.place),
        back=_address(survey.id, sample, comment=progress.last, after=opened.after),
    )


def _done(store: Store, visitor: Visitor, survey: Survey, sample: int) -> Response:
    progress = reviewing.own_progress(store, survey.id, sample, visitor.name)
    return page("pages/review_done.html", visitor=visitor, survey=survey, progress=progress)


def _address(survey: str, sample: int, **query: int | None) -> str:
    told = urlencode({name: value for name, value in query.items() if value is not None})
    return f"/surveys/{survey}/reading/{sample}" + (f"?{told}" if told else "")
