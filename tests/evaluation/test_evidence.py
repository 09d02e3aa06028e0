from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import measure_evidence
from labelled_data import LabelledComment, Span, distinct, numbered_sentences
from models import Prediction, Tag
from tests.evaluation.fakes import comment, tagged
from tests.evaluation.strategies import QUICK

if TYPE_CHECKING:
    from evaluation import EvidenceFigures

THEMES = ("food", "staff")
TEXT = "Lunch was cold. Nurses were kind. Parking is dear. More soup please."
FIRST, SECOND, THIRD, FOURTH = numbered_sentences(TEXT)


def figures(comments: list[LabelledComment], answers: list[Prediction]) -> EvidenceFigures | None:
    return measure_evidence(distinct(comments, THEMES), answers, THEMES, QUICK)


def found(right: tuple[Span, ...], shown: tuple[Span, ...]) -> EvidenceFigures:
    one = comment(TEXT, "food", evidence={"food": right})
    measured = figures([one], [tagged(Tag("food", 0.9, None, shown))])
    assert measured is not None
    return measured


def values(measured: EvidenceFigures) -> list[float | None]:
    return [each.value for each in (measured.overlap, measured.precision, measured.recall)]


def test_the_right_sentences_and_no_other_are_perfect_evidence() -> None:
    measured = found((FIRST, FOURTH), (FIRST, FOURTH))
    assert values(measured) == [1, 1, 1]
    assert (measured.tags, measured.spans, measured.sentences) == (1, 2, 2)
    assert measured.right_share.value == 0.5


def test_one_right_sentence_of_two_is_half_the_recall() -> None:
    assert values(found((FIRST, FOURTH), (FIRST,))) == [1, 1, 0.5]


def test_showing_every_sentence_costs_precision() -> None:
    measured = found((SECOND,), (FIRST, SECOND, THIRD, FOURTH))
    assert values(measured) == [1, 0.25, 1]
    assert measured.right_share.value == 0.25


def test_the_wrong_sentence_is_no_evidence() -> None:
    assert values(found((FIRST,), (SECOND,))) == [0, 0, 0]


def test_one_character_in_common_is_enough_and_touching_is_not() -> None:
    assert values(found((SECOND,), (Span(0, SECOND.start + 1),))) == [1, 1, 1]
    assert values(found((SECOND,), (Span(0, SECOND.start),))) == [0, 0, 0]


@pytest.mark.parametrize(
    ("one", "answer"),
    [
        (comment(TEXT, "food"), tagged(Tag("food", 0.9, None, (FIRST,)))),
        (comment(TEXT, "food", evidence={"food": (FIRST,)}), tagged(Tag("food", 0.9))),
        (
            comment(TEXT, "food", evidence={"food": (FIRST,)}),
            tagged(Tag("staff", 0.9, None, (FIRST,))),
        ),
        (
            comment("Cold lunch", "food", evidence={"food": (Span(0, 10),)}),
            tagged(Tag("food", 0.9, None, (Span(0, 10),))),
        ),
    ],
    ids=["untold by the person", "untold by the tagger", "another theme", "one sentence"],
)
def test_where_not_both_showed_a_place_among_several_there_is_nothing_to_measure(
    one: LabelledComment, answer: Prediction
) -> None:
    assert figures([one], [answer]) is None


def test_a_theme_that_most_coders_did_not_give_is_not_measured() -> None:
    coders = [comment(TEXT, "food", evidence={"food": (FIRST,)}), comment(TEXT), comment(TEXT)]
    assert figures(coders, [tagged(Tag("food", 0.9, None, (FIRST,)))]) is None


sentences = st.lists(st.sampled_from(["A b.", "Cc!", "D?"]), min_size=1, max_size=4).map(" ".join)


@st.composite
def shown_places(draw: st.DrawFn) -> list[tuple[str, tuple[Span, ...], tuple[Span, ...]]]:
    places = []
    for number, text in enumerate(draw(st.lists(sentences, min_size=1, max_size=4))):
        text = f"{number} {text}"
        starts = st.lists(st.integers(0, len(text) - 1), max_size=3, unique=True)
        spans = starts.map(lambda given: tuple(Span(start, start + 1) for start in sorted(given)))
        right = st.lists(st.sampled_from(numbered_sentences(text)), unique=True).map(tuple)
        places.append((text, draw(right), draw(spans)))
    return places


@given(shown_places())
@settings(max_examples=60)
def test_figures_are_those_of_counting_characters(
    places: list[tuple[str, tuple[Span, ...], tuple[Span, ...]]],
) -> None:
    comments = [
        comment(text, "food", evidence={"food": right} if right else {})
        for text, right, _ in places
    ]
    measured = figures(comments, [tagged(Tag("food", 0.9, None, shown)) for *_, shown in places])
    counted = [
        (
            [bool(set(range(*span)) & covered(right)) for span in shown],
            [bool(set(range(*span)) & covered(shown)) for span in right],
        )
        for text, right, shown in places
        if right and shown and len(re.findall(r"[.!?]", text)) > 1
    ]
    assert (measured is None) == (not counted)
    if measured is not None:
        spans = [hit for hits, _ in counted for hit in hits]
        right_ones = [hit for _, hits in counted for hit in hits]
        shares = [[any(hits) for hits, _ in counted], spans, right_ones]
        assert values(measured) == pytest.approx([sum(each) / len(each) for each in shares])


def covered(spans: tuple[Span, ...]) -> set[int]:
    return {place for span in spans for place in range(*span)}
