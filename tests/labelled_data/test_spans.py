from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import Span, numbered_sentences

# Marks, spaces and line ends in a density at which every rule is met.
prose = st.text(alphabet="aB1.!? \n\r\t\u00a0…é") | st.text()


def parted(text: str) -> list[str]:
    return [span.of(text).strip() for span in numbered_sentences(text)]


def test_a_span_is_a_half_open_range_of_characters() -> None:
    assert Span(4, 9).of("The nurse left") == "nurse"
    assert Span(4, 9) == (4, 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kind. Late! Why? ok", ["Kind.", "Late!", "Why?", "ok"]),
        ("no marks at all", ["no marks at all"]),
        ("Waited 4.5 hours at 9.30am", ["Waited 4.5 hours at 9.30am"]),
        ("Awful!!! Left...  then home", ["Awful!!!", "Left...", "then home"]),
        ("Dr. Smith was kind", ["Dr.", "Smith was kind"]),
        ("no full stop\nnext line", ["no full stop", "next line"]),
        ("windows line\r\nnext line", ["windows line", "next line"]),
        ("- staff\n\n\n- food\n", ["- staff", "- food"]),
        ('He said "never." I left', ['He said "never." I left']),
        ("Kind.", ["Kind."]),
    ],
)
def test_a_sentence_ends_at_a_mark_before_white_space_and_at_a_line_break(
    text: str, expected: list[str]
) -> None:
    assert parted(text) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\n", " \n\t\u00a0 "])
def test_a_blank_text_has_no_sentence(text: str) -> None:
    assert numbered_sentences(text) == ()


@given(prose)
def test_numbered_sentences_cover_all_that_is_not_blank_in_order(text: str) -> None:
    spans = numbered_sentences(text)
    stops = [0, *(span.end for span in spans)]
    starts = [*(span.start for span in spans), len(text)]
    assert all(stop <= start for stop, start in zip(stops, starts, strict=True))
    assert not any(text[stop:start].strip() for stop, start in zip(stops, starts, strict=True))


@given(prose)
def test_no_sentence_is_blank_or_goes_over_a_line_break(text: str) -> None:
    for sentence in (span.of(text) for span in numbered_sentences(text)):
        assert sentence.strip()
        assert "\n" not in sentence


@given(st.lists(st.sampled_from(["Kind.", "Late again!", "Why?", "no mark\n"]), max_size=12))
def test_a_person_who_counts_on_paper_gets_the_same_numbers(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert parted(text) == [sentence.strip() for sentence in sentences]
