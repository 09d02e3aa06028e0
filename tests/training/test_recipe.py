from pathlib import Path

import pytest

from training import RecipeError, load_recipe

RECIPE = "id: mine\nversion: '1'\ncodebook: fft\ndata: {format: qdc}\n"


def _written(folder: Path, text: str) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(text, "utf-8")
    return path


def test_settings_left_out_take_their_defaults(tmp_path: Path) -> None:
    recipe = load_recipe(_written(tmp_path, RECIPE))
    assert (recipe.id, recipe.folds, recipe.encoder.freeze_embeddings) == ("mine", 5, True)


@pytest.mark.parametrize(
    ("extra", "place"),
    [
        ("epochs: 3\n", "epochs"),
        ("encoder: {epoch: 3}\n", r"encoder\.epoch"),
        ("encoder: {epochs: 0}\n", r"encoder\.epochs"),
        ("folds: 1\n", "folds"),
        ("distillation: {label_share: 1.5}\n", r"distillation\.label_share"),
    ],
)
def test_an_unknown_or_impossible_setting_is_named(tmp_path: Path, extra: str, place: str) -> None:
    with pytest.raises(RecipeError, match=rf"recipe\.yaml: {place}"):
        load_recipe(_written(tmp_path, RECIPE + extra))


def test_a_file_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="not readable as YAML"):
        load_recipe(_written(tmp_path, "{"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        load_recipe(tmp_path / "none.yaml")


def test_the_shipped_recipe_is_valid() -> None:
    import training

    recipe = load_recipe(Path(training.__file__).parent / "recipes" / "fft.yaml")
    assert recipe.id == recipe.codebook == "fft"
