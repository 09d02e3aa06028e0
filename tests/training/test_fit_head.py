import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.theme_head import ThemeHead
from training.fit_head import fit_head
from training.recipe import LightPart

HIDDEN = 8
SETTINGS = LightPart(steps=80, learning_rate=0.05, dropout=0.0)
BASE = ThemeHead(
    attention=np.zeros((HIDDEN, 1), dtype=np.float32),
    readout=np.zeros((1, HIDDEN), dtype=np.float32),
    bias=np.zeros(1, dtype=np.float32),
    polarity_attention=np.full((HIDDEN, 2), 0.5, dtype=np.float32),
    polarity=np.ones((HIDDEN, 2), dtype=np.float32),
    polarity_bias=np.array([1, -1], dtype=np.float32),
)


def comments(seed: int, number: int = 40) -> tuple[list[np.ndarray], np.ndarray]:
    """Comments of one to six tokens; a theme is there where any token has its own direction."""
    rng = np.random.default_rng(seed)
    states = [rng.normal(0, 0.3, (rng.integers(1, 7), HIDDEN)) for _ in range(number)]
    targets = rng.random((number, 2)) < 0.4
    for each, themes in zip(states, targets, strict=True):
        for theme in np.flatnonzero(themes):
            each[rng.integers(len(each)), theme] = 3.0
    return [each.astype(np.float32) for each in states], targets.astype(float)


@given(seed=st.integers(0, 20))
def test_a_theme_that_one_token_shows_is_found_and_looked_for_there(seed: int) -> None:
    states, targets = comments(seed)
    head = fit_head(states, targets, BASE, SETTINGS, seed)
    readings = [head.read(each) for each in states]
    found = np.array([reading.logits > 0 for reading in readings])
    assert (found == (targets > 0.5)).mean() > 0.9
    for each, reading, themes in zip(states, readings, targets, strict=True):
        for theme in np.flatnonzero(themes):
            assert reading.attention[:, theme].argmax() == each[:, theme].argmax()


def test_what_is_unknown_is_not_learnt_from() -> None:
    states, targets = comments(1)
    unknown = targets.copy()
    unknown[::2, 1] = np.nan
    kept = fit_head(states[1::2], targets[1::2], BASE, SETTINGS, 0)
    both = fit_head(states, unknown, BASE, SETTINGS, 0)
    assert both.readout[1] == pytest.approx(kept.readout[1], abs=0.15)
    assert both.readout[0] != pytest.approx(kept.readout[0], abs=1e-6)


def test_praise_and_blame_are_read_as_the_base_reads_them() -> None:
    states, targets = comments(2)
    head = fit_head(states, targets, BASE, SETTINGS, 0)
    assert (head.polarity_attention == BASE.polarity_attention).all()
    assert (head.polarity == BASE.polarity).all()
    assert (head.polarity_bias == BASE.polarity_bias).all()


def test_the_same_seed_gives_the_same_head() -> None:
    states, targets = comments(3)
    settings = LightPart(steps=20, dropout=0.3)
    first, second = (fit_head(states, targets, BASE, settings, 7) for _ in range(2))
    assert (first.readout == second.readout).all()
