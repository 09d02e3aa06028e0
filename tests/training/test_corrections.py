from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import LabelledComment, distinct, normalise
from tests.training.drawn_comments import comment
from training.corrections import corrected

WRITTEN = ("So kind", "so KIND!", " So, kind...", "So slow", "so slow.", "no parking")
ASKED = (None, "Why?", "why", "How?")
THEMES = ("kindness", "waiting")


@st.composite
def labelled(draw: st.DrawFn) -> LabelledComment:
    themes = sorted(draw(st.sets(st.sampled_from(THEMES))))
    text, question = draw(st.sampled_from(WRITTEN)), draw(st.sampled_from(ASKED))
    return comment(text, *themes, question=question)


def is_same(one: LabelledComment, other: LabelledComment) -> bool:
    """Whether two comments differ in nothing but case, spaces and punctuation."""
    return normalise(one.text) == normalise(other.text) and normalise(
        one.question or ""
    ) == normalise(other.question or "")


@given(comments=st.lists(labelled()), corrections=st.lists(labelled()))
def test_a_correction_replaces_all_copies_of_its_comment_and_leaves_the_others(
    comments: list[LabelledComment], corrections: list[LabelledComment]
) -> None:
    left = [each for each in comments if not any(is_same(each, new) for new in corrections)]
    assert corrected(comments, corrections) == [*left, *corrections]


@given(comments=st.lists(labelled()), corrections=st.lists(labelled()))
def test_correcting_again_changes_nothing(
    comments: list[LabelledComment], corrections: list[LabelledComment]
) -> None:
    once = corrected(comments, corrections)
    assert corrected(once, corrections) == once


@given(comments=st.lists(labelled()))
def test_without_corrections_everything_stays(comments: list[LabelledComment]) -> None:
    assert corrected(comments, []) == comments


@given(comments=st.lists(labelled()), corrections=st.lists(labelled(), min_size=1))
def test_no_comment_is_lost_from_what_is_learnt(
    comments: list[LabelledComment], corrections: list[LabelledComment]
) -> None:
    def texts(found: list[LabelledComment]) -> set[str]:
        return {normalise(each.text) for each in found}

    after = corrected(comments, corrections)
    assert texts(after) == texts(comments) | texts(corrections)


def test_what_was_said_before_weighs_nothing_after_a_correction() -> None:
    before = [comment("So kind", "waiting"), comment("so kind!", "waiting")]
    after = distinct(corrected(before, [comment("SO KIND", "kindness")]), THEMES)
    assert after.targets.tolist() == [[1, 0]]


def test_of_several_people_who_read_a_comment_again_all_count() -> None:
    again = [comment("so kind", "kindness"), comment("So kind", "kindness", "waiting")]
    after = distinct(corrected([comment("So kind!", "waiting")], again), THEMES)
    assert after.targets[0] == pytest.approx([1, 0.5])


def test_the_same_words_in_answer_to_another_question_are_not_corrected() -> None:
    comments = [comment("Nothing", "kindness", question="What could we do better?"),
                comment("Nothing", question="What was good?")]  # fmt: skip
    correction = comment("nothing", "waiting", question="what was good")
    after = corrected(comments, [correction])
    assert after == [comments[0], correction]


def test_a_comment_that_was_not_there_is_learnt_too() -> None:
    after = corrected([comment("So kind", "kindness")], [comment("So slow", "waiting")])
    assert Counter(each.themes for each in after) == {("kindness",): 1, ("waiting",): 1}
