from __future__ import annotations

import re
from dataclasses import replace
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import BLAME, PRAISE, DistinctComments, Polarity, Span, distinct
from tests.training.drawn_comments import comment, distinct_comments
from training.joined import LONGEST, TURNS, contrasted, joined

seeds = st.integers(0, 99)
GOOD, BAD = {"waiting": Polarity.POSITIVE}, {"waiting": Polarity.NEGATIVE}


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
    accompanied = [row for row in range(len(data)) if data.questions.count(data.questions[row]) > 1]
    assert [halves_of(text)[0] for text in both.texts] == accompanied
    for text, question in zip(both.texts, both.questions, strict=True):
        first, second = halves_of(text)
        assert first != second
        assert text == f"{data.texts[first]} {data.texts[second]}"
        assert question == data.questions[first] == data.questions[second]


def test_a_comment_is_joined_to_any_other_and_never_to_itself() -> None:
    data = distinct([comment(f"comment {row}.") for row in range(4)], ("waiting",))
    drawn = {halves_of(text) for seed in range(60) for text in joined(data, 1, seed).texts}
    assert drawn == {(one, other) for one in range(4) for other in range(4) if one != other}


def test_a_comment_that_alone_answers_its_question_is_left_out() -> None:
    questions = ("Why?", "How?", "Why?", None)
    said = [comment(f"comment {row}.", question=asked) for row, asked in enumerate(questions)]
    both = joined(distinct(said, ("waiting",)), 1, seed=0)
    assert [halves_of(text) for text in both.texts] == [(0, 2), (2, 0)]


@given(data=distinct_comments(), seed=seeds)
def test_a_joined_comment_has_the_themes_of_both_and_what_may_be_in_either_is_unknown(
    data: DistinctComments, seed: int
) -> None:
    both = joined(data, 1, seed)
    for text, targets in zip(both.texts, both.targets, strict=True):
        expected = [target_of_both(*pair) for pair in data.targets[list(halves_of(text))].T]
        assert targets == pytest.approx(np.array(expected), nan_ok=True)


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


@st.composite
def unended_comments(draw: st.DrawFn, themes: int = 2) -> DistinctComments:
    """Drawn comments, of which some do not end their last sentence."""
    data = draw(distinct_comments(themes=themes))
    texts = tuple(draw(st.sampled_from((text, text.rstrip(".")))) for text in data.texts)
    evidence = tuple(
        {t: tuple(Span(s.start, min(s.end, len(text))) for s in told[t]) for t in told}
        for text, told in zip(texts, data.evidence, strict=True)
    )
    return replace(data, texts=texts, evidence=evidence)


def pair_of(text: str, data: DistinctComments) -> tuple[int, str, int]:
    """The rows of the two comments that a contrasted text is made of, and what stands between."""
    (found,) = (
        (one, turn, other)
        for one, first in enumerate(data.texts)
        for other, second in enumerate(data.texts)
        for turn in (" ", *TURNS)
        if text == first + turn + second
    )
    return found


def sides_of(data: DistinctComments, row: int) -> set[tuple[int, int]]:
    """The themes that a comment has and only praises or only blames, and which."""
    return {
        (theme, side)
        for theme in np.flatnonzero(data.labels[row]).tolist()
        for side in (PRAISE, BLAME)
        if data.polarity[row, theme, side] >= 0.5 > data.polarity[row, theme, 1 - side]
    }


@given(data=unended_comments(), seed=seeds)
def test_a_contrasted_comment_reads_as_one_comment_a_turn_and_another(
    data: DistinctComments, seed: int
) -> None:
    both = contrasted(data, 1, seed)
    for text, question in zip(both.texts, both.questions, strict=True):
        first, turn, _ = pair_of(text, data)
        assert question == data.questions[first]
        assert turn in ((" ",) if data.texts[first].endswith(".") else TURNS)


def test_people_turn_to_the_opposite_in_many_ways() -> None:
    said = [
        comment("It was quick", "waiting", polarity=GOOD),
        comment("it was slow in the end", "waiting", polarity=BAD),
    ]
    data = distinct(said, ("waiting",))
    found = {contrasted(data, 1, seed).texts[0] for seed in range(60)}
    assert found == {f"It was quick{turn}it was slow in the end" for turn in TURNS}


@given(data=unended_comments(), seed=seeds)
def test_a_theme_that_only_one_half_praises_and_the_other_blames_is_both_in_a_contrasted_comment(
    data: DistinctComments, seed: int
) -> None:
    both = contrasted(data, 1, seed)
    for row, text in enumerate(both.texts):
        first, _, second = pair_of(text, data)
        opposite = {(theme, 1 - side) for theme, side in sides_of(data, second)}
        (drew, *_) = themes = [theme for theme, _ in sides_of(data, first) & opposite]
        assert both.labels[row, drew]
        assert (both.polarity[row, themes] >= 0.5).all()


