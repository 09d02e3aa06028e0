"""Drawing what people are to read: a sample as somebody asks for it, or by a plan."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from service import sampling, surveys
from service.deps import ModelsDep, ReadingsDep, StoreDep
from service.errors import ConflictError, UnprocessableError
from service.pages.asked import Pairs, by_field, field_errors, pairs_of, read_as
from service.pages.comment_search import characteristics_of, codebook_of, theme_names
from service.pages.route import SEE_OTHER, page_router, sentence
from service.pages.visitor import PageForm, ReviewVisitor, Visitor
from service.reading_plans import plan_asked
from service.rendering import page
from service.schemas.reading_plans import PlanFilter, ReadingPlan
from service.schemas.samples import MOST_DRAWN, NewSample, NewStratum
from service.schemas.surveys import SurveyPath
from service.store import Store
from service.store.samples import Sample
from service.tagging.models import LoadedModels

router = page_router()

DRAWN = {
    "people": {"kind": "random", "unit": "people"},
    "comments": {"kind": "random", "unit": "comments"},
    "doubtful": {"kind": "uncertain", "unit": "comments"},
}
"""What a sample can be of, and what drawing it takes."""
SAMPLE = ("of", "size", "blind")
SAMPLE_WRONG = {
    "kind": "Choose what to draw",
    "size": f"How many must be a whole number from 1 to {MOST_DRAWN:,}",
    "blind": "Choose whether readers see what the model says",
}
PLAN = ("by", "width", "aim", "theme")
PLAN_WRONG = {
    "by": "Choose a characteristic of the survey of whose groups the figures tell",
    "width": "Choose how wide the intervals may be",
    "aim": "Choose whose intervals are to be so narrow",
}
Errors = list[tuple[str, str]]


@router.get("/surveys/{survey}/reading/draw")
def ask_for_sample(survey: SurveyPath, store: StoreDep, visitor: ReviewVisitor) -> Response:
    """Ask what is to be drawn."""
    return _form(store, survey, visitor, [("of", "people"), ("blind", "true")], [])


@router.post("/surveys/{survey}/reading/draw")
def draw_sample(
    survey: SurveyPath, store: StoreDep, models: ModelsDep, visitor: ReviewVisitor, form: PageForm
) -> Response:
    """Draw a sample, and show it with the others."""
    pairs = pairs_of(form.multi_items(), SAMPLE)
    try:
        asked = read_as(NewSample, _as_called(pairs))
        drawn = sampling.draw_asked(store, models, survey, asked, visitor.principal)
    except UnprocessableError as error:
        errors = field_errors(error, SAMPLE_WRONG)
        return _form(store, survey, visitor, pairs, _of_this_form(errors))
    except ConflictError as error:
        return _form(store, survey, visitor, pairs, [("", sentence(str(error)))], error.status)
    return _to_samples(survey, drawn)


@router.get("/surveys/{survey}/reading/plan")
def show_plan(
    survey: SurveyPath,
    request: Request,
    store: StoreDep,
    models: ModelsDep,
    readings: ReadingsDep,
    visitor: ReviewVisitor,
) -> Response:
    """Ask what reading is planned for, and show the plan."""
    pairs = pairs_of(request.query_params.multi_items(), PLAN)
    plan, errors = None, []
    if pairs:
        try:
            asked = read_as(PlanFilter, pairs, ("theme",))
            plan = plan_asked(store, models, readings, survey, asked, visitor.principal)
        except UnprocessableError as error:
            errors = field_errors(error, PLAN_WRONG)
    return _plan(store, models, survey, visitor, pairs, errors, plan)


@router.post("/surveys/{survey}/reading/plan")
def draw_plan(
    survey: SurveyPath,
    store: StoreDep,
    models: ModelsDep,
    readings: ReadingsDep,
    visitor: ReviewVisitor,
    form: PageForm,
) -> Response:
    """Draw the people that a plan asks for."""
    pairs = pairs_of(form.multi_items(), PLAN)
    try:
        asked = read_as(PlanFilter, pairs, ("theme",))
        plan = plan_asked(store, models, readings, survey, asked, visitor.principal)
        new = _sample_of(plan)
        drawn = sampling.draw_asked(store, models, survey, new, visitor.principal)
    except UnprocessableError as error:
        errors = field_errors(error, PLAN_WRONG)
        return _plan(store, models, survey, visitor, pairs, errors, None)
    return _to_samples(survey, drawn)


def _as_called(pairs: Pairs) -> Pairs:
    """Give what drawing takes; of what is not told, pydantic says that it is missing."""
    sent = dict(pairs)
    how = DRAWN.get(sent.get("of", ""), {})
    return [*how.items(), *((name, sent.get(name, "")) for name in ("size", "blind"))]


def _of_this_form(errors: Errors) -> Errors:
    return [("of" if name == "kind" else name, words) for name, words in errors]


def _form(
    store: Store,
    survey: str,
    visitor: Visitor,
    pairs: Pairs,
    errors: Errors,
    status: int | None = None,
) -> Response:
    return page(
        "pages/reading_draw.html",
        status or (422 if errors else 200),
        visitor=visitor,
        survey=surveys.get(store, survey),
        asked=by_field(pairs, SAMPLE),
        errors=errors,
        wrong=by_field(errors, SAMPLE),
        most=MOST_DRAWN,
    )


def _plan(
    store: Store,
    models: LoadedModels,
    survey_id: str,
    visitor: Visitor,
    pairs: Pairs,
    errors: Errors,
    plan: ReadingPlan | None,
) -> Response:
    survey = surveys.get(store, survey_id)
    codebook = codebook_of(survey, models)
    return page(
        "pages/reading_plan.html",
        422 if errors else 200,
        visitor=visitor,
        survey=survey,
        characteristics=[(each.id, each.name) for each in characteristics_of(survey)],
        themes=[(theme.id, theme.name) for theme in codebook.themes] if codebook else [],
        names=theme_names(survey, models),
        asked=by_field(pairs, PLAN),
        picked=[value for name, value in pairs if name == "theme"],
        errors=errors,
        wrong=by_field(errors, PLAN),
        plan=plan,
    )


def _sample_of(plan: ReadingPlan) -> NewSample:
    strata = tuple(NewStratum(groups=each.groups, size=each.size) for each in plan.strata)
    if sum(stratum.size for stratum in strata) > MOST_DRAWN:
        raise UnprocessableError(
            f"the plan has more than {MOST_DRAWN:,} people, which is more than are drawn at once:"
            " choose wider intervals or fewer themes"
        )
    return NewSample(kind="random", unit="people", strata=strata)


def _to_samples(survey: str, drawn: Sample) -> Response:
    return RedirectResponse(f"/surveys/{survey}/reading?drawn={drawn.id}", SEE_OTHER)
