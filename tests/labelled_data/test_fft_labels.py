import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from labelled_data import CodebookError, shipped_codebook
from labelled_data.fft_labels import (
    NOT_POSSIBLE,
    PublishedLabels,
    fft_labels,
    published_label,
    published_labels,
)

THEMES = shipped_codebook("fft").theme_ids
WITHOUT_SUCCESSOR = {
    "diagnosis_triage",
    "patient_records",
    "grooming",
    "equality",
    "admission",
    "safeguarding",
    "impact",
    "psychological_therapy",
    "service_existence",
    "service_choice",
    "out_of_hours",
    "learning_organisation",
    "negative_experience",
}
FOLDED = {
    "staff_continuity": "Continuity of care",
    "referral_continuity": "Continuity of care",
    "care_plans": "Continuity of care",
    "environment": "Environment, facilities & equipment",
    "medical_equipment": "Environment, facilities & equipment",
    "staff_numbers": "Staffing levels & responsiveness",
    "staff_responsiveness": "Staffing levels & responsiveness",
}


@pytest.mark.parametrize("theme", sorted(set(THEMES) - WITHOUT_SUCCESSOR))
def test_a_theme_with_a_successor_has_one_published_label(theme: str) -> None:
    label = published_label(theme)
    assert label in fft_labels().labels
    assert published_labels([theme]) == [label]


@pytest.mark.parametrize("theme", sorted(WITHOUT_SUCCESSOR))
def test_a_theme_that_version_7_let_go_has_no_label(theme: str) -> None:
    assert published_label(theme) is None
    assert published_labels([theme]) == [NOT_POSSIBLE]


@pytest.mark.parametrize("theme", FOLDED)
def test_a_folded_theme_takes_the_name_it_was_folded_into(theme: str) -> None:
    assert published_label(theme) == FOLDED[theme]


@pytest.mark.parametrize("theme", sorted(set(THEMES) - WITHOUT_SUCCESSOR - set(FOLDED)))
def test_any_other_theme_keeps_its_name(theme: str) -> None:
    assert published_label(theme) == shipped_codebook("fft").theme(theme).source_label


def test_every_published_label_is_reached_by_a_theme() -> None:
    reached = {published_label(theme) for theme in THEMES} - {None}
    assert reached | {NOT_POSSIBLE} == set(fft_labels().labels)


def test_a_label_that_was_folded_is_one_of_version_6() -> None:
    published = {theme.source_label for theme in shipped_codebook("fft").themes}
    assert {old for olds in fft_labels().from_version_6.values() for old in olds} <= published


def test_a_comment_without_a_theme_cannot_be_labelled() -> None:
    assert published_labels([]) == [NOT_POSSIBLE]


def test_themes_that_were_folded_together_give_their_label_once() -> None:
    assert published_labels(["staff_responsiveness", "staff_numbers"]) == [
        "Staffing levels & responsiveness"
    ]


def test_labels_stand_in_the_published_order_by_heading() -> None:
    assert published_labels(["parking", "timeliness", "staff_manner", "positive_experience"]) == [
        "Positive experience & gratitude",
        "Staff manner & personal attributes",
        "Timeliness of care",
        "Parking",
    ]


@given(st.lists(st.sampled_from(THEMES)))
def test_any_themes_give_labels_in_order_and_none_beside_not_possible(themes: list[str]) -> None:
    labels = published_labels(themes)
    places = [fft_labels().labels.index(label) for label in labels]
    assert labels
    assert places == sorted(set(places))
    assert labels == [NOT_POSSIBLE] or NOT_POSSIBLE not in labels


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(CodebookError, match="no_such_theme"):
        published_labels(["no_such_theme"])


@pytest.mark.parametrize(
    ("headings", "folded", "fault"),
    [
        ({"One": [NOT_POSSIBLE, "A"], "Two": ["A"]}, {}, "stands twice"),
        ({"One": ["A"]}, {}, "there is no label"),
        ({"One": [NOT_POSSIBLE]}, {"B": ["b"]}, "under no heading"),
        ({"One": [NOT_POSSIBLE, "A", "B"]}, {"A": ["c"], "B": ["c"]}, "folded twice"),
    ],
)
def test_labels_that_contradict_each_other_are_refused(
    headings: dict[str, list[str]], folded: dict[str, list[str]], fault: str
) -> None:
    with pytest.raises(ValidationError, match=fault):
        PublishedLabels.model_validate({"headings": headings, "from_version_6": folded})
