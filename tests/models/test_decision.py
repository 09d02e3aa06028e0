import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models import Decision, OperatingPoint, Status

shares = st.floats(0.05, 0.95)


def _decision(
    balanced: tuple[float, ...] = (0.5, 0.4),
    recall: tuple[float, ...] = (0.2, 0.2),
    unsure_from: float = 0.5,
    encoder_weight: float = 0.5,
) -> Decision:
    return Decision(
        encoder_weight=encoder_weight,
        slopes=(1.0,) * len(balanced),
        intercepts=(0.0,) * len(balanced),
        thresholds={OperatingPoint.BALANCED: balanced, OperatingPoint.RECALL: recall},
        unsure_from=unsure_from,
    )


def test_scores_are_the_calibrated_blend() -> None:
    scores = _decision(encoder_weight=0.75).scores(np.array([[2.0, -2.0]]), np.array([[-2.0, 2.0]]))
    assert scores == pytest.approx(1 / (1 + np.exp([[-1.0, 1.0]])))


@given(scores=st.lists(st.tuples(shares, shares), min_size=1, max_size=20))
def test_a_theme_is_given_exactly_when_its_score_reaches_its_threshold(
    scores: list[tuple[float, float]],
) -> None:
    decision = _decision()
    predictions = decision.predictions(np.array(scores), ("a", "b"), OperatingPoint.BALANCED)
    for (first, second), prediction in zip(scores, predictions, strict=True):
        expected = tuple(
            theme for theme, passed in (("a", first >= 0.5), ("b", second >= 0.4)) if passed
        )
        assert prediction.themes == expected


def test_a_comment_that_nearly_had_a_theme_is_unsure() -> None:
    scores = np.array([[0.49, 0.0], [0.24, 0.0], [0.5, 0.0]])
    predictions = _decision().predictions(scores, ("a", "b"), OperatingPoint.BALANCED)
    statuses = [prediction.status for prediction in predictions]
    assert statuses == [Status.UNSURE, Status.NO_THEME, Status.TAGGED]


def test_settings_for_different_numbers_of_themes_are_refused() -> None:
    with pytest.raises(ValidationError, match="differ in their number of themes"):
        _decision(balanced=(0.5,))


def test_every_operating_point_needs_thresholds() -> None:
    with pytest.raises(ValidationError, match="every operating point"):
        Decision(
            encoder_weight=0.5,
            slopes=(1.0,),
            intercepts=(0.0,),
            thresholds={OperatingPoint.BALANCED: (0.5,)},
            unsure_from=0.5,
        )
