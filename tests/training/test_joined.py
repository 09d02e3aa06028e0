from __future__ import annotations

import re
from dataclasses import replace
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import DistinctComments, Span, distinct
from tests.training.drawn_comments import comment, distinct_comments
from training.joined import LONGEST, joined

seeds = st.integers(0, 99)


def halves_of(text: str) -> tuple[int, int]:
    """The rows of the two drawn comments that a joined text is made of."""
    rows = re.findall(r"comment (\d+)\.", text)
    return int(rows[0]), int(rows[-1])


def target_of_both(one: float, other: float) -> float:
    if 1 in (one, other):
        return 1
    return float("nan") if isnan(one) or isnan(other) else max(one, other)


def tone_of_both(halves: list[tuple[float, float]]) -> float:
    """Praise or blame from each half's target and its own; NaN where it is not all known."""
    tones = [tone for target, tone in halves if target != 0]
    return max(tones) if tones and not any(map(isnan, tones)) else float("nan")


@given(data=distinct_comments(), seed=seeds)
def test_a_joined_comment_reads_as_one_comment_and_then_another_to_the_same_question(
    data: DistinctComments, seed: int
) -> None:
    both = joined(data, 1, seed)
    assert [halves_of(text)[0] for text in both.texts] == list(range(len(data)))
    for text, question in zip(both.texts, both.questions, strict=True):
        first, second = halves_of(text)
        assert text == f"{data.texts[first]} {data.texts[second]}"
        assert question == data.questions[first] == data.questions[second]


@given(data=distinct_comments(), seed=seeds)
def test_a_joined_comment_has_the_themes_of_both_and_what_may_be_in_either_is_unknown(
    data: DistinctComments, seed: int
) -> None:
    both = joined(data, 1, seed)
    expected = [
        [target_of_both(*pair) for pair in data.targets[list(halves_of(text))].T]
        for text in both.texts
    ]
    assert both.targets == pytest.approx(np.array(expected), nan_ok=True)


@given(data=distinct_comments(), seed=seeds)
def test_where_all_is_known_a_joined_comment_has_exactly_the_themes_of_both(
    data: DistinctComments, seed: int
) -> None:
    told = data.with_targets(np.nan_to_num(data.targets))
    both = joined(told, 1, seed)
    for text, labels in zip(both.texts, both.labels, strict=True):
        assert labels.tolist() == told.labels[list(halves_of(text))].any(axis=0).tolist()


@given(data=distinct_comments(), seed=seeds)
def test_a_theme_is_praised_or_blamed_where_either_half_does_and_all_that_is_said_is_known(
    data: DistinctComments, seed: int
) -> None:
    both = joined(data, 1, seed)
    for text, polarity in zip(both.texts, both.polarity, strict=True):
        rows = halves_of(text)
        expected = [
            [tone_of_both([(data.targets[r, t], data.polarity[r, t, side]) for r in rows])
             for side in range(2)]
            for t in range(polarity.shape[0])
        ]  # fmt: skip
        assert polarity == pytest.approx(np.array(expected), nan_ok=True)


@given(data=distinct_comments(), seed=seeds)
def test_the_evidence_of_a_joined_comment_is_what_was_shown_in_each_half_or_else_the_half(
    data: DistinctComments, seed: int
) -> None:
    both = joined(data, 1, seed)
    for text, told in zip(both.texts, both.evidence, strict=True):
        expected: dict[int, list[str]] = {}
        for row in halves_of(text):
            whole = (Span(0, len(data.texts[row])),)
            for theme in np.flatnonzero(data.labels[row]).tolist():
                shown = data.evidence[row].get(theme, whole)
                words = [span.of(data.texts[row]) for span in shown]
                expected[theme] = expected.get(theme, []) + words
        assert {theme: [s.of(text) for s in spans] for theme, spans in told.items()} == expected


@pytest.mark.parametrize("seed", range(8))
def test_evidence_points_to_the_right_words_whichever_half_comes_first(seed: int) -> None:
    kind = {"kindness": (Span(4, 15),)}
    shown = [comment("Slow.", "waiting"), comment("Ok. Kind nurse.", "kindness", evidence=kind)]
    both = joined(distinct(shown, ("waiting", "kindness")), 1, seed)
    for text, told in zip(both.texts, both.evidence, strict=True):
        for theme, words in enumerate(("Slow.", "Kind nurse.")):
            found = [span.of(text) for span in told.get(theme, ())]
            assert found == [words] * text.count(words)


@given(data=distinct_comments(), seed=seeds, share=st.floats(0, 1))
def test_the_same_draw_joins_the_same_comments(
    data: DistinctComments, seed: int, share: float
) -> None:
    assert joined(data, share, seed).texts == joined(data, share, seed).texts


@given(data=distinct_comments(), seed=seeds)
def test_none_are_joined_where_the_share_is_nought(data: DistinctComments, seed: int) -> None:
    none = joined(data, 0, seed)
    assert len(none) == len(none.evidence) == 0
    assert none.targets.shape == (0, data.targets.shape[1])
    assert data.and_also(none).texts == data.texts


def test_about_the_share_asked_for_is_joined() -> None:
    data = distinct([comment(f"comment {row}") for row in range(2000)], ("waiting",))
    assert len(joined(data, 0.3, seed=1)) == pytest.approx(600, abs=80)


def test_long_comments_stay_as_they_are() -> None:
    texts = [f"comment {row}." + " very" * (60 * (row % 2)) + " slow" for row in range(10)]
    assert sum(len(text) > LONGEST for text in texts) == 5
    both = joined(distinct([comment(text) for text in texts], ("waiting",)), 1, seed=0)
    assert len(both) == 5
    assert not any("very" in text for text in both.texts)


@given(data=distinct_comments(), seed=seeds)
def test_the_sentiment_of_a_joined_comment_is_not_told(data: DistinctComments, seed: int) -> None:
    told = replace(data, sentiments=np.ones(len(data)))
    assert np.isnan(joined(told, 1, seed).sentiments).all()
