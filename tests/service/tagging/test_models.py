from hashlib import sha256
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info

from models import OperatingPoint, UnknownModelError
from service.errors import ConflictError, NotFoundError
from service.tagging import LoadedModels


def test_models_are_known_by_their_ids_in_the_order_in_which_they_were_named(
    both_models: LoadedModels,
) -> None:
    assert both_models.ids == ("tiny", "other")
    assert [stamp.id for stamp in both_models.stamps()] == ["tiny", "other"]
    assert both_models.get("other").manifest.id == "other"


def test_a_stamp_says_which_artefact_and_which_thresholds_speak(
    both_models: LoadedModels, tiny_artefact: Path
) -> None:
    stamp = both_models.stamp("tiny")
    assert stamp.sha256 == sha256((tiny_artefact / "artefact.json").read_bytes()).hexdigest()
    assert (stamp.version, stamp.operating_point) == ("1.0.0", OperatingPoint.BALANCED)
    assert (stamp.codebook, stamp.codebook_version) == ("tiny", "1.0")


def test_artefacts_that_differ_have_stamps_that_differ(both_models: LoadedModels) -> None:
    one, other = both_models.stamps()
    assert one.sha256 != other.sha256


@pytest.mark.parametrize("ask", ["get", "stamp"])
def test_a_model_that_is_not_loaded_is_not_found(both_models: LoadedModels, ask: str) -> None:
    with pytest.raises(NotFoundError, match="there is no model 'uec', but tiny, other"):
        getattr(both_models, ask)("uec")


def test_two_models_of_one_id_are_refused(tiny_artefact: Path) -> None:
    with pytest.raises(ConflictError, match="no two models may have the same id"):
        LoadedModels.load([tiny_artefact, tiny_artefact])


def test_a_model_that_nobody_has_is_refused() -> None:
    with pytest.raises(UnknownModelError, match="nothing"):
        LoadedModels.load(["nothing"])


def test_numpy_keeps_to_one_thread_whoever_tags(tiny_artefact: Path) -> None:
    LoadedModels.load([tiny_artefact]).get("tiny").tag(["waited 5 hours"])
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert pools
    assert all(pool["num_threads"] == 1 for pool in pools)
