"""What is loaded, and how good it is."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from evaluation.fairness import read_fairness
from models import Tagger
from service import model_figures
from service.deps import Caller, ModelsDep
from service.errors import NotFoundError, UnprocessableError
from service.problem import KEYED, documented
from service.schemas.models import LoadedModel, ModelDetail, ModelList

router = APIRouter(prefix="/v1/models", tags=["models"], responses=documented(*KEYED))

ModelPath = Annotated[
    str, Path(description="The model's id.", min_length=1, max_length=200, examples=["uec"])
]


@router.get("", summary="List models", response_description="The models")
def list_models(models: ModelsDep, caller: Caller) -> ModelList:
    """Tells which models are loaded, in which version."""
    found = (LoadedModel.of(models.stamp(name), models.get(name)) for name in models.ids)
    return ModelList(models=tuple(found))


@router.get(
    "/{model}",
    summary="Read all about a model",
    response_description="The model",
    responses=documented(NotFoundError, UnprocessableError),
)
def read_model(model: ModelPath, models: ModelsDep, caller: Caller) -> ModelDetail:
    """Tells a model's themes with their definitions, how well it did in its test, and its card.

    Where its errors by equality group were measured, these are told too.
    """
    tagger = models.get(model)
    return ModelDetail(
        artefact=models.stamp(model),
        codebook=tagger.codebook,
        metrics=model_figures.metrics(tagger),
        fairness=_fairness(tagger),
        card=model_figures.card(tagger),
    )


def _fairness(tagger: Tagger) -> dict[str, Any] | None:
    recorded = read_fairness(tagger)
    return None if recorded is None else recorded.model_dump(mode="json")
