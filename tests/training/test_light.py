import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from labelled_data import Codebook, LabelledComment
from models import Polarity, UnknownModelError, load, read_manifest
from tests.training.drawn_comments import comment
from training import Recipe, TrainingError
from training.light import train_light
from training.source import Source


@pytest.fixture(scope="module")
def light_recipe(tiny_artefact: Path) -> Recipe:
    return Recipe.model_validate(
        {
            "id": "own",
            "version": "1.0.0",
            "method": "light",
            "codebook": "tiny",
            "light": {"encoder_of": str(tiny_artefact), "steps": 60, "learning_rate": 0.05},
            "folds": 3,
        }
    )


def source_of(
    recipe: Recipe, codebook: Codebook, comments: list[LabelledComment], file: Path
) -> Source:
    return Source(recipe.learn[0], codebook, comments, (file,))


@pytest.fixture(scope="module")
def source(
    light_recipe: Recipe,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
    tiny_artefact: Path,
) -> Source:
    file = tiny_artefact.parent / "comments.csv"
    return source_of(light_recipe, tiny_codebook, tiny_comments, file)


@pytest.fixture(scope="module")
def light_artefact(
    light_recipe: Recipe, source: Source, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("light") / "own"
    figures = train_light(light_recipe, source, folder)
    assert figures is not None
    assert figures.overall.micro.f1.value is not None
    assert figures.overall.micro.f1.value > 0.8
    return folder


def test_a_head_of_ones_own_tells_themes_polarity_and_evidence(light_artefact: Path) -> None:
    text = "parking cost me 30 pounds. all 30 of the staff were lovely and kind."
    (prediction,) = load(light_artefact).tag([text], "What could we do better?")
    assert "kindness" in prediction.themes
    assert all(tag.polarity in set(Polarity) for tag in prediction.tags)
    assert all(tag.evidence for tag in prediction.tags)
    assert all(span.of(text) for tag in prediction.tags for span in tag.evidence)


def test_the_artefact_stands_on_its_own_with_the_encoder_it_was_fitted_to(
    light_artefact: Path, tiny_artefact: Path, tmp_path: Path
) -> None:
    moved = Path(shutil.copytree(light_artefact, tmp_path / "elsewhere"))
    assert load(moved).manifest.training.base_model == "tiny 1.0.0"
    assert (moved / "encoder.onnx").read_bytes() == (tiny_artefact / "encoder.onnx").read_bytes()


def test_nothing_but_the_artefact_is_left(light_artefact: Path) -> None:
    assert [path.name for path in light_artefact.parent.iterdir()] == ["own"]


def test_an_existing_output_is_not_overwritten(
    light_recipe: Recipe, source: Source, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match="exists already"):
        train_light(light_recipe, source, tmp_path)


def test_data_that_cannot_be_learnt_from_leaves_no_trace(
    light_recipe: Recipe,
    tiny_codebook: Codebook,
    tiny_comments: list[LabelledComment],
    tmp_path: Path,
) -> None:
    few = source_of(light_recipe, tiny_codebook, tiny_comments[:5], tmp_path / "few.csv")
    with pytest.raises(TrainingError, match="too few"):
        train_light(light_recipe, few, tmp_path / "own")
    assert list(tmp_path.iterdir()) == []


def test_further_comments_are_learnt_from_and_show_neither_how_to_decide_nor_how_good_it_is(
    light_recipe: Recipe, source: Source, light_artefact: Path, tmp_path: Path
) -> None:
    more = [comment(f"tea and biscuits at bed number {n}", "kindness") for n in range(2, 42)]
    made = {}
    for polarity in (Polarity.MIXED, Polarity.NEUTRAL):  # which light training does not learn
        further = [replace(each, polarity={"kindness": polarity}) for each in more]
        place = tmp_path / polarity
        figures = train_light(light_recipe, replace(source, further=further), place)
        made[polarity] = read_manifest(place).decision, figures
    without, beside = read_manifest(light_artefact), read_manifest(place)
    assert made[Polarity.MIXED] == made[Polarity.NEUTRAL]
    assert figures is not None
    assert figures.comments == len({each.text for each in source.separated()[1]})
    assert beside.training.comments == without.training.comments + len(more)
    assert (beside.training.further, without.training.further) == (len(more), 0)
    assert beside.files["head.safetensors"] != without.files["head.safetensors"]


def test_further_comments_do_not_make_up_for_too_few(
    light_recipe: Recipe, source: Source, tmp_path: Path
) -> None:
    few = replace(source, comments=source.comments[:5], further=source.comments[5:])
    with pytest.raises(TrainingError, match="too few"):
        train_light(light_recipe, few, tmp_path / "own")


def test_files_of_one_name_are_told_apart_in_the_record(
    light_recipe: Recipe, source: Source, tmp_path: Path
) -> None:
    again = tmp_path / "again" / source.files[0].name
    again.parent.mkdir()
    again.write_text("text,themes\nkind,kindness\n", "utf-8")
    train_light(light_recipe, replace(source, files=(*source.files, again)), tmp_path / "own")
    hashed = read_manifest(tmp_path / "own").training.data_sha256
    assert len(set(hashed.values())) == 2
    assert f"again/{again.name}" in hashed


def test_an_encoder_that_is_not_there_is_named(
    light_recipe: Recipe, source: Source, tmp_path: Path
) -> None:
    light = light_recipe.light.model_copy(update={"encoder_of": "nowhere"})
    with pytest.raises(UnknownModelError, match="nowhere"):
        train_light(light_recipe.model_copy(update={"light": light}), source, tmp_path / "own")
