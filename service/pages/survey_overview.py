"""The first page of a survey: how far it has come, what is in it, and what to do next."""

from dataclasses import dataclass

from fastapi import Response

from labelled_data import shipped_equality_scheme
from labelled_data.equality_groups import EqualityScheme
from service import surveys
from service.coarse_progress import coarse_progress
from service.deps import ModelsDep, StoreDep
from service.missing_groups import FEWEST, MissingShares, missing_shares
from service.pages.route import page_router
from service.pages.visitor import SurveyViewer
from service.records import Survey
from service.rendering import page
from service.schemas.surveys import SurveyPath
from service.security.principals import Scope
from service.tagging import LoadedModels

router = page_router("/surveys")

STATUSES = {
    "tagged": ("Tagged with a theme", "says something that the codebook has a theme for"),
    "no_theme": ("No theme", "read, but about nothing that the codebook has a theme for"),
    "unsure": ("Unsure", "the model does not know: a person should read it"),
    "not_english": ("Not in English", "the model reads English alone"),
    "empty": ("Empty", "holds no words, such as a dash or n/a"),
}


@dataclass(frozen=True, slots=True)
class StatusShown:
    """How many comments were left in a status.

    Attributes:
        id: The status.
        name: Plain name of it.
        meaning: What it says of a comment.
        comments: How many there are, as exactly as the visitor may know.
    """

    id: str
    name: str
    meaning: str
    comments: int


@dataclass(frozen=True, slots=True)
class MissingShown:
    """How much of a characteristic is known.

    Attributes:
        id: The characteristic.
        name: What its scheme is called.
        shares: Of the survey's responses, as REST tells them.
    """

    id: str
    name: str
    shares: MissingShares


@router.get("/{survey}")
def show_survey(
    survey: SurveyPath, store: StoreDep, models: ModelsDep, visitor: SurveyViewer
) -> Response:
    """Show how far a survey has come, in rounded numbers to those who may not see exact ones."""
    found, progress = surveys.with_progress(store, survey)
    shown = progress if visitor.may(Scope.COUNTS_EXACT) else coarse_progress(progress)
    shares = missing_shares(progress.responses, progress.groups)
    return page(
        "pages/survey_overview.html",
        visitor=visitor,
        survey=found,
        here="overview",
        progress=shown,
        exact=visitor.may(Scope.COUNTS_EXACT),
        statuses=_statuses(shown.statuses),
        missing=[
            MissingShown(name, scheme_of(found, name).name, told) for name, told in shares.items()
        ],
        fewest=FEWEST,
        loaded=found.model in models.ids,
        choices=other_models(found, models),
        codebook=models.get(found.model).codebook.name if found.model in models.ids else "",
    )


def other_models(survey: Survey, models: LoadedModels) -> list[str]:
    """Give the loaded models that could tag a survey in place of its own."""
    return [
        stamp.id
        for stamp in models.stamps()
        if stamp.codebook == survey.artefact.codebook and stamp != survey.artefact
    ]


def scheme_of(survey: Survey, characteristic: str) -> EqualityScheme:
    """Give the scheme of a characteristic of a survey."""
    scheme = survey.columns.characteristics[characteristic].scheme
    return shipped_equality_scheme(scheme) if isinstance(scheme, str) else scheme


def _statuses(counted: dict[str, int]) -> list[StatusShown]:
    return [
        StatusShown(status, name, meaning, counted[status])
        for status, (name, meaning) in STATUSES.items()
        if status in counted
    ]
