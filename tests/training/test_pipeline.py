from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from evaluation import Evaluation
from labelled_data import Codebook, LabelledComment, Polarity, split_of, write_labelled
from models import Tagger, load, read_manifest
from models.artefact import SHAREABLE, SHARED
from tests.training.drawn_comments import codebook
from training import Recipe, TrainingError
from training.pipeline import train
from training.recipe import CodebookPart, DataPart
from training.source import Source

SERVICES = {"kindness": "praise", "parking": "parking"}
"""Themes of a second codebook by those of the first: one renamed, one shared, one left out."""
NEW = ("waited 15 hours to be seen", "all 15 of the staff were lovely and kind",
       "parking cost me 15 pounds")  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two artefacts that were trained together.

    Attributes:
        folder: Where they are.
        figures: What training says of each.
    """

    folder: Path
    figures: dict[str, Evaluation | None]

    def tagger(self, artefact_id: str) -> Tagger:
        return load(self.folder / artefact_id)


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory,
    tiny_recipe: Recipe,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
) -> Pair:
    """The tiny codebook, and another on the same comments that has no teachers and no test."""
    folder = tmp_path_factory.mktemp("pair")
    services = codebook("services", *SERVICES.values())
    recoded = [
        replace(each, themes=tuple(SERVICES[theme] for theme in each.themes if theme in SERVICES))
        for each in tiny_comments
    ]
    parts = (
        *tiny_recipe.learn,
        CodebookPart(id="services", codebook="services", data=DataPart(test_share=0), taught=False),
    )
    sources = []
    for part, book, comments in zip(
        parts, (tiny_codebook, services), (tiny_comments, recoded), strict=True
    ):
        file = folder / f"{book.id}.csv"
        write_labelled(file, comments, book)
        sources.append(Source(part, book, comments, (file,)))
    recipe = tiny_recipe.model_copy(update={"id": "both", "learn": parts})
    return Pair(folder / "out", train(recipe, sources, folder / "out"))


def test_a_trained_artefact_finds_the_themes_of_comments_it_has_not_seen(
    tiny_artefact: Path,
) -> None:
    figures = Evaluation.model_validate_json((tiny_artefact / "metrics.json").read_text("utf-8"))
    assert figures.overall.micro.f1.value is not None
    assert figures.overall.micro.f1.value > 0.8


def test_a_trained_artefact_tells_praise_from_blame(tiny_tagger: Tagger) -> None:
    found = {
        tag.theme: tag.polarity for prediction in tiny_tagger.tag(NEW) for tag in prediction.tags
    }
    assert found["kindness"] == Polarity.POSITIVE
    assert found["waiting"] == found["parking"] == Polarity.NEGATIVE


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
    file = tiny_artefact.parent / "comments.csv"
    source = Source(tiny_recipe.learn[0], tiny_codebook, tiny_comments, (file,))
    with pytest.raises(TrainingError, match="exists already"):
        train(tiny_recipe, [source], tiny_artefact)


def test_two_codebooks_give_two_artefacts_and_one_encoder_that_both_share(pair: Pair) -> None:
    assert {path.name for path in pair.folder.iterdir()} == {"tiny", "services", SHARED}
    assert {path.name for path in (pair.folder / SHARED).iterdir()} == set(SHAREABLE)
    for name in SHAREABLE:
        assert list(pair.folder.rglob(name)) == [pair.folder / SHARED / name]
    first, second = (read_manifest(pair.folder / name).files for name in ("tiny", "services"))
    assert [first[name] for name in SHAREABLE] == [second[name] for name in SHAREABLE]
    assert first["head.safetensors"] != second["head.safetensors"]


def test_nothing_but_the_artefacts_is_left_of_two_codebooks(pair: Pair) -> None:
    left = {path.name for path in pair.folder.parent.iterdir()}
    assert left == {"tiny.csv", "services.csv", "out"}


def test_each_of_two_artefacts_finds_the_themes_of_its_own_codebook(pair: Pair) -> None:
    themes = {
        name: [prediction.themes for prediction in pair.tagger(name).tag(NEW)]
        for name in ("tiny", "services")
    }
    assert themes["tiny"] == [("waiting",), ("kindness",), ("parking",)]
    assert themes["services"] == [(), ("praise",), ("parking",)]


def test_each_of_two_artefacts_says_how_it_was_tested(
    pair: Pair, tiny_comments: list[LabelledComment]
) -> None:
    kept = [each for each in tiny_comments if split_of(each.text) == "test"]
    figures = pair.figures["tiny"]
    assert figures is not None
    assert figures.comments == len({each.text for each in kept})
    assert figures.overall.micro.f1.value is not None
    assert figures.overall.micro.f1.value > 0.8
    assert pair.figures["services"] is None
    written = {
        name: json.loads((pair.folder / name / "metrics.json").read_text("utf-8"))
        for name in pair.figures
    }
    assert written == {"tiny": json.loads(figures.model_dump_json()), "services": {}}


def test_each_of_two_artefacts_says_what_it_was_trained_on(
    pair: Pair, tiny_comments: list[LabelledComment]
) -> None:
    tiny, services = (read_manifest(pair.folder / name) for name in ("tiny", "services"))
    assert (tiny.id, tiny.codebook.id) == ("tiny", "tiny")
    assert (services.id, services.codebook.id) == ("services", "services")
    learnt = {each.text for each in tiny_comments if split_of(each.text) == "train"}
    assert tiny.training.comments == len(learnt)
    assert services.training.comments == len({each.text for each in tiny_comments})
    assert (tiny.training.test_share, services.training.test_share) == (0.15, 0)
    for manifest in (tiny, services):
        assert set(manifest.training.data_sha256) == {"tiny.csv", "services.csv"}
        assert manifest.training.recipe == tiny.training.recipe


def test_a_shared_encoder_is_moved_with_its_artefacts(pair: Pair, tmp_path: Path) -> None:
    before = pair.tagger("services").tag(NEW)
    moved = pair.folder.rename(tmp_path / "moved")
    try:
        assert load(moved / "services").tag(NEW) == before
    finally:
        moved.rename(pair.folder)


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
    part = tiny_recipe.learn[0].model_copy(update={"codebook": "tiny.yaml"})
    recipe = tiny_recipe.model_copy(update={"learn": (part,)})
    (tmp_path / "recipe.yaml").write_text(recipe.model_dump_json(), "utf-8")
    command = [sys.executable, "-m", "sayso", "train", "recipe.yaml"]
    command += ["--output", "out", "--data", "tiny=comments.csv"]
    run = tmp_path / ".out.training"
    with subprocess.Popen(command, cwd=tmp_path, env=_environment()) as killed:
        _wait_for(run / "teacher-tiny-0.npz", killed)
        killed.send_signal(signal.SIGKILL)
    assert not (tmp_path / "out").exists()
    finished = (run / "teacher-tiny-0.npz").stat().st_mtime_ns
    said = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, env=_environment(), stdout=said) as resumed:
        _wait_for(run / "teacher-tiny-1.npz", resumed)
        assert (run / "teacher-tiny-0.npz").stat().st_mtime_ns == finished
        output, _ = resumed.communicate()
        assert resumed.returncode == 0
    assert not run.exists()
    assert b"tiny: on " in output
    assert output.endswith(b"Written to out\n")
    again, before = read_manifest(tmp_path / "out"), tiny_tagger.manifest
    assert again.decision == before.decision
    for name in ("encoder.onnx", "head.safetensors", "ngrams.safetensors"):
        assert again.files[name] == before.files[name]


def _environment() -> dict[str, str]:
    root = Path(__file__).parents[2]
    return {**os.environ, "PYTHONPATH": str(root), "HF_HUB_OFFLINE": "1"}


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    while not file.exists():
        assert process.poll() is None, "the run ended before the step was done"
        time.sleep(0.05)
