from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from evaluation import (
    Estimate,
    Fairness,
    Group,
    GroupFigures,
    Grouping,
    Predictions,
    evaluate_by,
    read_fairness,
)
from evaluation.fairness import record_fairness
from models import DamagedArtefactError, load, read_manifest, write_manifest
from models.artefact import FAIRNESS, MANIFEST, file_sha256, hashes

GROUPS = (Group("x", "X"), Group("y", "Y"), Group("z", "Z"))


@pytest.fixture
def copy(tiny_artefact: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_artefact, tmp_path / "copy"))


@pytest.fixture(scope="module")
def figures() -> tuple[GroupFigures, ...]:
    """Of three groups: 404 comments, 103 of which a theme is found less often, and 13."""
    members = np.repeat([0, 1, 2], [404, 103, 13])
    truth = np.ones((len(members), 1), dtype=bool)
    predicted = np.arange(len(members))[:, None] % 10 < np.where(members == 1, 6, 9)[:, None]
    told = Predictions(truth, predicted.astype(float), predicted, ("waiting",))
    return evaluate_by(told, Grouping(GROUPS, members))


@pytest.fixture
def fairness(figures: tuple[GroupFigures, ...]) -> Fairness:
    return Fairness(
        measured_on={"survey.csv": "0" * 64}, about="Invented.", by_group={"sex": figures}
    )


def test_what_is_recorded_of_a_model_is_read_again(copy: Path, fairness: Fairness) -> None:
    assert read_fairness(load(copy)) is None
    assert record_fairness(load(copy), fairness) == copy / FAIRNESS
    read = read_fairness(load(copy))
    assert read is not None
    assert (read.measured_on, read.about) == (fairness.measured_on, "Invented.")
    assert [group.group for group in read.by_group["sex"]] == ["x", "y", "z"]


def test_a_record_leaves_the_model_the_artefact_that_it_is(copy: Path, fairness: Fairness) -> None:
    before = {path.name: file_sha256(path) for path in copy.iterdir()}
    record_fairness(load(copy), fairness)
    after = {path.name: file_sha256(path) for path in copy.iterdir()}
    assert after.keys() - before.keys() == {FAIRNESS}
    assert before.items() <= after.items()
    assert hashes(copy) == read_manifest(copy).files


def test_a_record_is_rounded_so_that_nobody_can_be_found_in_it(
    copy: Path, fairness: Fairness, figures: tuple[GroupFigures, ...]
) -> None:
    record_fairness(load(copy), fairness)
    read = read_fairness(load(copy))
    assert read is not None
    x, y, z = read.by_group["sex"]
    assert [group.comments for group in (x, y, z)] == [400, 100, 10]
    assert [group.true_themes for group in (x, y, z)] == [400, 100, 0]
    assert y.recall.value == round(figures[1].recall.value or 0, 2)
    assert y.by_theme[0].true_comments == 100
    assert y.by_theme[0].elsewhere == round(figures[1].by_theme[0].elsewhere or 0, 2)
    assert z.recall == z.precision == z.read == z.calibration_gap == Estimate(value=None)


def test_what_is_materially_worse_is_told_before_rounding(copy: Path, fairness: Fairness) -> None:
    record_fairness(load(copy), fairness)
    read = read_fairness(load(copy))
    assert read is not None
    _, y, _ = read.by_group["sex"]
    assert y.materially_worse
    assert y.by_theme[0].materially_worse


def test_a_record_takes_the_place_of_one_that_is_there(copy: Path, fairness: Fairness) -> None:
    record_fairness(load(copy), fairness)
    record_fairness(load(copy), fairness.model_copy(update={"about": "Again."}))
    read = read_fairness(load(copy))
    assert read is not None
    assert read.about == "Again."


def test_a_record_of_the_model_before_it_was_changed_is_not_its_own(
    copy: Path, fairness: Fairness
) -> None:
    record_fairness(load(copy), fairness)
    manifest = read_manifest(copy)
    write_manifest(copy, manifest.model_copy(update={"version": "2.0.0"}))
    assert read_fairness(load(copy)) is None


def test_a_record_that_was_changed_is_refused_with_the_model(
    copy: Path, fairness: Fairness
) -> None:
    path = record_fairness(load(copy), fairness)
    tagger = load(copy)
    path.write_text(path.read_text("utf-8").replace("Invented", "Official"), "utf-8")
    with pytest.raises(DamagedArtefactError, match=rf"{FAIRNESS}: changed since it was written"):
        load(copy)
    with pytest.raises(DamagedArtefactError, match=FAIRNESS):
        read_fairness(tagger)


def test_a_record_of_another_form_is_refused(copy: Path) -> None:
    from models.side_record import write_record

    write_record(copy / FAIRNESS, file_sha256(copy / MANIFEST), {"format_version": 9})
    with pytest.raises(DamagedArtefactError, match="not a record that this Sayso reads"):
        read_fairness(load(copy))


def test_a_record_is_plain_json(copy: Path, fairness: Fairness) -> None:
    record_fairness(load(copy), fairness)
    told = json.loads((copy / FAIRNESS).read_text("utf-8"))
    assert told["artefact_sha256"] == file_sha256(copy / MANIFEST)
    assert told["by_group"]["sex"][0]["group"] == "x"
