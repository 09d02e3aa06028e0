from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import LabelledComment, distinct
from training.fine_tune import Schedule, fine_tune
from training.quick import likeness, speak_as_loudly

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from training import Recipe

    Floats = npt.NDArray[np.floating]

THEMES = ("waiting", "kindness", "parking")


def some_log_odds(seed: int) -> Floats:
    """Of a thousand decisions, some 70 of them above nought."""
    return np.random.default_rng(seed).normal(-3, 2, 1000)


@given(
    seed=st.integers(0, 99),
    scale=st.floats(0.2, 5),
    shift=st.floats(-3, 3),
)
def test_log_odds_that_are_but_scaled_and_shifted_are_brought_back(
    seed: int, scale: float, shift: float
) -> None:
    others = some_log_odds(seed)
    back, by = likeness((others - shift) / scale, others)
    assert (back, by) == pytest.approx((scale, shift), rel=1e-6, abs=1e-6)


@given(seed=st.integers(0, 99))
def test_as_many_are_high_afterwards_as_of_the_others(seed: int) -> None:
    others, own = some_log_odds(seed), np.random.default_rng(seed + 100).gumbel(-5, 1, 1000)
    scale, shift = likeness(own, others)
    assert ((scale * own + shift) > 0).mean() == pytest.approx((others > 0).mean(), abs=0.02)


@pytest.mark.parametrize(
    ("own", "others"),
    [([], []), ([1.0, 2.0], [-1.0, -2.0]), ([1.0, 1.0], [1.0, -1.0]), ([-1.0, 1.0], [1.0, 2.0])],
)
def test_nothing_is_changed_where_nothing_shows_how(own: list[float], others: list[float]) -> None:
    assert likeness(np.array(own), np.array(others)) == (1.0, 0.0)


def test_a_quick_encoder_that_speaks_as_loudly_ranks_comments_as_before(
    tiny_recipe: Recipe, tiny_comments: list[LabelledComment], tmp_path: Path
) -> None:
    data = distinct(tiny_comments, THEMES)
    quick = fine_tune(data, tiny_recipe.encoder, Schedule(2, 0, tmp_path / "work", "test"))
    before = quick.scores(data.texts, data.questions)
    teacher = 2.5 * before[..., 0] + 0.5
    speak_as_loudly(quick, before[..., 0], teacher)
    after = quick.scores(data.texts, data.questions)
    assert after[..., 0] == pytest.approx(teacher, abs=1e-3)
    assert after[..., 1:] == pytest.approx(before[..., 1:])
