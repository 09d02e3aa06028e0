import numpy as np
import pytest

from evaluation import InvalidPredictionsError, Predictions, evaluate_by
from evaluation.estimates import wilson_estimate

TRUTH = np.array([[True, False], [True, True], [False, False], [True, False]])
PREDICTED = np.array([[True, True], [True, False], [False, False], [False, False]])
PREDICTIONS = Predictions(TRUTH, np.zeros((4, 2)), PREDICTED, ("a", "b"))


def test_each_group_is_measured_on_its_own_comments() -> None:
    figures = evaluate_by(PREDICTIONS, ["x", "x", "not stated", "y"])
    assert list(figures) == ["not stated", "x", "y"]
    assert [each.comments for each in figures.values()] == [1, 2, 1]
    assert figures["x"].recall == wilson_estimate(2, 3)
    assert figures["x"].precision == wilson_estimate(2, 3)


def test_a_group_without_themes_has_no_recall_and_one_never_tagged_no_precision() -> None:
    figures = evaluate_by(PREDICTIONS, ["x", "x", "not stated", "y"])
    assert figures["not stated"].recall.value is None
    assert figures["y"].recall.value == 0
    assert figures["y"].precision.value is None


def test_the_order_of_comments_does_not_matter() -> None:
    backwards = Predictions(TRUTH[::-1], np.zeros((4, 2)), PREDICTED[::-1], ("a", "b"))
    groups = ["x", "x", "not stated", "y"]
    assert evaluate_by(backwards, groups[::-1]) == evaluate_by(PREDICTIONS, groups)


def test_a_comment_without_a_group_is_an_error() -> None:
    with pytest.raises(InvalidPredictionsError, match="3 groups for 4 comments"):
        evaluate_by(PREDICTIONS, ["x", "x", "y"])
