from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import CostCurve, Predictions, cost_curve
from evaluation.cost_curves import cost_curves
from tests.evaluation.strategies import predictions


@given(predictions())
@settings(deadline=None)
def test_finding_more_never_costs_less(each: Predictions) -> None:
    curves = cost_curves(each)
    for curve in (curves.overall, *curves.by_theme.values()):
        for dear, cheap in pairwise(reversed(curve.points)):
            assert dear.threshold < cheap.threshold
            assert dear.recall >= cheap.recall
            assert dear.share_read >= cheap.share_read
            assert dear.flags_per_comment > cheap.flags_per_comment


@given(predictions())
@settings(deadline=None)
def test_every_curve_ends_with_everything_found(each: Predictions) -> None:
    curves = cost_curves(each)
    for theme, support in zip(each.themes, each.support, strict=True):
        points = curves.by_theme[theme].points
        assert bool(points) == bool(support)
        assert all(point.recall == 1 for point in points[-1:])


@given(predictions(max_themes=1), st.floats(0.01, 1))
@settings(deadline=None)
def test_a_reading_cost_buys_the_recall_it_promises(each: Predictions, recall: float) -> None:
    curve = cost_curve(each.truth, each.scores)
    cost = curve.reading_cost(recall)
    if cost is None:
        assert not each.truth.any()
        return
    bought = [point.recall for point in curve.points if point.share_read == cost]
    assert bought
    assert max(bought) >= recall


def test_a_perfect_ranking_costs_only_the_comments_that_carry_the_theme() -> None:
    truth = np.arange(100)[:, None] < 20
    curve = cost_curve(truth, np.linspace(1, 0, 100)[:, None])
    assert curve.reading_cost(0.5) == 0.10
    assert curve.reading_cost(1.0) == 0.20
    assert all(point.precision == 1 for point in curve.points)


def test_a_rare_theme_has_as_fine_a_curve_as_a_common_one() -> None:
    truth = np.arange(5000)[:, None] < 20
    curve = cost_curve(truth, np.linspace(1, 0, 5000)[:, None])
    assert [point.recall for point in curve.points] == pytest.approx(np.arange(1, 21) / 20)


def test_a_comment_flagged_for_two_themes_is_read_once() -> None:
    truth = np.array([[True, True], [False, False]])
    last = cost_curve(truth, truth.astype(float)).points[-1]
    assert (last.share_read, last.flags_per_comment) == (0.5, 1.0)


def test_a_theme_no_comment_carries_has_no_reading_cost() -> None:
    curve = cost_curve(np.zeros((3, 1), dtype=bool), np.zeros((3, 1)))
    assert curve == CostCurve(points=())
    assert curve.reading_cost(0.8) is None
