from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy.special import expit, logit

from labelled_data.distinct_comments import DistinctComments, unlabelled
from training.taught import taught

Floats = npt.NDArray[np.float64]

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
    scores = np.concatenate([logit(np.array([chances]))[..., None], sides], axis=2)
    return taught(data, scores, label_share=0.5)


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


@given(
    targets=npst.arrays(np.float64, (4, 3), elements=st.sampled_from([0.0, 0.4, 1.0, NAN])),
    logits=npst.arrays(np.float64, (4, 3), elements=st.floats(-9, 9) | st.just(NAN)),
)
def test_a_teachers_word_may_be_taken_only_for_what_people_left_unknown(
    targets: Floats, logits: Floats
) -> None:
    data = unlabelled([f"comment {row}" for row in range(4)], [None] * 4, 3).with_targets(targets)
    learnt = taught(data, np.repeat(logits[..., None], 3, axis=2))
    for place, target in np.ndenumerate(learnt.targets):
        said, word = targets[place], logits[place]
        assert target == pytest.approx(expit(word) if np.isnan(said) else said, nan_ok=True)


def test_where_a_teacher_says_nothing_people_are_believed() -> None:
    lesson = a_lesson([1, 0], [NAN, NAN], [NAN] * 2, 0.9)
    assert lesson.targets[0].tolist() == [1, 0]
    assert np.isnan(lesson.polarity).all()
