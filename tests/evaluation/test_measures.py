from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.metrics import f1_score

from evaluation import Predictions, supported
from evaluation.measures import measure
from tests.evaluation.strategies import predictions

EVERY = np.array([True])


def by_hand(truth: list[bool], predicted: list[bool]) -> tuple[float, float, float]:
    """Precision, recall and F1, counted one decision at a time."""
    found = wrong = missed = 0
    for carried, given_ in zip(truth, predicted, strict=True):
        if carried and given_:
            found += 1
        elif given_:
            wrong += 1
        elif carried:
            missed += 1
    if not found + missed:
        return (0.0 if wrong else float("nan"), float("nan"), float("nan"))
    precision = found / (found + wrong) if found + wrong else float("nan")
    return precision, found / (found + missed), 2 * found / (2 * found + wrong + missed)


@given(predictions())
@settings(deadline=None, max_examples=60)
def test_figures_are_those_counted_by_hand(each: Predictions) -> None:
    measures = measure(each, supported(each.support, 1))
    for i in range(len(each.themes)):
        counted = by_hand(each.truth[:, i].tolist(), each.predicted[:, i].tolist())
        assert measures.by_theme[:, i] == pytest.approx(counted, nan_ok=True)
    pooled = by_hand(each.truth.ravel().tolist(), each.predicted.ravel().tolist())
    assert measures.micro == pytest.approx(pooled, nan_ok=True)


@given(predictions())
@settings(deadline=None, max_examples=30)
def test_macro_f1_is_scikit_learns_over_the_themes_with_examples(each: Predictions) -> None:
    kept = supported(each.support, 1)
    macro = measure(each, kept).macro[2]
    if not kept.any():
        assert isnan(macro)
        return
    labels = [
        f1_score(each.truth[:, i], each.predicted[:, i], zero_division=np.nan)
        for i in np.flatnonzero(kept)
    ]
    assert macro == pytest.approx(np.mean(labels))


def test_a_theme_no_comment_carries_has_no_recall_or_f1() -> None:
    none, some = np.zeros((3, 1), dtype=bool), np.array([[True], [False], [False]])
    measures = measure(Predictions(none, np.zeros((3, 1)), some, ("a",)), ~EVERY)
    precision, recall, f1 = measures.by_theme[:, 0]
    assert precision == 0
    assert isnan(recall)
    assert isnan(f1)
    assert isnan(measures.average_precision[0])


def test_a_theme_carried_but_never_given_has_an_f1_of_zero_and_no_precision() -> None:
    none, some = np.zeros((3, 1), dtype=bool), np.array([[True], [False], [False]])
    precision, recall, f1 = measure(
        Predictions(some, np.zeros((3, 1)), none, ("a",)), EVERY
    ).by_theme[:, 0]
    assert isnan(precision)
    assert (recall, f1) == (0, 0)


def test_the_macro_averages_use_only_themes_with_enough_examples() -> None:
    truth = np.array([[True, True], [True, False], [False, False]])
    predicted = np.array([[True, False], [True, False], [False, False]])
    each = Predictions(truth, np.zeros((3, 2)), predicted, ("common", "rare"))
    assert measure(each, supported(each.support, 1)).macro[2] == 0.5
    assert measure(each, supported(each.support, 2)).macro[2] == 1.0


def test_a_minimum_below_one_still_needs_an_example() -> None:
    assert supported(np.array([0, 1, 5]), 0).tolist() == [False, True, True]
    assert supported(np.array([0, 1, 5]), 5).tolist() == [False, False, True]


def test_a_comment_matches_exactly_only_with_every_theme_right() -> None:
    truth = np.array([[True, True], [True, False]])
    predicted = np.array([[True, True], [True, True]])
    each = Predictions(truth, np.zeros((2, 2)), predicted, ("a", "b"))
    assert measure(each, supported(each.support, 1)).exact_match == 0.5
