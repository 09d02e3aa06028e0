from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.training.drawn_comments import distinct_comments
from training.mixed import mixed

if TYPE_CHECKING:
    from labelled_data import DistinctComments

COUNTS = st.integers(0, 12)


@given(data=distinct_comments(), count=COUNTS, seed=st.integers(0, 3), parts=st.data())
def test_they_are_words_of_comments_of_one_part_that_answer_one_question(
    data: DistinctComments, count: int, seed: int, parts: st.DataObject
) -> None:
    drawn = parts.draw(st.lists(st.integers(0, 2), min_size=len(data), max_size=len(data)))
    part_of = np.array(drawn, dtype=np.int64)
    made = mixed(data, part_of, count, seed)
    assert len(made.comments) == (count if len(data) else 0)
    told = zip(made.comments.texts, made.comments.questions, made.origins.tolist(), strict=True)
    for text, question, origin in told:
        assert data.questions[origin] == question
        alike = [
            data.texts[row]
            for row in range(len(data))
            if part_of[row] == part_of[origin] and data.questions[row] == question
        ]
        assert text
        assert set(text.split()) <= set(" ".join(alike).split())


@given(data=distinct_comments(), count=COUNTS)
def test_nothing_is_known_of_them(data: DistinctComments, count: int) -> None:
    made = mixed(data, np.zeros(len(data), dtype=np.int64), count, 0)
    assert np.isnan(made.comments.targets).all()
    assert np.isnan(made.comments.polarity).all()


@given(data=distinct_comments(), seed=st.integers(0, 5))
def test_the_same_seed_makes_the_same(data: DistinctComments, seed: int) -> None:
    parts = np.zeros(len(data), dtype=np.int64)
    first, second = (mixed(data, parts, 5, seed).comments.texts for _ in range(2))
    assert first == second
