import shutil
from pathlib import Path

import pytest

from models import OperatingPoint, Tagger, load, read_manifest, write_manifest


@pytest.fixture(scope="session")
def gentle_artefact(tiny_artefact: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny artefact with a flat calibration, whose scores show small differences.

    Its own, fitted to comments that are told apart without fail, makes nearly all 0 or 1. At the
    recall point it gives every theme. The encoder reads all, without cheaper readers before it.
    """
    folder = Path(shutil.copytree(tiny_artefact, tmp_path_factory.mktemp("gentle") / "tiny"))
    manifest = read_manifest(folder)
    flat = {"slopes": (0.5, 0.5, 0.5), "intercepts": (0.0, 0.0, 0.0)}
    thresholds = manifest.decision.thresholds | {OperatingPoint.RECALL: (1e-9, 1e-9, 1e-9)}
    decision = manifest.decision.model_copy(update=flat | {"thresholds": thresholds})
    write_manifest(folder, manifest.model_copy(update={"decision": decision, "cascade": None}))
    return folder


@pytest.fixture(scope="session")
def gentle_tagger(gentle_artefact: Path) -> Tagger:
    return load(gentle_artefact)
