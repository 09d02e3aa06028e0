"""What is told of the models that are loaded."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from labelled_data import Codebook
from models import Tagger
from service.records import ArtefactStamp
from service.schemas.tags import STAMP

EXAMPLE_CODEBOOK: dict[str, Any] = {
    "id": "uec",
    "name": "Urgent and emergency care",
    "version": "1.0",
    "unit": "one comment",
    "themes": [
        {
            "id": "waiting_time",
            "name": "Waiting time",
            "definition": "How long people waited to be seen.",
        }
    ],
}
LISTED: dict[str, Any] = {"artefact": STAMP, "name": "Urgent and emergency care", "themes": 1}
DETAIL: dict[str, Any] = {
    "artefact": STAMP,
    "codebook": EXAMPLE_CODEBOOK,
    "metrics": {"comments": 581, "overall": {"micro": {"f1": {"value": 0.78}}}},
    "fairness": {"by_group": {"sex": [{"group": "female", "recall": {"value": 0.78}}]}},
    "card": "# uec\n\nTags comments on urgent and emergency care.\n",
}


class LoadedModel(BaseModel):
    """A model that is loaded.

    Attributes:
        artefact: Which artefact it is.
        name: Name of its codebook.
        themes: How many themes it gives.
    """

    model_config = ConfigDict(frozen=True)

    artefact: ArtefactStamp
    name: str
    themes: int

    @classmethod
    def of(cls, stamp: ArtefactStamp, tagger: Tagger) -> Self:
        """Describe a model."""
        book = tagger.codebook
        return cls(artefact=stamp, name=book.name, themes=len(book.themes))


class ModelList(BaseModel):
    """The models that are loaded, in the order in which they were named at the start."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [{"models": [LISTED]}]})

    models: tuple[LoadedModel, ...]


class ModelDetail(BaseModel):
    """A model that is loaded, with all that is known of it.

    Attributes:
        artefact: Which artefact it is.
        codebook: Its codebook, whole.
        metrics: How well it tagged the comments of its test, as `sayso evaluate` writes it; null
            where that was not measured.
        fairness: How well it tags comments of each equality group, as `sayso evaluate --keep`
            writes it, rounded; null where that was not measured.
        card: Its model card, in Markdown.
    """

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [DETAIL]})

    artefact: ArtefactStamp
    codebook: Codebook
    metrics: dict[str, Any] | None
    fairness: dict[str, Any] | None
    card: str
