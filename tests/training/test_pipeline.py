from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from evaluation import Evaluation
from labelled_data import (
    Codebook,
    HeaderError,
    LabelledComment,
    Polarity,
    distinct,
    fold_of,
    split_of,
    write_labelled,
)
from models import Tagger, load, read_manifest
from models.artefact import QUICK_WEIGHTS, SHAREABLE, SHARED, WEIGHTS
from models.predictions import Effort
from tests.training.drawn_comments import codebook, comment
from training import DataTooSmallError, ForeignRunError, Recipe, TrainingError
from training.pipeline import train
from training.recipe import CodebookPart, ConvolutionPart, DataPart, TeacherPart
from training.source import Source

SERVICES = {"kindness": "praise", "parking": "parking"}
"""Themes of a second codebook by those of the first: one renamed, one shared, one left out."""
NEW = ("waited 15 hours to be seen", "all 15 of the staff were lovely and kind",
       "parking cost me 15 pounds")  # fmt: skip
FURTHER = [comment(f"tea and biscuits at bed number {n}", "waiting") for n in range(2, 302)]
"""Comments to learn from only, of what no other comment speaks of, and more than the others."""


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
    tiny_mpnet: Path,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
) -> Pair:
    """The tiny codebook, and another on the same comments that has no teachers and no test.

    The files of their comments have the same name. Their encoders are of the quicker kinds, and the
    only teacher is of the larger one.
    """
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
        file = folder / book.id / "comments.csv"
        file.parent.mkdir()
        write_labelled(file, comments, book)
        sources.append(Source(part, book, comments, (file,)))
    quick = tiny_recipe.quick.model_copy(
        update={
            "convolution": ConvolutionPart(width=48, states=24),
            "mixed": 40,
            "replaced": 40,
            "epochs": 8,
        }
    )
    encoder = tiny_recipe.encoder.model_copy(update={"activation": "relu"})
    teachers = TeacherPart(mpnet=str(tiny_mpnet), count=1, epochs=12, layer_decay=0.9)
    distillation = tiny_recipe.distillation.model_copy(update={"label_share": 0.5})
    given = {"encoder": encoder, "teachers": teachers, "distillation": distillation, "quick": quick}
    recipe = tiny_recipe.model_copy(update={"id": "both", "learn": parts, **given})
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


def test_figures_and_card_say_what_is_lost_in_a_hurry_on_the_test_comments(
    tiny_artefact: Path, tiny_comments: list[LabelledComment]
) -> None:
    measured = Evaluation.model_validate_json((tiny_artefact / "metrics.json").read_text("utf-8"))
    card = (tiny_artefact / "README.md").read_text("utf-8")
    tagger, themes = load(tiny_artefact), [each.theme for each in measured.by_theme]
    columns = list(tagger.codebook.theme_ids)
    kept = distinct([each for each in tiny_comments if split_of(each.text) == "test"], columns)
    answers = tagger.tag(kept.texts, kept.questions, effort=Effort.FAST)
    given = np.array([[theme in each.themes for theme in themes] for each in answers])
    said = kept.targets[:, [columns.index(theme) for theme in themes]] >= 0.5
    micro_f1 = 2 * (given & said).sum() / (given.sum() + said.sum())
    (fast,) = measured.by_effort.items()
    assert fast[0] == "fast"
    assert fast[1].micro_f1 == pytest.approx(micro_f1)
    usual = measured.overall.micro.f1.value
    assert usual is not None
    assert f"`fast` loses {usual - micro_f1:.3f} of micro-F1" in card


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
    assert left == {"tiny", "services", "out"}


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
    assert (tiny.training.test_share, services.training.test_share) == (0.15, 0)
    for manifest in (tiny, services):
        files = {"tiny/comments.csv", "services/comments.csv"}
        assert set(manifest.training.data_sha256) == files
        assert manifest.training.recipe == tiny.training.recipe


def test_a_text_that_one_codebook_keeps_for_its_test_is_learnt_through_no_other(
    pair: Pair, tiny_comments: list[LabelledComment]
) -> None:
    services = read_manifest(pair.folder / "services").training
    assert services.test_share == 0
    learnt = {each.text for each in tiny_comments if split_of(each.text) == "train"}
    assert services.comments == len(learnt) < len({each.text for each in tiny_comments})


