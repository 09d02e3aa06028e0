"""The model that tags a survey, where it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import ConflictError

if TYPE_CHECKING:
    from models import Tagger
    from service.records import Survey
    from service.tagging import LoadedModels


def tagger_of(models: LoadedModels, survey: Survey) -> Tagger:
    """Give the tagger of a survey, whose codebook its themes belong to.

    Raises:
        ConflictError: It is not loaded here.
    """
    if survey.model not in models.ids:
        raise ConflictError(f"the model {survey.model!r} of the survey is not loaded here")
    return models.get(survey.model)
