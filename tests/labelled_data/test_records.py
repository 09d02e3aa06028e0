from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from labelled_data import LabelError, LabelledComment, Polarity, Span

GOOD: dict[str, Any] = {
    "id": "a1",
    "text": "Kind nurse",
    "question": None,
    "themes": ("staff_manner",),
    "sentiment": 1,
    "source_row": 7,
}


def test_a_labelled_comment_cannot_be_changed() -> None:
    comment = LabelledComment(**GOOD)
    with pytest.raises(dataclasses.FrozenInstanceError):
        comment.text = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("text", " \n", "row 7 has no text"),
        ("themes", ("pain", "pain"), "row 7 names a theme twice"),
        ("sentiment", 0, "row 7 has a sentiment outside 1 to 5"),
        ("sentiment", 6, "row 7 has a sentiment outside 1 to 5"),
        ("polarity", {"pain": Polarity.NEGATIVE}, "row 7 tells polarity or evidence of 'pain'"),
        ("evidence", {"pain": (Span(0, 4),)}, "row 7 tells polarity or evidence of 'pain'"),
        ("evidence", {"staff_manner": ()}, "row 7 has evidence of 'staff_manner' that is no place"),
        ("evidence", {"staff_manner": (Span(0, 4), Span(5, 11))}, "no place in its text"),
        ("evidence", {"staff_manner": (Span(-5, -1),)}, "no place in its text"),
        ("evidence", {"staff_manner": (Span(4, 2),)}, "no place in its text"),
        ("evidence", {"staff_manner": (Span(4, 5),)}, "no place in its text"),
    ],
)
def test_what_no_labelled_comment_can_be_is_refused(
    field: str, value: object, message: str
) -> None:
    with pytest.raises(LabelError, match=message):
        LabelledComment(**{**GOOD, field: value})


def test_a_comment_may_have_no_theme_and_no_sentiment() -> None:
    comment = LabelledComment(**{**GOOD, "themes": (), "sentiment": None})
    assert comment.themes == ()


def test_polarity_and_evidence_are_of_themes_the_comment_has() -> None:
    polarity, evidence = {"staff_manner": Polarity.POSITIVE}, {"staff_manner": (Span(0, 10),)}
    comment = LabelledComment(**GOOD, polarity=polarity, evidence=evidence)
    assert comment.polarity["staff_manner"].praises
    assert [span.of(comment.text) for span in comment.evidence["staff_manner"]] == ["Kind nurse"]


def test_a_comment_of_which_nobody_said_more_is_english_without_polarity_or_evidence() -> None:
    comment = LabelledComment(**GOOD)
    assert (comment.polarity, comment.evidence, comment.language) == ({}, {}, "en")


def test_what_is_wrong_is_told_without_the_text() -> None:
    with pytest.raises(LabelError) as refused:
        LabelledComment(**{**GOOD, "evidence": {"staff_manner": (Span(0, 99),)}})
    assert "nurse" not in str(refused.value)
