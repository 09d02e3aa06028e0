"""Having people read comments: what there is to read, and how far those who read agree."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Response

from service import reviewing, sampling, surveys
from service.deps import ModelsDep, StoreDep
from service.pages.agreement_words import said_of_agreement
from service.pages.comment_search import theme_names
from service.pages.route import page_router
from service.pages.visitor import ReviewVisitor
from service.rendering import page
from service.schemas.samples import Sample
from service.schemas.surveys import SurveyPath
from service.security.principals import Scope

router = page_router()

WORDS = {
    ("random", "people"): "People at random",
    ("random", "comments"): "Comments at random",
    ("uncertain", "comments"): "Doubtful comments",
}


@dataclass(frozen=True, slots=True)
class SampleShown:
    """A sample as it is listed.

    Attributes:
        sample: What a call tells of it.
        words: What it is of.
        yours: How many of its comments who looks has read.
    """

    sample: Sample
    words: str
    yours: int


@router.get("/surveys/{survey}/reading")
def show_reading(
    survey: SurveyPath,
    store: StoreDep,
    visitor: ReviewVisitor,
    drawn: Annotated[int | None, Query()] = None,
) -> Response:
    """List a survey's samples, and lead to what can be done with them."""
    tells_frame = visitor.may(Scope.COMMENTS_READ)
    yours = reviewing.times_read(store, survey, visitor.name)
    listed = [
        SampleShown(
            sample=Sample.of(each, tells_frame=tells_frame),
            words=WORDS[each.kind, each.unit],
            yours=yours.get(each.id, 0),
        )
        for each in sampling.samples(store, survey)
    ]
    return page(
        "pages/reading.html",
        visitor=visitor,
        survey=surveys.get(store, survey),
        samples=listed,
        drawn=next((each for each in listed if each.sample.id == drawn), None),
    )


@router.get("/surveys/{survey}/reading/agreement")
def show_agreement(
    survey: SurveyPath, store: StoreDep, models: ModelsDep, visitor: ReviewVisitor
) -> Response:
    """Tell how far people agree who read the same comments blind, theme by theme."""
    told = reviewing.agreement(store, models, survey)
    found = surveys.get(store, survey)
    return page(
        "pages/reading_agreement.html",
        visitor=visitor,
        survey=found,
        agreement=told,
        names=theme_names(found, models),
        said=said_of_agreement,
    )
