import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import (
    EvaluationSettings,
    Group,
    GroupFigures,
    Grouping,
    InvalidPredictionsError,
    Predictions,
    evaluate_by,
)
from tests.evaluation.strategies import QUICK, predictions

GROUPS = (Group("x", "X"), Group("y", "Y"), Group("not_stated", "Not stated", missing=True))
TRUTH = np.array([[True, False], [True, True], [False, False], [True, False]])
PREDICTED = np.array([[True, True], [True, False], [False, False], [False, False]])
PREDICTIONS = Predictions(TRUTH, np.zeros((4, 2)), PREDICTED, ("a", "b"))
THEMES = ("waiting", "staff", "food")


def members(*places: int) -> Grouping:
    return Grouping(GROUPS, np.array(places))


def tagged(
    comments: int, recalls: tuple[float, float, float], seed: int = 0
) -> tuple[Predictions, Grouping]:
    """Comments of three groups, the last of them missing, whose themes are found so often."""
    generator = np.random.default_rng(seed)
    grouping = members(*generator.choice(3, comments, p=[0.7, 0.2, 0.1]))
    truth = generator.random((comments, len(THEMES))) < 0.4
    recall = np.array(recalls)[grouping.members]
    predicted = truth & (generator.random(truth.shape) < recall[:, None])
    return Predictions(truth, predicted.astype(float), predicted, THEMES), grouping


def measured(comments: int, *recalls: float, seed: int = 0) -> tuple[GroupFigures, ...]:
    first, second, third = recalls
    return evaluate_by(*tagged(comments, (first, second, third), seed))


def test_each_group_is_measured_on_its_own_comments() -> None:
    x, y, unstated = evaluate_by(PREDICTIONS, members(0, 0, 2, 1))
    assert (x.group, x.name, x.missing) == ("x", "X", False)
    assert (unstated.group, unstated.name, unstated.missing) == ("not_stated", "Not stated", True)
    assert [each.comments for each in (x, y, unstated)] == [2, 1, 1]
    assert (x.true_themes, x.predicted_themes) == (3, 3)
    assert (x.recall.value, x.precision.value) == pytest.approx((2 / 3, 2 / 3))


def test_a_group_without_themes_has_no_recall_and_one_never_tagged_no_precision() -> None:
    _, y, unstated = evaluate_by(PREDICTIONS, members(0, 0, 2, 1))
    assert unstated.recall.value is None
    assert y.recall.value == 0
    assert y.precision.value is None


def test_a_group_that_no_comment_is_of_has_no_row() -> None:
    assert [each.group for each in evaluate_by(PREDICTIONS, members(1, 1, 1, 1))] == ["y"]


def test_the_order_of_comments_does_not_matter_to_the_figures() -> None:
    backwards = Predictions(TRUTH[::-1], np.zeros((4, 2)), PREDICTED[::-1], ("a", "b"))
    one = evaluate_by(PREDICTIONS, members(0, 0, 2, 1))
    other = evaluate_by(backwards, members(1, 2, 0, 0))
    assert [each.recall.value for each in one] == [each.recall.value for each in other]


@given(predictions(), st.data())
@settings(max_examples=40)
def test_themes_and_comments_of_the_groups_add_up(each: Predictions, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, 2), min_size=len(each), max_size=len(each)))
    figures = evaluate_by(each, members(*places), QUICK)
    assert sum(group.comments for group in figures) == len(each)
    assert sum(group.true_themes for group in figures) == each.truth.sum()
    assert sum(group.predicted_themes for group in figures) == each.predicted.sum()
    found = sum((group.recall.value or 0) * group.true_themes for group in figures)
    assert found == pytest.approx((each.truth & each.predicted).sum())


def test_a_group_whose_themes_are_found_less_often_is_materially_worse() -> None:
    x, y, unstated = measured(1_500, 0.85, 0.65, 0.3)
    assert y.materially_worse
    assert y.recall.value == pytest.approx(0.65, abs=0.06)
    assert y.elsewhere == x.recall.value
    assert y.difference.value == pytest.approx(-0.2, abs=0.06)
    assert not x.materially_worse
    assert not unstated.materially_worse


@pytest.mark.parametrize("seed", range(8))
def test_a_group_whose_themes_are_found_as_often_is_not(seed: int) -> None:
    for group in measured(600, 0.8, 0.8, 0.8, seed=seed):
        assert not group.materially_worse
        assert not any(theme.materially_worse for theme in group.by_theme)


def test_a_small_loss_that_is_certain_is_not_material() -> None:
    _, y, _ = evaluate_by(*tagged(30_000, (0.85, 0.82, 0.8)), EvaluationSettings(resamples=100))
    assert y.difference.high is not None
    assert y.difference.high < 0
    assert not y.materially_worse


def test_why_there_is_no_group_is_a_row_that_is_compared_with_nothing() -> None:
    x, y, unstated = measured(1_500, 0.85, 0.85, 0.3)
    assert unstated.missing
    assert unstated.recall.value == pytest.approx(0.3, abs=0.1)
    assert (unstated.elsewhere, unstated.difference.value, unstated.by_theme) == (None, None, ())
    # nor is it among everyone else
    assert (x.elsewhere, y.elsewhere) == (y.recall.value, x.recall.value)


def test_a_group_of_few_comments_is_not_compared() -> None:
    truth = np.ones((60, 1), dtype=bool)
    predicted = truth.copy()
    predicted[:9] = False
    each = Predictions(truth, predicted.astype(float), predicted, ("a",))
    few = evaluate_by(each, members(*[1] * 9, *[0] * 51))[1]
    assert (few.recall.value, few.elsewhere, few.materially_worse) == (0, None, False)
    enough = evaluate_by(each, members(*[1] * 10, *[0] * 50))[1]
    assert enough.materially_worse


