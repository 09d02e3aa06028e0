from typing import Any

import numpy as np
import pytest

from evaluation import InvalidPredictionsError, Predictions

FLAGS = np.zeros((2, 2), dtype=bool)
FITTING: dict[str, Any] = {
    "truth": FLAGS,
    "scores": np.zeros((2, 2)),
    "predicted": FLAGS,
    "themes": ("a", "b"),
    "statuses": ["tagged", "empty"],
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scores": np.zeros((2, 3))}, r"scores has shape \(2, 3\), expected \(2, 2\)"),
        ({"predicted": FLAGS[:1]}, "predicted has shape"),
        ({"truth": FLAGS[:0]}, "no comment"),
        ({"themes": ()}, "no theme"),
        ({"themes": ("a", "a")}, "more than once: a"),
        ({"statuses": ["tagged"]}, "1 statuses for 2 comments"),
        ({"predicted": FLAGS.astype(int)}, "predicted must be boolean, not int64"),
        ({"scores": np.full((2, 2), 1.1)}, "from 0 to 1"),
        ({"scores": np.full((2, 2), np.nan)}, "from 0 to 1"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidPredictionsError, match=message):
        Predictions(**(FITTING | change))


def test_support_counts_the_comments_that_carry_each_theme() -> None:
    truth = np.array([[True, False], [True, True]])
    assert Predictions(**(FITTING | {"truth": truth})).support.tolist() == [2, 1]
