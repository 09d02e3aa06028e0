from pathlib import Path

import numpy as np
import pytest

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

    first = RunFolder(tmp_path / "run", tiny_recipe, [data]).step("one", work)
    again = RunFolder(tmp_path / "run", tiny_recipe, [data]).step("one", work)
    assert first.tolist() == again.tolist() == [1.5, 2.5]
    assert len(done) == 1


def test_a_step_that_fails_leaves_nothing(tmp_path: Path, data: Path, tiny_recipe: Recipe) -> None:
    def fail() -> np.ndarray:
        raise KeyboardInterrupt

    run = RunFolder(tmp_path / "run", tiny_recipe, [data])
    with pytest.raises(KeyboardInterrupt):
        run.step("one", fail)
    assert [path.name for path in run.path.iterdir()] == ["run.json"]


def test_a_run_of_other_data_or_another_recipe_is_refused(
    tmp_path: Path, data: Path, tiny_recipe: Recipe
) -> None:
    RunFolder(tmp_path / "run", tiny_recipe, [data])
    with pytest.raises(ForeignRunError, match="another recipe or other data"):
        RunFolder(tmp_path / "run", tiny_recipe, [data, data])
    with pytest.raises(ForeignRunError, match="another recipe or other data"):
        RunFolder(tmp_path / "run", tiny_recipe.model_copy(update={"seed": 9}), [data])
