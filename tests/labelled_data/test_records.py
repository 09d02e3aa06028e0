from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from labelled_data import LabelError, LabelledComment

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
