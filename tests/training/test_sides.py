from dataclasses import replace

import numpy as np

from labelled_data.distinct_comments import DistinctComments, unlabelled
from training.sides import sides_of, with_sides

NAN = float("nan")
UNTOLD = (NAN, NAN)


def comments(
    targets: list[list[float]], polarity: list[list[tuple[float, float]]]
) -> DistinctComments:
    nothing = unlabelled(["comment"] * len(targets), [None] * len(targets), len(targets[0]))
    return replace(nothing, targets=np.array(targets), polarity=np.array(polarity))


def test_a_comment_praises_where_any_of_its_themes_is_praised_and_blames_likewise() -> None:
    data = comments(
        [[1, 1], [1, 1], [1, 0], [1, 1]],
        [
            [(1, 0), (1, 0)],
            [(1, 0), (0, 1)],
            [(0, 0), UNTOLD],
            [UNTOLD, (0, 1)],
        ],
    )
    assert sides_of(data).tolist() == [[1, 0], [1, 1], [0, 0], [0, 1]]


def test_nothing_is_known_of_a_comment_whose_themes_nobody_told_the_polarity_of() -> None:
    data = comments([[1, 0], [0, 0], [NAN, NAN]], [[UNTOLD] * 2] * 3)
    assert np.isnan(sides_of(data)).all()


def test_what_was_said_of_a_theme_that_most_did_not_give_does_not_count() -> None:
    data = comments([[1, 0.25]], [[(1, 0), (0, 1)]])
    assert sides_of(data).tolist() == [[1, 0]]


def test_both_sides_stand_after_the_themes() -> None:
    data = comments([[1, 0], [0, 0]], [[(0, 1), UNTOLD], [UNTOLD, UNTOLD]])
    wider = with_sides(data)
    expected = np.array([[1, 0, 0, 1], [0, 0, NAN, NAN]])
    assert np.array_equal(wider.targets, expected, equal_nan=True)
    assert wider.texts == data.texts
    assert wider.polarity.shape == (2, 4, 2)
    assert np.isnan(wider.polarity).all()
