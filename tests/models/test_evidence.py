import time
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from labelled_data import Span, repair
from models.evidence import spans_in_original
from models.segmentation import sentences

# As given, and as mended.
PIECES = (
    ("Kind", "Kind"),
    ("nurse.", "nurse."),
    ("5", "5"),
    ("cafÃ©", "café"),
    ("donâ€™t", "don\u2019t"),
    ("Â£5", "£5"),
    ("voilÃ\xa0", "voilà"),
    ("nai\x00ve", "naive"),
    ("two\x0blines", "twolines"),
    ("two\x1cfields!", "twofields!"),
    ("kind\x00", "kind"),
    ("\x93Never\x94", "\u201cNever\u201d"),
    ("Well\x85", "Well\u2026"),
    ("rest\x85ing", "rest\u2026ing"),
)
GAPS = ((" ", " "), ("\n", "\n"), (" \x00 ", "  "), ("\t\x0c ", "\t "), (" \x1f", " "))
pieces = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(GAPS)), min_size=1)
messy = st.text(alphabet="aB. !\n\x00\x0b\x1c\x85\xa0ÃÂ©â€™é") | st.text()


def in_original(text: str) -> list[str]:
    """The sentences of a text's mended copy, where they stand in the text."""
    mended = repair(text)
    return [span.of(text) for span in spans_in_original(sentences(mended), mended, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cafÃ© was cold. Nurse was kind", ["cafÃ© was cold.", "Nurse was kind"]),
        ("Nurse was kind. cafÃ© was cold.", ["Nurse was kind.", "cafÃ© was cold."]),
        ("wai\x00ting. \x07 Nurse was\x01 kind", ["wai\x00ting.", "Nurse was\x01 kind"]),
        ("It\x0bwas slow. Nurse kind", ["It\x0bwas slow.", "Nurse kind"]),
        ("We waited\x85 Nurse kind", ["We waited\x85", "Nurse kind"]),
        ("  donâ€™t know\n\x00\n Ã‰clair  ", ["donâ€™t know", "Ã‰clair"]),
        ("ðŸ\u2018\x8d kind. Slow ðŸ\u2018\x8d", ["ðŸ\u2018\x8d kind.", "Slow ðŸ\u2018\x8d"]),
        ("\ud800 kind. Slow", ["\ud800 kind.", "Slow"]),
    ],
)
def test_a_sentence_of_the_mended_text_is_found_where_the_person_wrote_it(
    text: str, expected: list[str]
) -> None:
    assert repair(text) != text
    assert in_original(text) == expected


def test_a_text_that_needed_no_mending_keeps_its_places() -> None:
    text = "It was rude.Nobody came.  Café cold"
    places = (Span(3, 6), Span(12, 14), *sentences(text))
    assert spans_in_original(places, text, text) == places


@given(pieces, st.data())
def test_words_of_the_mended_text_are_found_word_by_word(
    made: list[tuple[tuple[str, str], tuple[str, str]]], data: st.DataObject
) -> None:
    original = mended = ""
    given_places, mended_places = [], []
    for (raw, right), (raw_gap, right_gap) in made:
        given_places.append(Span(len(original), len(original) + len(raw.rstrip("\xa0"))))
        mended_places.append(Span(len(mended), len(mended) + len(right)))
        original, mended = original + raw + raw_gap, mended + right + right_gap
    assume(repair(original) == mended != original)
    cuts = data.draw(st.sets(st.integers(1, len(made))).map(lambda chosen: {0, len(made)} | chosen))
    ranges = list(pairwise(sorted(cuts)))
    read = [Span(mended_places[i].start, mended_places[j - 1].end) for i, j in ranges]
    expected = tuple(Span(given_places[i].start, given_places[j - 1].end) for i, j in ranges)
    assert spans_in_original(read, mended, original) == expected


@given(messy)
@example("aâ€ƒb. c\xa0dÃ\xa0e. f")
def test_places_in_any_original_are_within_it_in_order_and_apart(text: str) -> None:
    mended = repair(text)
    found = spans_in_original(sentences(mended), mended, text)
    assert bool(found) == bool(sentences(mended))
    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_two_sentences_that_share_a_mended_word_are_joined() -> None:
    text = "cafÃ© cold.Nurse kind. Late"
    assert sentences(repair(text)) == (Span(0, 10), Span(10, 21), Span(22, 26))
    assert in_original(text) == ["cafÃ© cold.Nurse kind.", "Late"]


def test_the_whole_comment_is_given_where_mending_changed_the_number_of_words() -> None:
    text = "dÃ\xa0y one. Nurse kind"
    assert len(repair(text).split()) == 4
    assert spans_in_original((Span(9, 19),), repair(text), text) == (Span(0, len(text)),)


def test_no_places_in_the_copy_are_none_in_the_original() -> None:
    assert spans_in_original((), "café", "cafÃ©") == ()
    assert spans_in_original((), "a b", "c") == ()


@pytest.mark.parametrize("unit", ["cafÃ© was cold. ", "\x00", "\x0b\x00", "Ã©", "a.\x00 "])
def test_a_megabyte_is_searched_in_time_linear_in_its_length(unit: str) -> None:
    text = "Kind. " + unit * (1_000_000 // len(unit)) + " end"
    read = "Kind. " + unit.replace("Ã©", "é").replace("\x00", "").replace("\x0b", "") * (
        1_000_000 // len(unit)
    )
    read += " end"
    spans = sentences(read)
    started = time.process_time()
    found = spans_in_original(spans, read, text)
    assert time.process_time() - started < 10  # a quadratic rule would take many minutes
    assert found[-1].end == len(text)
