import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import Span
from models.segmentation import pack, sentences

# Marks, spaces and letters in a density at which every rule is met.
prose = st.text(alphabet="aA1.!?… \n•-)\"'।。é😀e.g") | st.text()
lengths = st.lists(st.integers(0, 40))
limits = st.integers(1, 30)


def split(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I saw Dr. Smith. He was kind", ["I saw Dr. Smith.", "He was kind"]),
        ("Seen by J. Smith. So did I. ok", ["Seen by J. Smith.", "So did I.", "ok"]),
        ("Small things, e.g. parking. Costly", ["Small things, e.g. parking.", "Costly"]),
        ("It took approx. 4.5 hrs. Then home", ["It took approx. 4.5 hrs.", "Then home"]),
        ("It took 4 hrs. in the cold", ["It took 4 hrs. in the cold"]),
        ("Arrived 9.30am. Left at 5 p.m. Tired", ["Arrived 9.30am.", "Left at 5 p.m.", "Tired"]),
        ("Ward no. 5 was full. I said no. ok", ["Ward no. 5 was full.", "I said no.", "ok"]),
        ("See www.nhs.uk for more", ["See www.nhs.uk for more"]),
    ],
)
def test_a_full_stop_inside_an_abbreviation_or_number_ends_nothing(
    text: str, expected: list[str]
) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nurse was nice. wait was long", ["nurse was nice.", "wait was long"]),
        ("It was rude.Nobody came!awful", ["It was rude.", "Nobody came!", "awful"]),
        ("Awful!!! Why??? ok", ["Awful!!!", "Why???", "ok"]),
        ("we waited... and waited... Then left", ["we waited... and waited...", "Then left"]),
        ("He said “never.” (Really.) ok", ["He said “never.”", "(Really.)", "ok"]),
        ("no punctuation at all just words", ["no punctuation at all just words"]),
    ],
)
def test_hurried_prose_is_split_where_a_reader_would(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Good care\nBad parking\r\n\nCold tea", ["Good care", "Bad parking", "Cold tea"]),
        ("- staff\n- food", ["- staff", "- food"]),
        ("• staff • food", ["• staff", "• food"]),
        ("1. Staff good\n2. Long wait. Cold", ["1. Staff good", "2. Long wait.", "Cold"]),
    ],
)
def test_lines_and_bullets_are_sentences(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "عملہ اچھا تھا\u06d4 انتظار لمبا",
        "هل انتظرت؟ نعم",
        "नर्स अच्छी थी। इंतज़ार लंबा",
        "护士很好。等太久",
        "ነርሶቹ ጥሩ ነበሩ። ጠበቅን",
    ],
)
def test_other_scripts_have_their_own_full_stops(text: str) -> None:
    assert len(sentences(text)) == 2


@pytest.mark.parametrize("text", ["Great! 😀😀", "Great ! ! !", "... great", "😀", "!!!"])
def test_marks_and_emoji_stay_with_their_sentence(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_blank_text_has_no_sentence(text: str) -> None:
    assert sentences(text) == ()


@given(prose)
def test_sentences_are_trimmed_in_order_and_cover_every_character(text: str) -> None:
    spans = sentences(text)
    ends = [0, *(span.end for span in spans)]
    gaps = [text[end:start] for end, (start, _) in zip(ends, spans, strict=False)]

    assert all(span.of(text) and span.of(text) == span.of(text).strip() for span in spans)
    assert all(end <= start for end, (start, _) in zip(ends, spans, strict=False))
    assert "".join([*gaps, text[ends[-1] :]]).strip() == ""
    assert sentences(text) == spans


@given(st.lists(prose.filter(lambda text: text.isprintable())))
def test_lines_are_split_each_on_its_own(lines: list[str]) -> None:
    assert split("\n".join(lines)) == [sentence for line in lines for sentence in split(line)]


@pytest.mark.parametrize("unit", ["waited ", "a. ", "!", "! ", "dr. ", "•", "'", " ", "\n", "!)"])
def test_a_megabyte_is_split_in_time_linear_in_its_length(unit: str) -> None:
    text = unit * (1_000_000 // len(unit)) + "end"
    started = time.process_time()

    spans = sentences(text)

    assert time.process_time() - started < 10  # a quadratic rule would take many minutes
    assert spans[-1].end == len(text)


def test_a_span_gives_its_text() -> None:
    assert Span(4, 9).of("The nurse left") == "nurse"


def test_sentences_are_packed_while_they_fit() -> None:
    assert pack([3, 2, 4, 1, 1], limit=5) == [range(5), range(5, 10), range(10, 11)]


def test_a_sentence_over_the_limit_is_cut_into_nearly_equal_pieces() -> None:
    assert pack([11], limit=5) == [range(4), range(4, 8), range(8, 11)]


@given(lengths, limits)
def test_windows_laid_end_to_end_are_all_the_tokens(lengths: list[int], limit: int) -> None:
    windows = pack(lengths, limit)

    assert [token for window in windows for token in window] == list(range(sum(lengths)))
    assert all(0 < len(window) <= limit for window in windows)


@given(lengths, limits)
def test_a_window_ends_at_a_sentence_end_unless_the_sentence_is_too_long(
    lengths: list[int], limit: int
) -> None:
    ends = {0}
    for index, length in enumerate(lengths):
        before = sum(lengths[:index])
        ends |= set(range(before, before + length + 1)) if length > limit else {before + length}

    assert {window.stop for window in pack(lengths, limit)} <= ends


@given(st.lists(st.integers(0, 30)))
def test_two_neighbouring_windows_never_fit_in_one(lengths: list[int]) -> None:
    windows = pack(lengths, limit=30)

    assert all(len(first) + len(second) > 30 for first, second in pairwise(windows))


@pytest.mark.parametrize(("lengths", "limit"), [([1], 0), ([1, -1], 5)])
def test_impossible_lengths_and_limits_are_refused(lengths: list[int], limit: int) -> None:
    with pytest.raises(ValueError, match="at least one token"):
        pack(lengths, limit)
