import shutil
from pathlib import Path

import pytest

from models import read_manifest, write_manifest
from service.tagging import LoadedModels


@pytest.fixture(scope="session")
def other_artefact(tiny_artefact: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny artefact under another id, and too strict to give any theme."""
    folder = Path(shutil.copytree(tiny_artefact, tmp_path_factory.mktemp("other") / "other"))
    manifest = read_manifest(folder)
    none = dict.fromkeys(manifest.decision.thresholds, (1.0, 1.0, 1.0))
    decision = manifest.decision.model_copy(update={"thresholds": none, "unsure_from": 1.0})
    write_manifest(folder, manifest.model_copy(update={"id": "other", "decision": decision}))
    return folder


@pytest.fixture(scope="session")
def both_models(tiny_artefact: Path, other_artefact: Path) -> LoadedModels:
    return LoadedModels.load([tiny_artefact, other_artefact])