def test_everyone_is_not_worse_than_a_few_of_whom_all_was_found_by_chance() -> None:
    """All resamples of the few are alike, so the interval alone is too narrow."""
    truth = np.ones((1_010, 1), dtype=bool)
    predicted = np.arange(1_010)[:, None] % 10 > 1
    predicted[:10] = True
    each = Predictions(truth, predicted.astype(float), predicted, ("a",))
    few, many = evaluate_by(each, members(*[0] * 10, *[1] * 1_000))
    assert few.recall.low == 1
    assert many.difference.value == pytest.approx(-0.2)
    assert many.difference.high is not None
    assert many.difference.high < 0
    assert not many.materially_worse


def test_a_theme_that_is_found_less_often_in_a_group_is_told() -> None:
    each, grouping = tagged(2_000, (0.85, 0.85, 0.85))
    predicted = each.predicted.copy()
    predicted[(grouping.members == 1) & (np.arange(2_000) % 2 == 0), 1] = False
    x, y, _ = evaluate_by(Predictions(each.truth, each.scores, predicted, THEMES), grouping)
    assert [theme.theme for theme in y.by_theme] == list(THEMES)
    assert [theme.theme for theme in y.by_theme if theme.materially_worse] == ["staff"]
    assert not any(theme.materially_worse for theme in x.by_theme)
    staff = y.by_theme[1]
    carried = each.truth[grouping.members == 1, 1]
    assert staff.true_comments == carried.sum()
    assert staff.recall.value == predicted[grouping.members == 1, 1].sum() / carried.sum()


def test_a_theme_is_compared_where_the_group_and_everyone_else_have_enough_of_it() -> None:
    truth = np.zeros((40, 2), dtype=bool)
    truth[:20, 0] = truth[:9, 1] = truth[20:, 1] = True
    truth[20:30, 0] = True
    each = Predictions(truth, truth.astype(float), truth, ("enough", "few"))
    x, y = evaluate_by(each, members(*[0] * 20, *[1] * 20))
    assert [theme.theme for theme in x.by_theme] == ["enough"]
    assert [theme.theme for theme in y.by_theme] == ["enough"]


def test_comments_of_one_response_are_resampled_together() -> None:
    each, grouping = tagged(300, (0.7, 0.7, 0.7))
    twice = Predictions(
        np.tile(each.truth, (2, 1)),
        np.tile(each.scores, (2, 1)),
        np.tile(each.predicted, (2, 1)),
        THEMES,
    )
    doubled = Grouping(GROUPS, np.tile(grouping.members, 2))
    responses = [*range(300), *range(300)]
    once, _, _ = evaluate_by(each, grouping)
    together, _, _ = evaluate_by(twice, doubled, responses=responses)
    apart, _, _ = evaluate_by(twice, doubled)
    assert together.recall == once.recall
    assert width(apart) < width(together)


def width(figures: GroupFigures) -> float:
    assert figures.recall.low is not None
    assert figures.recall.high is not None
    return figures.recall.high - figures.recall.low


def test_calibration_tells_whether_scores_promise_too_much() -> None:
    truth = np.arange(240)[:, None] % 2 == 0
    scores = np.where(np.arange(240)[:, None] < 120, 0.5, 0.9)
    x, y = evaluate_by(
        Predictions(truth, scores, scores > 0.6, ("a",)), members(*[0] * 120, *[1] * 120)
    )
    assert x.calibration_gap.value == pytest.approx(0, abs=1e-6)
    assert x.calibration_error == pytest.approx(0)
    assert y.calibration_gap.value == pytest.approx(0.4)
    assert y.calibration_gap.low is not None
    assert y.calibration_gap.low > 0.25
    assert y.calibration_error == pytest.approx(0.4)


def test_too_few_comments_have_no_calibration_error() -> None:
    for group in evaluate_by(PREDICTIONS, members(0, 0, 2, 1)):
        assert group.calibration_error is None


def test_comments_not_read_cost_recall_and_are_left_out_of_calibration() -> None:
    truth = np.ones((4, 1), dtype=bool)
    scores = np.array([[1.0], [1.0], [0.0], [0.0]])
    statuses = ["tagged", "tagged", "not_english", "empty"]
    each = Predictions(truth, scores, scores > 0.5, ("a",), statuses)
    (x,) = evaluate_by(each, members(0, 0, 0, 0))
    assert (x.read.value, x.recall.value, x.calibration_gap.value) == (0.5, 0.5, 0)


def test_equal_seeds_give_equal_figures() -> None:
    each, grouping = tagged(200, (0.8, 0.7, 0.6))
    one, other = EvaluationSettings(seed=1), EvaluationSettings(seed=2)
    assert evaluate_by(each, grouping, one) == evaluate_by(each, grouping, one)
    assert evaluate_by(each, grouping, one) != evaluate_by(each, grouping, other)


def test_a_comment_without_a_group_or_a_response_is_an_error() -> None:
    with pytest.raises(InvalidPredictionsError, match="3 groups for 4 comments"):
        evaluate_by(PREDICTIONS, members(0, 0, 1))
    with pytest.raises(InvalidPredictionsError, match="2 responses for 4 comments"):
        evaluate_by(PREDICTIONS, members(0, 0, 1, 1), responses=[1, 2])
