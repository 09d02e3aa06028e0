from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from models import DamagedArtefactError
from models.artefact import HEAD
from models.theme_head import ThemeHead

Floats = npt.NDArray[np.float32]

HIDDEN = 4


def array(seed: int, *shape: int, scale: float = 1.0) -> Floats:
    return (scale * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)


def a_head(seed: int = 0, themes: int = 3, scale: float = 1.0) -> ThemeHead:
    return ThemeHead(
        attention=array(seed, HIDDEN, themes, scale=scale),
        readout=array(seed + 1, themes, HIDDEN),
        bias=array(seed + 2, themes),
        polarity_attention=array(seed + 3, HIDDEN, 2),
        polarity=array(seed + 4, HIDDEN, 2),
        polarity_bias=array(seed + 5, 2),
    )


heads = st.builds(
    a_head,
    seed=st.integers(0, 999),
    themes=st.integers(1, 6),
    scale=st.sampled_from([0.0, 1.0, 30.0, 1e4]),
)
windows = st.builds(
    lambda seed, tokens, scale: array(seed, tokens, HIDDEN, scale=scale),
    seed=st.integers(1000, 1999),
    tokens=st.integers(1, 12),
    scale=st.sampled_from([0.1, 1.0, 50.0]),
)


@given(heads, st.lists(windows, min_size=1, max_size=5))
def test_windows_end_to_end_say_what_each_says_alone(head: ThemeHead, parts: list[Floats]) -> None:
    together = head.read_end_to_end(np.concatenate(parts), np.array([len(each) for each in parts]))
    for place, states in enumerate(parts):
        one, alone = together[place], head.read(states)
        largest = float(np.abs(states).max())
        assert one.attention == pytest.approx(alone.attention, abs=1e-4)
        assert one.logits == pytest.approx(alone.logits, rel=1e-3, abs=1e-3 * largest)
        assert one.polarity == pytest.approx(alone.polarity, rel=1e-3, abs=1e-3 * largest)


@given(heads, windows)
def test_each_theme_parts_its_attention_among_all_the_tokens(
    head: ThemeHead, states: Floats
) -> None:
    attention = head.read(states).attention
    assert attention.shape == (len(states), len(head.bias))
    assert (attention >= 0).all()
    assert attention.sum(axis=0) == pytest.approx(1, abs=1e-5)


@given(heads, windows)
def test_log_odds_are_those_of_the_states_weighted_by_attention(
    head: ThemeHead, states: Floats
) -> None:
    reading = head.read(states)
    assert reading.logits.dtype == reading.polarity.dtype == np.float32
    for theme in range(len(head.bias)):
        read = sum(
            share * state for share, state in zip(reading.attention[:, theme], states, strict=True)
        )
        logit = np.dot(read, head.readout[theme]) + head.bias[theme]
        assert reading.logits[theme] == pytest.approx(logit, rel=1e-3, abs=1e-3)


@given(heads, windows)
def test_praise_and_blame_are_each_read_as_if_a_theme_looked_for_it_alone(
    head: ThemeHead, states: Floats
) -> None:
    polarity = head.read(states).polarity
    assert polarity.dtype == np.float32
    for side in (0, 1):
        looking = ThemeHead(
            attention=head.attention + head.polarity_attention[:, [side]],
            readout=np.tile(head.polarity[:, side], (len(head.bias), 1)),
            bias=np.full(len(head.bias), head.polarity_bias[side]),
            polarity_attention=head.polarity_attention,
            polarity=head.polarity,
            polarity_bias=head.polarity_bias,
        )
        assert polarity[:, side] == pytest.approx(looking.read(states).logits, rel=1e-2, abs=1e-2)


@given(heads, windows, st.randoms(use_true_random=False))
def test_the_order_of_tokens_moves_attention_with_them_and_changes_no_log_odds(
    head: ThemeHead, states: Floats, random: np.random.Generator
) -> None:
    order = list(range(len(states)))
    random.shuffle(order)
    one, other = head.read(states), head.read(states[order])
    assert other.logits == pytest.approx(one.logits, rel=1e-3, abs=1e-3)
    assert other.polarity == pytest.approx(one.polarity, rel=1e-3, abs=1e-3)
    assert other.attention == pytest.approx(one.attention[order], abs=1e-3)


