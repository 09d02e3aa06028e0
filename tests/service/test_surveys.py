from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import service.store.surveys
from service import surveys
from service.errors import ConflictError, NotFoundError, UnprocessableError
from service.store import audit
from tests.service.sample_survey import STAMP, new_survey

if TYPE_CHECKING:
    from service.records import ArtefactStamp
    from service.store import Store
    from service.tagging import LoadedModels

ACTOR = "key 1"
OLDER = STAMP.model_copy(update={"version": "0.9.0"})
OTHER_CODEBOOK = STAMP.model_copy(update={"codebook": "another"})


def made_with(store: Store, stamp: ArtefactStamp, survey_id: str = "visits") -> str:
    """Make a survey as a process did that had other models loaded."""
    with store.write() as conn:
        return service.store.surveys.create(conn, new_survey(survey_id, stamp.id), stamp).id


def actions(store: Store) -> list[tuple[str, str, str | None]]:
    with store.read() as conn:
        return [(one.actor, one.action, one.survey) for one in audit.every(conn, 100, None)]


def test_a_survey_is_made_with_the_model_that_is_loaded(store: Store, models: LoadedModels) -> None:
    made = surveys.create(store, models, new_survey(), ACTOR)
    assert made.artefact == models.stamp("tiny")
    assert surveys.get(store, "visits") == made
    assert surveys.every(store) == [made]


def test_a_new_survey_has_come_nowhere_yet(store: Store, models: LoadedModels) -> None:
    made = surveys.create(store, models, new_survey(), ACTOR)
    survey, progress = surveys.with_progress(store, "visits")
    assert survey == made
    assert (progress.responses, progress.comments, progress.tagged) == (0, 0, 0)


def test_two_surveys_cannot_have_the_same_id(store: Store, models: LoadedModels) -> None:
    surveys.create(store, models, new_survey(), ACTOR)
    with pytest.raises(ConflictError, match="visits"):
        surveys.create(store, models, new_survey(), ACTOR)


def test_a_survey_needs_a_model_that_is_loaded(store: Store, models: LoadedModels) -> None:
    with pytest.raises(UnprocessableError, match="absent") as refused:
        surveys.create(store, models, new_survey(model="absent"), ACTOR)
    assert [error.column for error in refused.value.errors] == ["model"]
    assert surveys.every(store) == []


def test_a_newer_version_of_its_model_tags_a_survey_again(
    store: Store, models: LoadedModels
) -> None:
    survey = made_with(store, OLDER)
    assert surveys.use_model(store, models, survey, "tiny", ACTOR).artefact == models.stamp("tiny")
    assert surveys.get(store, survey).artefact == models.stamp("tiny")


def test_surveys_follow_the_models_that_are_loaded(store: Store, models: LoadedModels) -> None:
    current = surveys.create(store, models, new_survey("current"), ACTOR)
    made_with(store, OLDER, "behind")
    foreign = made_with(store, OTHER_CODEBOOK, "foreign")
    absent = made_with(store, STAMP.model_copy(update={"id": "absent"}), "absent")
    assert [one.id for one in surveys.follow_models(store, models, ACTOR)] == ["behind"]
    assert surveys.get(store, "behind").artefact == current.artefact
    assert surveys.get(store, foreign).artefact == OTHER_CODEBOOK
    assert surveys.get(store, absent).artefact.id == "absent"
    assert surveys.follow_models(store, models, ACTOR) == []


def test_a_model_of_another_codebook_is_refused(store: Store, models: LoadedModels) -> None:
    survey = made_with(store, OTHER_CODEBOOK)
    with pytest.raises(ConflictError, match="codebook"):
        surveys.use_model(store, models, survey, "tiny", ACTOR)
    assert surveys.get(store, survey).artefact == OTHER_CODEBOOK


def test_an_erased_survey_is_gone_and_its_id_is_free(store: Store, models: LoadedModels) -> None:
    surveys.create(store, models, new_survey(), ACTOR)
    surveys.erase(store, "visits", ACTOR)
    with pytest.raises(NotFoundError):
        surveys.get(store, "visits")
    surveys.create(store, models, new_survey(), ACTOR)


def test_what_is_not_there_is_said_to_be_missing(store: Store, models: LoadedModels) -> None:
    with pytest.raises(NotFoundError):
        surveys.with_progress(store, "absent")
    with pytest.raises(NotFoundError):
        surveys.use_model(store, models, "absent", "tiny", ACTOR)
    with pytest.raises(NotFoundError):
        surveys.erase(store, "absent", ACTOR)
    assert actions(store) == []


def test_every_change_is_noted_with_who_made_it(store: Store, models: LoadedModels) -> None:
    surveys.create(store, models, new_survey(), ACTOR)
    surveys.use_model(store, models, "visits", "tiny", "key 2")
    surveys.erase(store, "visits", "key 3")
    assert sorted(actions(store)) == [
        (ACTOR, "survey.create", "visits"),
        ("key 2", "survey.model", "visits"),
        ("key 3", "survey.erase", "visits"),
    ]
