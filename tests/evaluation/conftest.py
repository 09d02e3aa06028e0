import numpy as np
import pytest

from evaluation import (
    STATUSES,
    Estimate,
    Evaluation,
    EvaluationSettings,
    EvidenceFigures,
    Group,
    Grouping,
    Predictions,
    evaluate,
    evaluate_by,
)
from evaluation.polarity import UNTOLD, measure_polarity

SEXES = (Group("female", "Female"), Group("male", "Male"), Group("not_stated", "Not stated", True))
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
    """Of a tagger whose polarity and evidence were measured too."""
    sex = Grouping(SEXES, np.arange(len(predictions)) % 4 % len(SEXES))
    settings = EvaluationSettings(resamples=100, ranking_resamples=50)
    figures = evaluate(predictions, settings)
    generator = np.random.default_rng(1)
    told, said = generator.integers(0, 4, (2, *predictions.truth.shape))
    share = Estimate(value=0.75, low=0.5, high=0.875)
    return figures.model_copy(
        update={
            "by_group": {"sex": evaluate_by(predictions, sex, settings)},
            "polarity": measure_polarity(
                np.where(predictions.truth, told, UNTOLD),
                np.where(predictions.predicted, said, UNTOLD),
                THEMES,
                settings,
            ),
            "evidence": EvidenceFigures(
                tags=40,
                spans=50,
                sentences=60,
                overlap=share,
                precision=share,
                recall=share,
                right_share=share,
            ),
        }
    )
