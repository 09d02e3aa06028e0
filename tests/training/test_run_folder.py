from functools import partial
from pathlib import Path

import numpy as np
import pytest

from labelled_data import shipped_crosswalk
from tests.training.drawn_comments import codebook
from training import ForeignRunError, Recipe
from training.run_folder import RunFolder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text("text", "utf-8")
    return path


def test_a_finished_step_is_not_done_again(tmp_path: Path, data: Path, tiny_recipe: Recipe) -> None:
    done = []

    def work() -> np.ndarray:
        done.append(1)
        return np.array([1.5, 2.5])

    first = RunFolder(tmp_path / "run", tiny_recipe, [data], []).step("one", work)
    again = RunFolder(tmp_path / "run", tiny_recipe, [data], []).step("one", work)
    assert first.tolist() == again.tolist() == [1.5, 2.5]
    assert len(done) == 1


def test_a_step_that_fails_leaves_nothing(tmp_path: Path, data: Path, tiny_recipe: Recipe) -> None:
    def fail() -> np.ndarray:
        raise KeyboardInterrupt

    run = RunFolder(tmp_path / "run", tiny_recipe, [data], [])
    with pytest.raises(KeyboardInterrupt):
        run.step("one", fail)
    assert [path.name for path in run.path.iterdir()] == ["run.json"]


def test_a_run_of_other_data_or_another_recipe_is_refused(
    tmp_path: Path, data: Path, tiny_recipe: Recipe
) -> None:
    RunFolder(tmp_path / "run", tiny_recipe, [data], [])
    with pytest.raises(ForeignRunError, match="another recipe, other codebooks or"):
        RunFolder(tmp_path / "run", tiny_recipe, [data, data], [])
    with pytest.raises(ForeignRunError, match="another recipe, other codebooks or"):
        RunFolder(tmp_path / "run", tiny_recipe.model_copy(update={"seed": 9}), [data], [])


def test_a_run_goes_on_when_its_data_has_moved(
    tmp_path: Path, data: Path, tiny_recipe: Recipe
) -> None:
    RunFolder(tmp_path / "run", tiny_recipe, [data], [])
    (part,) = tiny_recipe.learn
    place = part.data.model_copy(update={"path": Path("elsewhere.csv")})
    learn = (part.model_copy(update={"data": place}),)
    elsewhere = data.rename(tmp_path / "elsewhere.csv")
    RunFolder(tmp_path / "run", tiny_recipe.model_copy(update={"learn": learn}), [elsewhere], [])


def test_a_codebook_more_makes_another_run(tmp_path: Path, data: Path, tiny_recipe: Recipe) -> None:
    RunFolder(tmp_path / "run", tiny_recipe, [data], [])
    (part,) = tiny_recipe.learn
    learn = (part, part.model_copy(update={"id": "other"}))
    with pytest.raises(ForeignRunError, match="another recipe, other codebooks or"):
        RunFolder(tmp_path / "run", tiny_recipe.model_copy(update={"learn": learn}), [data], [])


def test_data_that_changed_since_makes_another_run(
    tmp_path: Path, data: Path, tiny_recipe: Recipe
) -> None:
    RunFolder(tmp_path / "run", tiny_recipe, [data], [])
    data.write_text("text\nslow", "utf-8")
    with pytest.raises(ForeignRunError, match="another recipe, other codebooks or"):
        RunFolder(tmp_path / "run", tiny_recipe, [data], [])


def test_a_codebook_or_a_crosswalk_that_changed_since_makes_another_run(
    tmp_path: Path, data: Path, tiny_recipe: Recipe
) -> None:
    book, crosswalk = codebook("tiny", "waiting"), shipped_crosswalk("fft", "uec")
    RunFolder(tmp_path / "run", tiny_recipe, [data], [book, crosswalk])
    reworded = codebook("tiny", "waits")
    redrawn = crosswalk.model_copy(update={"themes": {}})
    for books in ([reworded, crosswalk], [book, redrawn], [book], []):
        with pytest.raises(ForeignRunError, match="another recipe, other codebooks or"):
            RunFolder(tmp_path / "run", tiny_recipe, [data], books)
    RunFolder(tmp_path / "run", tiny_recipe, [data], [book, crosswalk])


def test_steps_are_kept_apart_by_their_names(
    tmp_path: Path, data: Path, tiny_recipe: Recipe
) -> None:
    run = RunFolder(tmp_path / "run", tiny_recipe, [data], [])
    for number in range(3):
        run.step(f"teacher-tiny-{number}", partial(np.array, [number]))
    again = RunFolder(tmp_path / "run", tiny_recipe, [data], [])
    kept = [again.step(f"teacher-tiny-{number}", lambda: np.array([9])) for number in range(3)]
    assert np.concatenate(kept).tolist() == [0, 1, 2]


def test_nothing_is_left_of_a_folder_that_is_removed(
    tmp_path: Path, data: Path, tiny_recipe: Recipe
) -> None:
    run = RunFolder(tmp_path / "run", tiny_recipe, [data], [])
    run.step("one", lambda: np.array([1]))
    run.checkpoints("one").mkdir()
    run.remove()
    assert not run.path.exists()
