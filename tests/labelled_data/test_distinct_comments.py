from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import (
    BLAME,
    PRAISE,
    DistinctComments,
    LabelledComment,
    Polarity,
    Span,
    distinct,
    unlabelled,
)

THEMES = ("waiting", "kindness", "parking")
WAITING, KINDNESS, PARKING = range(3)


def comment(
    text: str,
    *themes: str,
    question: str | None = None,
    sentiment: int | None = None,
    polarity: dict[str, Polarity] | None = None,
    evidence: dict[str, tuple[Span, ...]] | None = None,
) -> LabelledComment:
    return LabelledComment(
        id="1",
        text=text,
        question=question,
        themes=themes,
        sentiment=sentiment,
        source_row=2,
        polarity=polarity or {},
        evidence=evidence or {},
    )


def assert_same(one: DistinctComments, other: DistinctComments) -> None:
    assert (one.texts, one.questions, one.evidence) == (
        other.texts,
        other.questions,
        other.evidence,
    )
    assert np.array_equal(one.targets, other.targets, equal_nan=True)
    assert np.array_equal(one.sentiments, other.sentiments, equal_nan=True)
    assert np.array_equal(one.polarity, other.polarity, equal_nan=True)


def test_a_text_given_several_times_stands_once_with_the_average_of_its_labels() -> None:
    data = distinct(
        [
            comment("So kind!", "kindness", sentiment=1),
            comment("no parking", "parking"),
            comment("so KIND", "kindness", "waiting", sentiment=4),
            comment("so kind ...", "kindness"),
        ],
        THEMES,
    )
    assert data.texts == ("So kind!", "no parking")
    assert data.targets == pytest.approx(np.array([[1 / 3, 1, 0], [0, 0, 1]]))
    assert data.sentiments == pytest.approx([2.5, np.nan], nan_ok=True)


@pytest.mark.parametrize(("given", "people", "labelled"), [(1, 2, True), (1, 3, False)])
def test_what_half_of_the_people_said_is_a_label(given: int, people: int, labelled: bool) -> None:
    said = [comment("slow", "waiting")] * given + [comment("slow")] * (people - given)
    assert distinct(said, THEMES).labels.tolist() == [[labelled, False, False]]


def test_the_same_text_in_answer_to_two_questions_stays_two() -> None:
    data = distinct(
        [
            comment("nothing", "kindness", question="What was bad?"),
            comment("nothing", question="What was good?"),
            comment("nothing"),
        ],
        THEMES,
    )
    assert data.questions == ("What was bad?", "What was good?", None)
    assert data.labels[:, 1].tolist() == [True, False, False]


@pytest.mark.parametrize("text", ["...", "?!", "👍", "- _ -"])
def test_a_text_without_letter_or_digit_is_left_out(text: str) -> None:
    assert distinct([comment(text, "kindness"), comment("kind")], THEMES).texts == ("kind",)


def test_no_comments_have_no_rows_but_a_column_for_each_theme() -> None:
    data = distinct([], THEMES)
    assert len(data) == 0
    assert data.targets.shape == (0, 3)
    assert data.sentiments.shape == (0,)
    assert data.polarity.shape == (0, 3, 2)
    assert data.evidence == ()


def test_a_theme_that_is_not_asked_for_is_refused() -> None:
    with pytest.raises(KeyError, match="food"):
        distinct([comment("cold soup", "food")], THEMES)


def test_comments_can_be_taken_by_position_and_given_other_targets() -> None:
    data = distinct([comment("one", "waiting"), comment("two", "parking", sentiment=3)], THEMES)
    taken = data.take(np.array([1, 0, 1]))
    assert taken.texts == ("two", "one", "two")
    assert taken.targets.argmax(axis=1).tolist() == [2, 0, 2]
    assert taken.sentiments == pytest.approx([3, np.nan, 3], nan_ok=True)
    softened = data.with_targets(data.targets / 2)
    assert softened.texts == data.texts
    assert softened.targets.max() == 0.5
    assert data.targets.max() == 1


