"""The example surveys, loaded as anyone's own would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelled_data import ExampleSurvey, example_survey
from service import intake, surveys
from service.records import NewSurvey, ResponseColumns
from service.uploads import UploadLimits

if TYPE_CHECKING:
    from service.store import Store
    from service.tagging import LoadedModels

EXAMPLES = ("uec", "ics")
ACTOR = "service"


def load_examples(store: Store, models: LoadedModels) -> tuple[str, ...]:
    """Load the example surveys whose model is loaded into a store without surveys.

    Args:
        store: Where they go; if it has a survey, nothing is loaded.
        models: What can tag them.

    Returns:
        Ids of the surveys that were loaded.
    """
    if surveys.every(store):
        return ()
    found = [example_survey(name) for name in EXAMPLES if name in models.ids]
    return tuple(_load(store, models, example) for example in found)


def _load(store: Store, models: LoadedModels, example: ExampleSurvey) -> str:
    new = NewSurvey(
        id=example.id,
        name=example.name,
        model=example.codebook,
        columns=_columns(example),
    )
    surveys.create(store, models, new, ACTOR)
    intake.upload(store, new.id, example.responses, "csv", UploadLimits(), ACTOR)
    return new.id


def _columns(example: ExampleSurvey) -> ResponseColumns:
    """Their column of persons tells responses apart too, each person having sent one."""
    columns = example.columns
    return ResponseColumns(
        response_id=columns.person,
        date=columns.date,
        site=columns.site,
        text=columns.text,
        characteristics=columns.characteristics,
    )
