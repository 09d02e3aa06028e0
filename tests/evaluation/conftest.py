import numpy as np
import pytest

from evaluation import STATUSES, Evaluation, EvaluationSettings, Predictions, evaluate

THEMES = ("waiting", "staff", "food", "parking", "never")


def noisy_predictions(comments: int = 200, noise: float = 0.3, seed: int = 0) -> Predictions:
    """A middling tagger; no comment carries the last theme."""
    generator = np.random.default_rng(seed)
    truth = generator.random((comments, len(THEMES))) < [0.4, 0.3, 0.2, 0.1, 0]
    scores = np.clip(0.2 + 0.5 * truth + generator.normal(0, noise, truth.shape), 0, 1)
    statuses = generator.choice(STATUSES, comments)
    return Predictions(truth, scores, scores >= 0.5, THEMES, statuses)


@pytest.fixture(scope="session")
def predictions() -> Predictions:
    return noisy_predictions()


@pytest.fixture(scope="session")
def evaluation(predictions: Predictions) -> Evaluation:
    groups = {"sex": ["female", "male", "not stated", "female"] * (len(predictions) // 4)}
    settings = EvaluationSettings(resamples=100, ranking_resamples=50)
    return evaluate(predictions, settings, groups)
