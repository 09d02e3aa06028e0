"""What is loaded, how good it is, and what its themes mean."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query
from fastapi.responses import HTMLResponse

from evaluation.fairness import read_fairness
from models import Tagger
from service import model_changes, model_figures, model_tradeoffs
from service.deps import ModelsDep
from service.errors import NotFoundError
from service.model_figures import Measured, ThemeRates
from service.pages.markdown import rendered
from service.pages.route import page_router
from service.pages.tradeoff_chart import chart_of
from service.pages.visitor import Visitor, VisitorDep
from service.records import ArtefactStamp
from service.rendering import page
from service.routes.models import ModelPath
from service.tagging import LoadedModels

if TYPE_CHECKING:
    from labelled_data import Theme

router = page_router()


@dataclass(frozen=True, slots=True)
class Shown:
    """A model as its pages name it.

    Attributes:
        stamp: Which artefact it is.
        tagger: The model.
        measured: How well it did in its test; None where that was not measured.
    """

    stamp: ArtefactStamp
    tagger: Tagger
    measured: Measured | None

    @classmethod
    def of(cls, models: LoadedModels, model: str) -> "Shown":
        """Describe a model that is loaded."""
        tagger = models.get(model)
        return cls(models.stamp(model), tagger, model_figures.measured(tagger))

    @property
    def id(self) -> str:
        """The model's id."""
        return self.stamp.id

    def by_theme(self) -> list[tuple[str, str, ThemeRates | None]]:
        """Give id, name and figures of each theme, in the codebook's order."""
        found = self.measured.of_theme if self.measured else lambda _: None
        return [(theme.id, theme.name, found(theme.id)) for theme in self.tagger.codebook.themes]


def model_page(
    template: str,
    visitor: Visitor,
    shown: Shown,
    **more: Any,  # noqa: ANN401 - whatever a template shows
) -> HTMLResponse:
    """Answer with a page in the frame of a model."""
    return page(template, visitor=visitor, model=shown, **more)


@router.get("/models")
def show_models(models: ModelsDep, visitor: VisitorDep) -> HTMLResponse:
    """Show what is loaded, in which version, and how good it is over all."""
    loaded = [Shown.of(models, name) for name in models.ids]
    books = [shown.stamp.codebook for shown in loaded]
    comparable = [shown for shown in loaded if books.count(shown.stamp.codebook) > 1]
    return page("pages/models.html", visitor=visitor, loaded=loaded, comparable=comparable)


@router.get("/models/compare")
def compare_models(
    models: ModelsDep,
    visitor: VisitorDep,
    a: Annotated[str, Query(max_length=200)],
    b: Annotated[str, Query(max_length=200)],
) -> HTMLResponse:
    """Show two models of one codebook beside each other."""
    compared = model_changes.changes(models.get(a), models.get(b))
    stamps = (models.stamp(a), models.stamp(b))
    return page("pages/models_compare.html", visitor=visitor, stamps=stamps, compared=compared)


@router.get("/models/{model}")
def show_model(model: ModelPath, models: ModelsDep, visitor: VisitorDep) -> HTMLResponse:
    """Show how good a model is, over all and by theme."""
    return model_page("pages/model_overview.html", visitor, Shown.of(models, model))


@router.get("/models/{model}/groups")
def show_groups(model: ModelPath, models: ModelsDep, visitor: VisitorDep) -> HTMLResponse:
    """Show how good a model is for each equality group, where that was recorded."""
    shown = Shown.of(models, model)
    recorded = read_fairness(shown.tagger)
    figures = recorded.by_group if recorded else {}
    by_group = [(_words(name), groups) for name, groups in figures.items()]
    about = recorded.about if recorded else None
    return model_page("pages/model_groups.html", visitor, shown, by_group=by_group, about=about)


@router.get("/models/{model}/thresholds")
def show_thresholds(
    model: ModelPath,
    models: ModelsDep,
    visitor: VisitorDep,
    theme: Annotated[str | None, Query(max_length=200)] = None,
) -> HTMLResponse:
    """Show what finding more of each theme costs in comments to read."""
    shown = Shown.of(models, model)
    found = model_tradeoffs.tradeoffs(shown.tagger, shown.measured) if shown.measured else []
    chosen = next((each for each in found if each.theme == theme), None) if theme else None
    if theme and chosen is None:
        raise NotFoundError(f"the test of {model!r} has no examples of a theme {theme!r}")
    chosen = chosen or max(found, key=lambda each: each.support, default=None)
    return model_page(
        "pages/model_thresholds.html",
        visitor,
        shown,
        tradeoffs=found,
        chosen=chosen,
        chart=chart_of(chosen) if chosen else None,
    )


@router.get("/models/{model}/card")
def show_card(model: ModelPath, models: ModelsDep, visitor: VisitorDep) -> HTMLResponse:
    """Show a model's card."""
    shown = Shown.of(models, model)
    card = rendered(model_figures.card(shown.tagger))
    return model_page("pages/model_card.html", visitor, shown, card=card)


@router.get("/codebooks/{model}")
def show_codebook(model: ModelPath, models: ModelsDep, visitor: VisitorDep) -> HTMLResponse:
    """Show the themes of a model with their definitions."""
    shown = Shown.of(models, model)
    headed: dict[str | None, list[Theme]] = {}
    for theme in shown.tagger.codebook.themes:
        headed.setdefault(theme.group, []).append(theme)
    return model_page("pages/codebook.html", visitor, shown, headed=list(headed.items()))


def _words(characteristic: str) -> str:
    """Write the id of a characteristic in words."""
    return characteristic.replace("_", " ").capitalize()
