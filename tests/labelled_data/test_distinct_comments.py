from __future__ import annotations

import numpy as np
import pytest

from labelled_data import LabelledComment, distinct

THEMES = ("waiting", "kindness", "parking")


def comment(
    text: str, *themes: str, question: str | None = None, sentiment: int | None = None
) -> LabelledComment:
    return LabelledComment(
        id="1", text=text, question=question, themes=themes, sentiment=sentiment, source_row=2
    )


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
