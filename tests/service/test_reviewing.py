from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from service import reviewing, sampling
from service.errors import ConflictError
from service.store import surveys
from service.tagging import LoadedModels
from tests.service.sample_survey import STAMP, new_survey

if TYPE_CHECKING:
    from pathlib import Path

    from service.store import Store

ACTOR = "key 1"


@pytest.fixture
def survey(store: Store) -> str:
    """A survey as a process made it that had another version of the model loaded."""
    with store.write() as conn:
        return surveys.create(conn, new_survey(), STAMP).id


def draw_uncertain(store: Store, models: LoadedModels, survey: str) -> None:
    sampling.draw(store, models, survey, "uncertain", 5, seed=None, blind=True, actor=ACTOR)


def test_without_the_model_of_a_survey_its_codebook_is_not_known(
    store: Store, survey: str, tmp_path: Path
) -> None:
    none = LoadedModels([])
    with pytest.raises(ConflictError, match="'tiny' of the survey is not loaded"):
        reviewing.put(store, none, survey, 1, None, ACTOR, ["waiting"], {})
    with pytest.raises(ConflictError, match="'tiny' of the survey is not loaded"):
        reviewing.agreement(store, none, survey)
    with pytest.raises(ConflictError, match="'tiny' of the survey is not loaded"):
        reviewing.export(store, none, survey, tmp_path, ACTOR)
    with pytest.raises(ConflictError, match="'tiny' of the survey is not loaded"):
        draw_uncertain(store, none, survey)
    assert list(tmp_path.glob("*.export")) == []


def test_what_is_doubtful_is_known_only_with_the_version_that_tagged_it(
    store: Store, models: LoadedModels, survey: str
) -> None:
    with pytest.raises(ConflictError, match="another version"):
        draw_uncertain(store, models, survey)
