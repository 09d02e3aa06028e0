from pathlib import Path

import pytest

import training
from labelled_data import shipped_codebook, shipped_codebooks, shipped_crosswalk
from training import RecipeError, load_recipe

RECIPE = "id: mine\nversion: '1'\ncodebook: fft\ndata: {format: qdc}\n"
TWO = """
id: ours
version: '1'
learn:
  - {id: one, codebook: fft, data: {format: qdc, path: one.csv}}
  - {id: other, codebook: uec, data: {path: other.csv}, crosswalks: [fft], taught: false}
"""


def _written(folder: Path, text: str) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(text, "utf-8")
    return path


def test_settings_left_out_take_their_defaults(tmp_path: Path) -> None:
    recipe = load_recipe(_written(tmp_path, RECIPE))
    assert (recipe.id, recipe.folds, recipe.encoder.layers) == ("mine", 5, None)
    (part,) = recipe.learn
    assert (part.taught, part.crosswalks, part.data.test_share) == (True, (), 0.15)


def test_one_codebook_may_be_named_directly_or_in_a_list(tmp_path: Path) -> None:
    listed = "id: mine\nversion: '1'\nlearn: [{id: mine, codebook: fft, data: {format: qdc}}]\n"
    direct = load_recipe(_written(tmp_path, RECIPE))
    assert direct == load_recipe(_written(tmp_path, listed))
    assert direct.learn[0].id == "mine"


def test_several_codebooks_are_learnt_in_their_order(tmp_path: Path) -> None:
    recipe = load_recipe(_written(tmp_path, TWO))
    assert [(part.id, part.codebook) for part in recipe.learn] == [("one", "fft"), ("other", "uec")]
    assert [part.crosswalks for part in recipe.learn] == [(), ("fft",)]
    assert [part.taught for part in recipe.learn] == [True, False]


def test_a_recipe_reads_the_same_after_it_was_written(tmp_path: Path) -> None:
    recipe = load_recipe(_written(tmp_path, TWO))
    assert load_recipe(_written(tmp_path, recipe.model_dump_json())) == recipe


@pytest.mark.parametrize(
    ("extra", "place"),
    [
        ("epochs: 3\n", "epochs"),
        ("encoder: {epoch: 3}\n", r"encoder\.epoch"),
        ("encoder: {epochs: 0}\n", r"encoder\.epochs"),
        ("encoder: {joined: 1.5}\n", r"encoder\.joined"),
        ("encoder: {polarity_weight: -1}\n", r"encoder\.polarity_weight"),
        ("encoder: {precision: int8}\n", r"encoder\.precision"),
        ("encoder: {heads: 4, convolution: {}}\n", "encoder"),
        ("encoder: {inner: 64, mpnet: all-mpnet-base-v2}\n", "encoder"),
        ("folds: 1\n", "folds"),
        ("distillation: {label_portion: 0.5}\n", r"distillation\.label_portion"),
        ("distillation: {decision_folds: 0}\n", r"distillation\.decision_folds"),
        ("decision: {recall_weight: 0.5}\n", r"decision\.recall_weight"),
    ],
)
def test_an_unknown_or_impossible_setting_is_named(tmp_path: Path, extra: str, place: str) -> None:
    with pytest.raises(RecipeError, match=rf"recipe\.yaml: {place}: "):
        load_recipe(_written(tmp_path, RECIPE + extra))


@pytest.mark.parametrize(
    ("learn", "sentence"),
    [
        ("[]", "learn: Tuple should have at least 1 item"),
        ("[{id: one, codebook: fft, data: {test_share: 2}}]", r"learn\.0\.data\.test_share: "),
        ("[{id: One, codebook: fft}]", r"learn\.0\.id: "),
        ("[{id: one}]", r"learn\.0\.codebook: Field required"),
        (
            "[{id: one, codebook: fft}, {id: one, codebook: uec}]",
            "the whole: learns two codebooks under the same id",
        ),
        (
            "[{id: one, codebook: fft}, {id: shared, codebook: uec}]",
            "the whole: 'shared' is the folder of the encoder and no artefact's id",
        ),
    ],
)
def test_a_list_of_codebooks_that_cannot_be_learnt_is_refused(
    tmp_path: Path, learn: str, sentence: str
) -> None:
    with pytest.raises(RecipeError, match=rf"recipe\.yaml: {sentence}"):
        load_recipe(_written(tmp_path, f"id: ours\nversion: '1'\nlearn: {learn}\n"))


def test_light_training_of_several_codebooks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="several codebooks, of which light training learns only"):
        load_recipe(_written(tmp_path, TWO + "method: light\n"))


def test_a_codebook_named_both_directly_and_in_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="names a codebook both directly and under 'learn'"):
        load_recipe(_written(tmp_path, TWO + "codebook: ics\n"))


ATTENTION = "encoder: {window_tokens: %d}\nquick: {convolution: {layers: %d}}\n"


@pytest.mark.parametrize(("tokens", "layers"), [(255, 1), (400, 0)])
def test_windows_that_attention_can_tell_or_without_it_of_any_length_will_do(
    tmp_path: Path, tokens: int, layers: int
) -> None:
    recipe = load_recipe(_written(tmp_path, RECIPE + ATTENTION % (tokens, layers)))
    assert recipe.encoder.window_tokens == tokens


def test_windows_longer_than_attention_can_tell_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="windows of 256 tokens are too long for the attention"):
        load_recipe(_written(tmp_path, RECIPE + ATTENTION % (256, 1)))


def test_a_recipe_that_names_no_codebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="learn: Field required"):
        load_recipe(_written(tmp_path, "id: mine\nversion: '1'\n"))


@pytest.mark.parametrize("text", ["", "fft", "- fft"])
def test_a_file_that_holds_no_settings_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RecipeError, match="the whole: "):
        load_recipe(_written(tmp_path, text))


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe"])
def test_a_file_that_is_not_yaml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_bytes(content)
    with pytest.raises(RecipeError, match="not readable as YAML"):
        load_recipe(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        load_recipe(tmp_path / "none.yaml")


def test_the_settings_hold_all_but_the_place_of_the_data(tmp_path: Path) -> None:
    here = load_recipe(_written(tmp_path, TWO))
    there = load_recipe(_written(tmp_path, TWO.replace("one.csv", "elsewhere/one.csv")))
    other = load_recipe(_written(tmp_path, TWO.replace("format: qdc", "format: labelled")))
    assert here != there
    assert here.settings() == there.settings() != other.settings()
    assert "one.csv" not in str(here.settings())
    assert {"seed", "encoder", "decision", "folds", "version"} <= set(here.settings())


RECIPES = Path(training.__file__).parent / "recipes"


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_recipe_names_what_is_shipped(path: Path) -> None:
    recipe = load_recipe(path)
    learnt = {part.codebook for part in recipe.learn}
    for part in recipe.learn:
        assert part.id == part.codebook == shipped_codebook(part.codebook).id
        assert part.data.path is None or (RECIPES / part.data.path).is_file()
        assert set(part.crosswalks) <= learnt
        assert all(shipped_crosswalk(source, part.codebook) for source in part.crosswalks)


def test_the_shipped_recipe_learns_the_shipped_codebooks() -> None:
    recipe = load_recipe(RECIPES / "uec_ics.yaml")
    assert sorted(part.id for part in recipe.learn) == list(shipped_codebooks())


def test_the_shipped_recipe_carries_no_place_of_data_that_is_not_shipped() -> None:
    recipe = load_recipe(RECIPES / "uec_ics.yaml")
    assert [part.id for part in recipe.learn if part.data.path is None] == ["fft"]