@pytest.mark.parametrize("taught", [True, False])
def test_further_comments_are_learnt_from_but_show_neither_how_to_decide_nor_how_good_it_is(
    tmp_path: Path,
    tiny_recipe: Recipe,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
    taught: bool,
) -> None:
    recipe = tiny_recipe.model_copy(
        update={
            "learn": (tiny_recipe.learn[0].model_copy(update={"taught": taught}),),
            "encoder": tiny_recipe.encoder.model_copy(
                update={"epochs": 1, "polarity_weight": 0, "contrasted": 0}
            ),
            "distillation": tiny_recipe.distillation.model_copy(update={"epochs": 1, "mixed": 30}),
        }
    )
    made = {}
    for polarity in (Polarity.MIXED, Polarity.NEUTRAL):  # which this recipe does not learn
        further = [replace(each, polarity={"waiting": polarity}) for each in FURTHER]
        source = Source(recipe.learn[0], tiny_codebook, tiny_comments, (), further)
        figures = train(recipe, [source], tmp_path / polarity)["tiny"]
        made[polarity] = read_manifest(tmp_path / polarity).decision, figures
    (decision, figures), others = made.values()
    assert (decision, figures) == others
    kept = {each.text for each in tiny_comments if split_of(each.text) == "test"}
    assert figures is not None
    assert figures.comments == len(kept)
    tagger = load(tmp_path / Polarity.MIXED)
    learnt = {each.text for each in tiny_comments} - kept
    assert tagger.manifest.training.comments == len(learnt) + len(FURTHER)
    assert tagger.manifest.training.further == len(FURTHER)
    card = tagger.file("README.md").read_text("utf-8")
    assert f"{len(FURTHER)} of the comments stand in tables that are only learnt from" in card
    (prediction,) = tagger.tag(["tea and biscuits at bed number 50"])
    assert tagger.manifest.codebook.theme_ids[np.argmax(prediction.scores or ())] == "waiting"


def test_a_codebook_without_teachers_and_comments_to_set_aside_is_refused_before_anything_is_learnt(
    tmp_path: Path, tiny_recipe: Recipe
) -> None:
    part = CodebookPart(id="few", codebook="few", data=DataPart(test_share=0), taught=False)
    recipe = tiny_recipe.model_copy(update={"learn": (part,)})
    parts = recipe.distillation.set_aside
    said = [comment(f"slow {row}", "waiting") for row in range(200)]
    learnt = [each for each in said if fold_of(each.text, parts) != 0][:30]
    further = [each for each in said if fold_of(each.text, parts) == 0]
    source = Source(part, codebook("few", "waiting"), learnt, (), further)
    with pytest.raises(
        DataTooSmallError, match="none of the 30 comments of 'few' can be set aside"
    ):
        train(recipe, [source], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_was_begun_with_another_wording_of_the_codebook_is_not_gone_on_with(
    tmp_path: Path,
    tiny_recipe: Recipe,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
) -> None:
    (tmp_path / "more.csv").write_text("comment\nslow\n", "utf-8")
    reworded = tiny_codebook.model_copy(update={"version": "1.1"})
    ends = ((tiny_codebook, HeaderError), (reworded, ForeignRunError), (tiny_codebook, HeaderError))
    for book, error in ends:  # a table without texts ends a run when it has only begun
        source = Source(tiny_recipe.learn[0], book, tiny_comments, ())
        with pytest.raises(error):
            train(tiny_recipe, [source], tmp_path / "out", [tmp_path / "more.csv"])


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
    figures, place = output.splitlines()
    assert figures.startswith(b"tiny: on ")
    assert place == b"Written to out"
    again, before = read_manifest(tmp_path / "out"), tiny_tagger.manifest
    assert (again.decision, again.cascade) == (before.decision, before.cascade)
    for name in (*WEIGHTS, *QUICK_WEIGHTS):
        assert again.files[name] == before.files[name]


def _environment() -> dict[str, str]:
    root = Path(__file__).parents[2]
    return {**os.environ, "PYTHONPATH": str(root), "HF_HUB_OFFLINE": "1"}


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    while not file.exists():
        assert process.poll() is None, "the run ended before the step was done"
        time.sleep(0.05)
