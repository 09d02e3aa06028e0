from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import Predictions, ThemeConfusion, evaluate
from evaluation.confusions import theme_confusions
from tests.evaluation.strategies import QUICK, predictions


@given(predictions(), st.integers(0, 20))
@settings(max_examples=50)
def test_confusions_are_those_of_counting_comment_by_comment(each: Predictions, most: int) -> None:
    themes = each.themes
    counted = [
        ThemeConfusion(missed=one, given=other, comments=comments)
        for (a, one), (b, other) in product(enumerate(themes), repeat=2)
        for comments in [
            sum(
                bool(true[a] and not said[a] and said[b] and not true[b])
                for true, said in zip(each.truth, each.predicted, strict=True)
            )
        ]
        if comments
    ]
    largest_first = sorted(counted, key=lambda pair: -pair.comments)
    assert theme_confusions(each, most) == tuple(largest_first[:most])


def test_a_theme_given_beside_the_right_one_is_no_confusion() -> None:
    truth, predicted = np.array([[True, False]]), np.array([[True, True]])
    assert theme_confusions(Predictions(truth, np.ones((1, 2)), predicted, ("a", "b"))) == ()


def test_an_evaluation_shows_the_fifteen_largest() -> None:
    truth = np.zeros((1, 9), dtype=bool)
    truth[0, :4] = True
    evaluation = evaluate(Predictions(truth, np.zeros((1, 9)), ~truth, tuple("abcdefghi")), QUICK)
    assert len(evaluation.confusions) == 15
    assert evaluation.confusions[0] == ThemeConfusion(missed="a", given="e", comments=1)
