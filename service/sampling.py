"""Drawing what people are to read."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from service.errors import ConflictError
from service.security.principals import Scope
from service.store import audit, reviews, surveys
from service.store.strata import check_strata
from service.survey_models import tagger_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from service.records import Survey
    from service.schemas.samples import NewSample
    from service.security.principals import Principal
    from service.store import Store
    from service.store.reviews import Sample, SampleKind
    from service.store.strata import Stratum
    from service.tagging import LoadedModels

SEEDS = 2**32


def draw_asked(
    store: Store, models: LoadedModels, survey_id: str, asked: NewSample, caller: Principal
) -> Sample:
    """Draw comments or people, as somebody asks who may review.

    Args:
        store: Where they are.
        models: Tell which scores are doubtful.
        survey_id: The survey they belong to.
        asked: What is to be drawn.
        caller: Who asks. Strata of groups tell who is in which, and so need a scope more.

    Raises:
        ForbiddenError: They may not read comments, and ask for strata of groups.
        NotFoundError: There is no survey of that id.
        UnprocessableError: It has no such characteristic or group.
        ConflictError: It has nothing to draw, or the model that tags it is not loaded.
    """
    if any(stratum.groups for stratum in asked.strata):
        caller.check(Scope.COMMENTS_READ)
    seed, blind, actor = asked.seed, asked.blind, caller.name
    if asked.unit == "comments" and asked.size is not None:
        kind, size = asked.kind, asked.size
        return draw(store, models, survey_id, kind, size, seed=seed, blind=blind, actor=actor)
    return draw_people(store, survey_id, asked.all_strata, seed=seed, blind=blind, actor=actor)


def draw(
    store: Store,
    models: LoadedModels,
    survey_id: str,
    kind: SampleKind,
    size: int,
    *,
    seed: int | None,
    blind: bool,
    actor: str,
) -> Sample:
    """Draw comments for people to read.

    Args:
        store: Where they are.
        models: Tell which scores are doubtful.
        survey_id: The survey they belong to.
        kind: "random", from which figures can be corrected, or "uncertain", which teaches most.
        size: How many.
        seed: Draws the same again; None for any.
        blind: Whether readers are not shown what the model says.
        actor: Who draws them, for the audit.

    Raises:
        NotFoundError: There is no survey of that id.
        ConflictError: It has no comment to draw, or the model that tags it is not loaded.
    """
    with store.write() as conn:
        survey = surveys.get(conn, survey_id)
        thresholds = _thresholds(models, survey) if kind == "uncertain" else ()
        drawn = reviews.draw(
            conn, survey, kind, size, _seed(seed), blind=blind, thresholds=thresholds
        )
        _note(conn, drawn, survey_id, actor)
    return drawn


def draw_people(
    store: Store,
    survey_id: str,
    strata: Sequence[Stratum],
    *,
    seed: int | None,
    blind: bool,
    actor: str,
) -> Sample:
    """Draw people at random, all of whose readable comments are to be read.

    Args:
        store: Where they are.
        survey_id: The survey they answered.
        strata: How many of which groups; each person is in the first they fall in.
        seed: Draws the same again; None for any.
        blind: Whether readers are not shown what the model says.
        actor: Who draws them, for the audit.

    Raises:
        NotFoundError: There is no survey of that id.
        UnprocessableError: It has no such characteristic or group.
        ConflictError: It has nobody to draw.
    """
    with store.write() as conn:
        survey = surveys.get(conn, survey_id)
        check_strata(survey.columns, strata)
        drawn = reviews.draw_people(conn, survey, strata, _seed(seed), blind=blind)
        _note(conn, drawn, survey_id, actor)
    return drawn


def samples(store: Store, survey_id: str) -> list[Sample]:
    """Give a survey's samples in the order in which they were drawn.

    Raises:
        NotFoundError: There is no survey of that id.
    """
    with store.read() as conn:
        return reviews.samples(conn, surveys.get(conn, survey_id))


def _seed(seed: int | None) -> int:
    return secrets.randbelow(SEEDS) if seed is None else seed


def _note(conn: Connection, drawn: Sample, survey_id: str, actor: str) -> None:
    detail: dict[str, str | int] = {
        "sample": drawn.id,
        "kind": drawn.kind,
        "unit": drawn.unit,
        "size": drawn.size,
    }
    audit.record(conn, actor, "review.sample", survey_id, detail)


def _thresholds(models: LoadedModels, survey: Survey) -> tuple[float, ...]:
    tagger = tagger_of(models, survey)
    if models.stamp(survey.model) != survey.artefact:
        raise ConflictError(f"the model {survey.model!r} is loaded here in another version")
    return tagger.manifest.decision.thresholds[survey.artefact.operating_point]
