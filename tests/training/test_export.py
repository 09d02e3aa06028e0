from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.special import expit

from labelled_data import LabelledComment, distinct
from models.encoder import Encoder
from training import ParityError, Recipe
from training.export import check_parity, export
from training.fine_tune import FineTuned, Schedule, fine_tune

THEMES = ("waiting", "kindness", "parking")


@pytest.fixture(scope="module")
def tuned(
    tiny_recipe: Recipe,
    tiny_comments: list[LabelledComment],
    tmp_path_factory: pytest.TempPathFactory,
) -> FineTuned:
    schedule = Schedule(2, 0, tmp_path_factory.mktemp("work") / "checkpoints", "test")
    return fine_tune(distinct(tiny_comments, THEMES), tiny_recipe.encoder, schedule)


def test_the_exported_graph_answers_as_the_network_does(
    tuned: FineTuned, tmp_path: Path, tiny_comments: list[LabelledComment]
) -> None:
    export(tuned, tmp_path)
    data = distinct(tiny_comments, THEMES)
    exported = expit(Encoder(tmp_path, tuned.limits).logits(data.texts, data.questions))
    trained = expit(tuned.logits(data.texts, data.questions))
    assert np.abs(exported - trained).mean() < 0.01
    assert np.abs(exported - trained).max() < 0.1


def test_no_comments_get_no_scores(tuned: FineTuned) -> None:
    assert tuned.logits([], []).shape == (0, len(THEMES))


def test_a_graph_that_answers_otherwise_is_refused(tuned: FineTuned, tmp_path: Path) -> None:
    export(tuned, tmp_path)
    with torch.no_grad():
        tuned.network.bias.add_(3)
    with pytest.raises(ParityError, match="differ from the trained network's"):
        check_parity(tuned, tmp_path, ["a kind nurse"], [None], tolerance=0.01)
    with torch.no_grad():
        tuned.network.bias.sub_(3)
