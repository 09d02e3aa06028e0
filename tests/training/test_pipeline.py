import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evaluation import Evaluation
from labelled_data import Codebook, LabelledComment, write_labelled
from models import Tagger, read_manifest
from training import Recipe, TrainingError
from training.pipeline import train


def test_a_trained_artefact_finds_the_themes_of_comments_it_has_not_seen(
    tiny_artefact: Path,
) -> None:
    figures = Evaluation.model_validate_json((tiny_artefact / "metrics.json").read_text("utf-8"))
    assert figures.overall.micro.f1.value is not None
    assert figures.overall.micro.f1.value > 0.8


def test_the_card_and_the_manifest_say_where_the_model_comes_from(tiny_artefact: Path) -> None:
    manifest = read_manifest(tiny_artefact)
    card = (tiny_artefact / "README.md").read_text("utf-8")
    (data_hash,) = manifest.training.data_sha256.values()
    assert data_hash in card
    assert manifest.training.seed == 0
    assert "torch" in manifest.training.libraries


def test_an_artefact_holds_no_comment(
    tiny_artefact: Path, tiny_comments: list[LabelledComment]
) -> None:
    content = b"".join(path.read_bytes() for path in tiny_artefact.iterdir())
    assert not any(comment.text.encode() in content for comment in tiny_comments)


def test_nothing_but_the_artefact_is_left(tiny_artefact: Path) -> None:
    assert {path.name for path in tiny_artefact.parent.iterdir()} == {"comments.csv", "tiny"}


def test_an_existing_output_is_not_overwritten(
    tiny_artefact: Path,
    tiny_recipe: Recipe,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
) -> None:
    source = tiny_artefact.parent / "comments.csv"
    with pytest.raises(TrainingError, match="exists already"):
        train(tiny_recipe, tiny_codebook, tiny_comments, source, tiny_artefact)


def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been_killed(
    tmp_path: Path,
    tiny_artefact: Path,
    tiny_tagger: Tagger,
    tiny_recipe: Recipe,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
) -> None:
    write_labelled(tmp_path / "comments.csv", tiny_comments, tiny_codebook)
    (tmp_path / "tiny.yaml").write_text(
        json.dumps(tiny_codebook.model_dump(exclude_none=True)), "utf-8"
    )
    recipe = tiny_recipe.model_copy(update={"codebook": "tiny.yaml"})
    (tmp_path / "recipe.yaml").write_text(recipe.model_dump_json(), "utf-8")
    command = [sys.executable, "-m", "sayso", "train", "recipe.yaml"]
    command += ["--output", "out", "--data", "comments.csv"]
    run = tmp_path / ".out.training"
    with subprocess.Popen(command, cwd=tmp_path, env=_environment()) as killed:
        _wait_for(run / "teacher-0.npz", killed)
        killed.send_signal(signal.SIGKILL)
    assert not (tmp_path / "out").exists()
    finished = (run / "teacher-0.npz").stat().st_mtime_ns
    with subprocess.Popen(command, cwd=tmp_path, env=_environment()) as resumed:
        _wait_for(run / "teacher-1.npz", resumed)
        assert (run / "teacher-0.npz").stat().st_mtime_ns == finished
        assert resumed.wait() == 0
    assert not run.exists()
    again, before = read_manifest(tmp_path / "out"), tiny_tagger.manifest
    assert again.decision.thresholds == before.decision.thresholds
    assert again.files["encoder.onnx"] == before.files["encoder.onnx"]


def _environment() -> dict[str, str]:
    root = Path(__file__).parents[2]
    return {**os.environ, "PYTHONPATH": str(root), "HF_HUB_OFFLINE": "1"}


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    while not file.exists():
        assert process.poll() is None, "the run ended before the step was done"
        time.sleep(0.05)