@given(heads, windows)
def test_a_theme_is_read_as_if_the_others_were_not_there(head: ThemeHead, states: Floats) -> None:
    whole = head.read(states)
    for theme in range(len(head.bias)):
        only = slice(theme, theme + 1)
        alone = ThemeHead(
            attention=head.attention[:, only],
            readout=head.readout[only],
            bias=head.bias[only],
            polarity_attention=head.polarity_attention,
            polarity=head.polarity,
            polarity_bias=head.polarity_bias,
        ).read(states)
        assert alone.logits == pytest.approx(whole.logits[only], rel=1e-3, abs=1e-3)
        assert alone.attention == pytest.approx(whole.attention[:, only], abs=1e-3)


def test_a_head_that_looks_nowhere_in_particular_reads_the_mean_of_the_tokens() -> None:
    head, states = a_head(scale=0), array(7, 5, HIDDEN)
    reading = head.read(states)
    assert reading.attention == pytest.approx(np.full((5, 3), 0.2))
    assert reading.logits == pytest.approx(head.readout @ states.mean(axis=0) + head.bias, abs=1e-5)


def test_praise_and_blame_of_one_theme_are_both_heard_where_they_stand_apart() -> None:
    waiting, quick, slow, other = np.eye(4, dtype=np.float32)
    head = ThemeHead(
        attention=5 * waiting[:, None],
        readout=5 * waiting[None],
        bias=np.full(1, -2, dtype=np.float32),
        polarity_attention=10 * np.stack([quick, slow], axis=1),
        polarity=5 * np.stack([quick, slow], axis=1),
        polarity_bias=np.full(2, -2, dtype=np.float32),
    )
    assert (head.read(np.stack([waiting + quick, other, waiting + slow])).polarity > 0).all()
    only_quick = head.read(np.stack([waiting + quick, other, waiting]))
    assert (only_quick.polarity > 0).tolist() == [[True, False]]


def test_a_theme_looks_where_its_word_is_and_tells_praise_from_blame_there() -> None:
    kind, slow, other = np.eye(3, 4, dtype=np.float32)
    head = ThemeHead(
        attention=20 * np.stack([kind, slow], axis=1),
        readout=5 * np.stack([kind, slow]),
        bias=np.full(2, -2, dtype=np.float32),
        polarity_attention=np.zeros((HIDDEN, 2), dtype=np.float32),
        polarity=5 * np.stack([kind, slow], axis=1),
        polarity_bias=np.full(2, -2, dtype=np.float32),
    )
    reading = head.read(np.stack([other, kind, other, slow]))
    assert reading.attention.argmax(axis=0).tolist() == [1, 3]
    assert (reading.logits > 2).all()
    assert (reading.polarity > 0).tolist() == [[True, False], [False, True]]


def test_a_saved_head_reads_as_before(tmp_path: Path) -> None:
    head, states = a_head(), array(7, 5, HIDDEN)
    head.save(tmp_path)
    again = ThemeHead.load(tmp_path).read(states)
    assert np.array_equal(again.logits, head.read(states).logits)
    assert np.array_equal(again.polarity, head.read(states).polarity)
    assert np.array_equal(again.attention, head.read(states).attention)


def test_a_head_cut_from_a_larger_one_is_saved_with_its_own_columns_only(tmp_path: Path) -> None:
    wide = array(1, HIDDEN, 9)
    head = ThemeHead(
        attention=wide[:, 2:5],
        readout=array(2, 3, HIDDEN),
        bias=array(3, 3),
        polarity_attention=wide[:, 5:7],
        polarity=wide[:, 7:],
        polarity_bias=array(4, 2),
    )
    head.save(tmp_path)
    assert np.array_equal(ThemeHead.load(tmp_path).attention, wide[:, 2:5])
    assert np.array_equal(ThemeHead.load(tmp_path).polarity, wide[:, 7:])


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\xff" * 64])
def test_a_file_that_is_no_head_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / HEAD).write_bytes(content)
    with pytest.raises(DamagedArtefactError, match=r"head\.safetensors"):
        ThemeHead.load(tmp_path)


@pytest.mark.parametrize("wrong", ["missing", "more"])
def test_other_arrays_than_those_of_a_head_are_refused_by_name(tmp_path: Path, wrong: str) -> None:
    a_head().save(tmp_path)
    arrays = load_file(tmp_path / HEAD)
    if wrong == "missing":
        del arrays["polarity_bias"]
    else:
        arrays["surprise"] = np.zeros(1, dtype=np.float32)
    save_file(arrays, tmp_path / HEAD)
    with pytest.raises(DamagedArtefactError, match=r"head\.safetensors: does not hold the arrays"):
        ThemeHead.load(tmp_path)
