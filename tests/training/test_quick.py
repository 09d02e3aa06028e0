from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit

from labelled_data.distinct_comments import DistinctComments, unlabelled
from training.quick import quick_lesson

NAN = float("nan")


def a_lesson(
    targets: list[float], chances: list[float], said: list[float], heard: float
) -> DistinctComments:
    """What is learnt of one comment.

    Args:
        targets: What people say of each theme.
        chances: What the teacher says.
        said: Whether people found each theme praised and not blamed.
        heard: The teacher's chance of praise, of all themes; of blame it is what is left.
    """
    themes = len(targets)
    people = np.stack([np.array(said), 1 - np.array(said)], axis=1)[None]
    data = replace(
        unlabelled(["comment"], [None], themes), targets=np.array([targets]), polarity=people
    )
    sides = np.tile(logit([heard, 1 - heard]), (1, themes, 1))
    return quick_lesson(data, logit(np.array([chances])), sides)


def test_a_label_and_the_teachers_chance_count_the_same_and_the_chance_alone_without_a_label() -> (
    None
):
    lesson = a_lesson([1, 0, NAN], [0.6, 0.2, 0.3], [NAN] * 3, 0.9)
    assert lesson.targets[0] == pytest.approx([0.8, 0.1, 0.3])


def test_the_teachers_word_on_polarity_is_learnt_where_a_theme_is_clear() -> None:
    lesson = a_lesson([NAN, NAN], [0.7, 0.4], [NAN, NAN], 0.9)
    assert lesson.polarity[0, 0] == pytest.approx([0.9, 0.1])
    assert np.isnan(lesson.polarity[0, 1]).all()


def test_what_people_said_of_polarity_goes_before_the_teachers_word() -> None:
    lesson = a_lesson([1, 1], [0.9, 0.1], [0, 0], 0.9)
    assert lesson.polarity[0].tolist() == [[0, 1], [0, 1]]


def test_the_comments_stay_as_they_are() -> None:
    lesson = a_lesson([1], [0.5], [NAN], 0.5)
    assert (lesson.texts, lesson.questions) == (("comment",), (None,))
