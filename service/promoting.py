"""Having surveys tagged by another model, or by another version of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service import surveys
from service.coarse_progress import coarse_progress
from service.errors import NotFoundError, UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.records import Survey
    from service.store import Store
    from service.tagging import LoadedModels


@dataclass(frozen=True, slots=True)
class Candidate:
    """A survey that a model could tag, and has not.

    Attributes:
        survey: The survey.
        comments: How many it has.
    """

    survey: Survey
    comments: int


def candidates(
    store: Store, models: LoadedModels, model: str, *, exact: bool = False
) -> list[Candidate]:
    """Give the surveys of a model's codebook that another model or version tags.

    Args:
        store: Where they are.
        models: What is loaded.
        model: The model's id.
        exact: Whether who asks may know how many comments exactly a survey has.

    Raises:
        NotFoundError: No model of that id is loaded.
    """
    stamp = models.stamp(model)
    return [
        Candidate(survey, _comments(store, survey, exact=exact))
        for survey in surveys.every(store)
        if survey.artefact.codebook == stamp.codebook and survey.artefact != stamp
    ]


def chosen(found: Iterable[Candidate], ids: Iterable[str]) -> list[Candidate]:
    """Give the candidates of some ids.

    Raises:
        UnprocessableError: None was chosen.
        NotFoundError: One is no candidate.
    """
    known = {each.survey.id: each for each in found}
    wanted = dict.fromkeys(ids)
    if not wanted:
        raise UnprocessableError("choose at least one survey")
    for each in wanted:
        if each not in known:
            raise NotFoundError(f"there is no survey {each!r} for this model to tag")
    return [known[each] for each in wanted]


def _comments(store: Store, survey: Survey, *, exact: bool) -> int:
    _, progress = surveys.with_progress(store, survey.id)
    return (progress if exact else coarse_progress(progress)).comments