@given(data=unended_comments(themes=1), seed=seeds)
def test_each_comment_is_contrasted_whose_opposite_somebody_says_and_no_other(
    data: DistinctComments, seed: int
) -> None:
    sides = [sides_of(data, row) for row in range(len(data))]
    expected = [
        row
        for row, told in enumerate(sides)
        if {(0, 1 - side) for _, side in told} & set().union(*sides)
    ]
    both = contrasted(data, 1, seed)
    assert [pair_of(text, data)[0] for text in both.texts] == expected


@given(data=unended_comments(), seed=seeds)
def test_a_contrasted_comment_has_the_themes_and_the_evidence_of_both_halves(
    data: DistinctComments, seed: int
) -> None:
    both = contrasted(data, 1, seed)
    for row, text in enumerate(both.texts):
        first, turn, second = pair_of(text, data)
        themes = [target_of_both(*pair) for pair in data.targets[[first, second]].T]
        assert both.targets[row] == pytest.approx(np.array(themes), nan_ok=True)
        moved = {first: 0, second: len(data.texts[first] + turn)}
        expected = {
            theme: [
                Span(span.start + moved[half], span.end + moved[half])
                for half in (first, second)
                if data.labels[half, theme]
                for span in data.evidence[half].get(theme, (Span(0, len(data.texts[half])),))
            ]
            for theme in np.flatnonzero(data.labels[[first, second]].any(axis=0)).tolist()
        }
        assert {theme: list(spans) for theme, spans in both.evidence[row].items()} == expected


@given(data=distinct_comments(), seed=seeds, side=st.sampled_from((PRAISE, BLAME)))
def test_nobody_is_contrasted_where_nothing_says_the_opposite(
    data: DistinctComments, seed: int, side: int
) -> None:
    polarity = data.polarity.copy()
    polarity[..., side] = 0
    assert len(contrasted(replace(data, polarity=polarity), 1, seed)) == 0


@pytest.mark.parametrize(
    ("asked", "answer", "joined_to"),
    [
        ("What was good?", "slow", True),
        ("How was it?", "slow", False),
        ("How was it?", "ages", False),
        ("How was it?", "it took far too long", True),
    ],
)
def test_a_short_answer_follows_only_another_to_the_same_question(
    asked: str, answer: str, joined_to: bool
) -> None:
    said = [
        comment("quick", "waiting", question="What was good?", polarity=GOOD),
        comment(answer, "waiting", question=asked, polarity=BAD),
    ]
    both = contrasted(distinct(said, ("waiting",)), 1, seed=0)
    assert any(text.startswith("quick") for text in both.texts) == joined_to


def test_what_is_praised_and_blamed_in_one_comment_already_is_no_contrast() -> None:
    said = [
        comment("Quick, then slow.", "waiting", polarity={"waiting": Polarity.MIXED}),
        comment("Two hours.", "waiting", polarity={"waiting": Polarity.NEUTRAL}),
        comment("Slow.", "waiting", polarity=BAD),
    ]
    assert len(contrasted(distinct(said, ("waiting",)), 1, seed=0)) == 0


def test_long_comments_are_not_contrasted() -> None:
    long = "It was slow" + " and slow" * 40
    said = [comment("Quick.", "waiting", polarity=GOOD), comment(long, "waiting", polarity=BAD)]
    assert len(long) > LONGEST
    assert len(contrasted(distinct(said, ("waiting",)), 1, seed=0)) == 0


@given(data=distinct_comments(), seed=seeds, share=st.floats(0, 1))
def test_the_same_draw_contrasts_the_same_comments(
    data: DistinctComments, seed: int, share: float
) -> None:
    assert contrasted(data, share, seed).texts == contrasted(data, share, seed).texts


@given(data=distinct_comments(), seed=seeds)
def test_none_are_contrasted_where_the_share_is_nought(data: DistinctComments, seed: int) -> None:
    none = contrasted(data, 0, seed)
    assert len(none) == len(none.evidence) == 0
    assert none.polarity.shape == (0, *data.polarity.shape[1:])
    assert data.and_also(none).texts == data.texts


def test_about_the_share_asked_for_is_contrasted() -> None:
    tones = (GOOD, BAD)
    said = [comment(f"comment {row}", "waiting", polarity=tones[row % 2]) for row in range(400)]
    assert len(contrasted(distinct(said, ("waiting",)), 0.3, seed=1)) == pytest.approx(120, abs=30)
