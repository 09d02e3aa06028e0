import re
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from labelled_data import Span
from models.encoding import Window
from models.reading import carrying, joined_reading
from models.segmentation import sentences
from models.theme_head import WindowReading

Floats = npt.NDArray[np.float32]

THEMES = 3
HEAD = 2
COMMENT = "Kind nurse. Long wait! Cold tea"


def array(values: list[float] | list[list[float]]) -> Floats:
    return np.array(values, dtype=np.float32)


def windows_of(text: str, count: int) -> list[Window]:
    """The words of a text as the tokens of some windows."""
    tokens = [Span(*word.span()) for word in re.finditer(r"\w+|[^\w\s]", text)]
    cuts = [len(tokens) * place // count for place in range(count + 1)]
    return [
        Window([0] * (HEAD + stop - start + 1), HEAD, tuple(tokens[start:stop]))
        for start, stop in pairwise(cuts)
    ]


def reading_of(window: Window, rng: np.random.Generator, scale: float = 3.0) -> WindowReading:
    raw = np.exp(scale * rng.standard_normal((len(window.ids), THEMES)))
    return WindowReading(
        logits=(scale * rng.standard_normal(THEMES)).astype(np.float32),
        polarity=(scale * rng.standard_normal((THEMES, 2))).astype(np.float32),
        attention=(raw / raw.sum(axis=0)).astype(np.float32),
    )


def said(logits: list[float], polarity: list[list[float]] | None = None) -> WindowReading:
    """What a window of one token says."""
    return WindowReading(
        logits=array(logits),
        polarity=array(polarity or [[0.0, 0.0]] * len(logits)),
        attention=np.full((HEAD + 2, len(logits)), 1 / (HEAD + 2), dtype=np.float32),
    )


def looking_at(*tokens: int, of: Window) -> WindowReading:
    """A reading of one theme that looks at some of the comment's tokens alone."""
    attention = np.zeros((len(of.ids), 1), dtype=np.float32)
    attention[[of.head + token for token in tokens]] = 1 / len(tokens)
    return WindowReading(array([4.0]), array([[0.0, 0.0]]), attention)


prose = (
    st.lists(st.sampled_from(["Kind nurse.", "Long wait!", "Why?", "cold tea", "\n", "Dr. Lee"]))
    .map(" ".join)
    .filter(lambda text: re.search(r"\w", text) is not None)
)
seeds = st.integers(0, 9999)
counts = st.integers(1, 4)


@given(prose, seeds)
def test_a_comment_of_one_window_is_read_as_its_window(text: str, seed: int) -> None:
    (window,) = windows_of(text, 1)
    read = reading_of(window, np.random.default_rng(seed))
    reading = joined_reading(text, [window], [read])
    assert np.array_equal(reading.logits, read.logits)
    assert np.array_equal(reading.polarity, read.polarity)
    assert reading.sentences == sentences(text)


@given(prose, counts, seeds)
def test_a_theme_has_the_highest_log_odds_of_the_windows(text: str, count: int, seed: int) -> None:
    windows = windows_of(text, count)
    rng = np.random.default_rng(seed)
    readings = [reading_of(window, rng) for window in windows]
    reading = joined_reading(text, windows, readings)
    for theme in range(THEMES):
        assert reading.logits[theme] == max(read.logits[theme] for read in readings)


@given(prose, counts, seeds)
def test_polarity_comes_from_the_windows_that_speak_of_the_theme(
    text: str, count: int, seed: int
) -> None:
    windows = windows_of(text, count)
    rng = np.random.default_rng(seed)
    readings = [reading_of(window, rng) for window in windows]
    reading = joined_reading(text, windows, readings)
    for theme in range(THEMES):
        best = max(read.logits[theme] for read in readings)
        speaking = [read for read in readings if read.logits[theme] >= min(best, 0)]
        for side in (0, 1):
            highest = max(read.polarity[theme, side] for read in speaking)
            assert reading.polarity[theme, side] == highest
    assert np.isfinite(reading.polarity).all()


def test_praise_in_one_window_and_blame_in_another_are_both_kept() -> None:
    windows = windows_of("kind rude", 2)
    readings = [said([2.0], [[3.0, -3.0]]), said([1.0], [[-3.0, 3.0]])]
    assert joined_reading("kind rude", windows, readings).polarity.tolist() == [[3.0, 3.0]]


def test_a_window_that_does_not_speak_of_a_theme_has_no_say_in_its_polarity() -> None:
    windows = windows_of("kind tea", 2)
    readings = [said([2.0], [[3.0, -3.0]]), said([-1.0], [[-3.0, 9.0]])]
    assert joined_reading("kind tea", windows, readings).polarity.tolist() == [[3.0, -3.0]]


@given(prose, counts, seeds)
def test_weights_share_out_what_each_window_sees_in_its_own_tokens(
    text: str, count: int, seed: int
) -> None:
    windows = windows_of(text, count)
    rng = np.random.default_rng(seed)
    readings = [reading_of(window, rng) for window in windows]
    reading = joined_reading(text, windows, readings)
    expected = np.zeros((len(reading.sentences), THEMES))
    for window, read in zip(windows, readings, strict=True):
        for place, token in enumerate(window.spans):
            (home,) = (
                row
                for row, sentence in enumerate(reading.sentences)
                if sentence.start <= token.start < sentence.end
            )
            says = expit(read.logits) if len(windows) > 1 else 1
            expected[home] += read.attention[window.head + place] * says
    if len(reading.sentences) == 1:
        expected[:] = 1
    for theme in range(THEMES):
        weights = np.array(reading.weights(theme))
        assert weights == pytest.approx(expected[:, theme], abs=1e-5)
        assert (weights >= 0).all()
        assert (weights <= len(windows) + 1e-5).all()


@given(prose, counts, seeds, st.floats(0, 1))
def test_every_theme_has_evidence_that_stands_in_the_comment(
    text: str, count: int, seed: int, share: float
) -> None:
    windows = windows_of(text, count)
    rng = np.random.default_rng(seed)
    readings = [reading_of(window, rng, scale=20) for window in windows]
    reading = joined_reading(text, windows, readings)
    for theme in range(THEMES):
        evidence = reading.evidence(theme, share)
        assert evidence
        assert set(evidence) <= set(sentences(text))
        assert list(evidence) == sorted(evidence)
        assert reading.sentences[int(np.argmax(reading.weights(theme)))] in evidence


@given(prose, counts, seeds, st.floats(0, 1), st.floats(0, 1))
def test_a_lower_share_gives_no_less_evidence(
    text: str, count: int, seed: int, one: float, other: float
) -> None:
    windows = windows_of(text, count)
    rng = np.random.default_rng(seed)
    reading = joined_reading(text, windows, [reading_of(window, rng) for window in windows])
    for theme in range(THEMES):
        more, fewer = (reading.evidence(theme, share) for share in sorted((one, other)))
        assert set(fewer) <= set(more)
        assert reading.evidence(theme, 0) == reading.sentences


@pytest.mark.parametrize(
    ("tokens", "evidence"),
    [
        ((0, 1), ["Kind nurse."]),
        ((4,), ["Long wait!"]),
        ((0, 6, 7), ["Cold tea"]),
        ((1, 6), ["Kind nurse.", "Cold tea"]),
        ((0, 3, 6), ["Kind nurse.", "Long wait!", "Cold tea"]),
    ],
)
def test_evidence_is_the_sentences_that_are_looked_at(
    tokens: tuple[int, ...], evidence: list[str]
) -> None:
    (window,) = windows_of(COMMENT, 1)
    reading = joined_reading(COMMENT, [window], [looking_at(*tokens, of=window)])
    assert [span.of(COMMENT) for span in reading.evidence(0, 0.6)] == evidence


def test_what_a_sure_window_looks_at_outweighs_what_a_doubtful_one_does() -> None:
    first, second = windows_of("Kind nurse. Cold tea", 2)
    sure, doubtful = looking_at(0, of=first), looking_at(0, of=second)
    doubtful = WindowReading(array([-4.0]), doubtful.polarity, doubtful.attention)
    reading = joined_reading("Kind nurse. Cold tea", [first, second], [sure, doubtful])
    assert reading.evidence(0, 0.5) == (Span(0, 11),)


def test_a_theme_that_was_read_from_the_question_alone_has_the_whole_comment() -> None:
    (window,) = windows_of(COMMENT, 1)
    read = looking_at(0, of=window)
    attention = np.zeros_like(read.attention)
    attention[0] = 1
    nowhere = WindowReading(read.logits, read.polarity, attention)
    reading = joined_reading(COMMENT, [window], [nowhere])
    assert reading.evidence(0, 0.5) == sentences(COMMENT)


def test_the_only_sentence_of_a_comment_is_its_evidence() -> None:
    (window,) = windows_of("  Kind nurse ", 1)
    reading = joined_reading("  Kind nurse ", [window], [said([-9.0, 9.0])])
    assert reading.evidence(0, 1.0) == reading.evidence(1, 0.0) == (Span(2, 12),)


def test_evidence_of_equal_weight_is_all_given() -> None:
    weights = [1.0, 0.49, 1.0, 0.5]
    assert carrying(weights, 1.0) == [0, 2]
    assert carrying(weights, 0.5) == [0, 2, 3]