@pytest.mark.parametrize("polarity", Polarity)
def test_polarity_is_shares_of_praise_and_blame(polarity: Polarity) -> None:
    data = distinct([comment("slow", "waiting", polarity={"waiting": polarity})], THEMES)
    assert data.polarity[0, WAITING, PRAISE] == polarity.praises
    assert data.polarity[0, WAITING, BLAME] == polarity.blames


@given(st.lists(st.sampled_from([*Polarity, None]), min_size=1, max_size=6))
def test_polarity_is_the_mean_over_those_who_told_it(said: list[Polarity | None]) -> None:
    given_by = [
        comment("slow", "waiting", polarity={} if one is None else {"waiting": one}) for one in said
    ]
    data = distinct(given_by, THEMES)
    told = [one for one in said if one is not None]
    for place, shares in ((PRAISE, [p.praises for p in told]), (BLAME, [p.blames for p in told])):
        expected = sum(shares) / len(told) if told else np.nan
        assert data.polarity[0, WAITING, place] == pytest.approx(expected, nan_ok=True)
    assert np.isnan(data.polarity[0, [KINDNESS, PARKING]]).all()


def test_evidence_is_kept_by_the_column_of_its_theme() -> None:
    first = comment(
        "So kind. No parking",
        "kindness",
        "parking",
        evidence={"kindness": (Span(0, 8),), "parking": (Span(9, 19),)},
    )
    data = distinct([first, comment("slow", "waiting")], THEMES)
    assert data.evidence == ({KINDNESS: (Span(0, 8),), PARKING: (Span(9, 19),)}, {})


def test_evidence_that_any_person_gave_for_the_same_wording_is_kept() -> None:
    first = comment("So kind. Slow", "kindness", evidence={"kindness": (Span(0, 8),)})
    second = comment(
        "So kind. Slow",
        "kindness",
        "waiting",
        evidence={"kindness": (Span(0, 13),), "waiting": (Span(9, 13),)},
    )
    data = distinct([first, second], THEMES)
    assert data.evidence == ({KINDNESS: (Span(0, 8),), WAITING: (Span(9, 13),)},)


def test_evidence_in_another_wording_is_not_taken_for_a_place_in_this_one() -> None:
    first = comment("slow", "waiting")
    second = comment("...   SLOW", "waiting", evidence={"waiting": (Span(6, 10),)})
    assert distinct([first, second], THEMES).evidence == ({},)


def test_of_comments_without_labels_nothing_is_known() -> None:
    data = unlabelled(["kind", "slow"], [None, "Why?"], themes=3)
    assert (data.texts, data.questions) == (("kind", "slow"), (None, "Why?"))
    assert data.targets.shape == (2, 3)
    assert data.polarity.shape == (2, 3, 2)
    for values in (data.targets, data.sentiments, data.polarity):
        assert np.isnan(values).all()
    assert data.evidence == ({}, {})
    assert not data.labels.any()


def test_comments_are_laid_one_after_the_other_and_taken_apart_again() -> None:
    one = distinct(
        [
            comment("slow", "waiting", polarity={"waiting": Polarity.NEGATIVE}),
            comment("kind", "kindness", evidence={"kindness": (Span(0, 4),)}, sentiment=1),
        ],
        THEMES,
    )
    other = unlabelled(["no idea"], ["Why?"], themes=3)
    both = one.and_also(other)
    assert len(both) == 3
    assert_same(both.take(np.array([0, 1])), one)
    assert_same(both.take(np.array([2])), other)
    assert_same(both.take(np.array([2, 1])).take(np.array([1])), one.take(np.array([1])))


def test_other_targets_leave_polarity_and_evidence_as_they_were() -> None:
    data = distinct([comment("kind", "kindness", evidence={"kindness": (Span(0, 4),)})], THEMES)
    changed = data.with_targets(1 - data.targets)
    assert changed.targets.tolist() == [[1, 0, 1]]
    assert_same(changed.with_targets(data.targets), data)
