from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labelled_data import example_survey
from models import read_manifest, write_manifest
from service import surveys
from service.examples import load_examples
from service.tagging import LoadedModels
from tests.service.sample_survey import new_survey

if TYPE_CHECKING:
    from service.store import Store


@pytest.fixture(scope="session")
def stand_ins(tiny_artefact: Path, tmp_path_factory: pytest.TempPathFactory) -> LoadedModels:
    """The tiny model under the names of those that the example surveys want."""
    folders = []
    for name in ("uec", "ics"):
        folder = Path(shutil.copytree(tiny_artefact, tmp_path_factory.mktemp("models") / name))
        write_manifest(folder, read_manifest(folder).model_copy(update={"id": name}))
        folders.append(folder)
    return LoadedModels.load(folders)


def test_the_example_surveys_are_loaded_whole(store: Store, stand_ins: LoadedModels) -> None:
    assert load_examples(store, stand_ins) == ("uec_survey", "ics_survey")
    survey, progress = surveys.with_progress(store, "uec_survey")
    assert survey.name == example_survey("uec").name
    assert progress.responses == 1_500
    assert progress.comments > 2_000
    assert set(progress.groups) == set(example_survey("uec").columns.characteristics)
    assert surveys.with_progress(store, "ics_survey")[1].responses == 300


def test_they_are_loaded_once(store: Store, stand_ins: LoadedModels) -> None:
    load_examples(store, stand_ins)
    assert load_examples(store, stand_ins) == ()


def test_a_store_that_is_in_use_is_left_alone(store: Store, models: LoadedModels) -> None:
    surveys.create(store, models, new_survey(), "test")
    assert load_examples(store, models) == ()


def test_only_those_whose_model_is_loaded_are_loaded(store: Store, models: LoadedModels) -> None:
    assert load_examples(store, models) == ()
