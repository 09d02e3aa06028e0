from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled_data import normalise, repair
from labelled_data.text import has_control_characters, is_misdecoded

any_text = st.text(st.characters())


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("donâ€™t", "don\u2019t"),
        ("cafÃ©", "café"),
        ("couldnÃ¢â\u201a¬â„¢t", "couldn\u2019t"),
        ("nul\x00 and bell\x07", "nul and bell"),
    ],
)
def test_mis_decoded_text_is_mended(broken: str, mended: str) -> None:
    assert repair(broken) == mended


@pytest.mark.parametrize(
    "text",
    [
        "“curly” and \u2018single\u2019",
        "ﬁne ligature",
        "\uff46\uff55\uff4c\uff4c width",
        "&amp; stays",
        "line\r\nend\tand tab",
        "שלום, how are you",
        "👩‍⚕️ 👍🏽 ❤️",
        "cafe\u0301 decomposed",
        "ratownicy byli mili, że",
    ],
)
def test_text_that_is_right_stays_as_it_is(text: str) -> None:
    assert repair(text) == text
    assert not is_misdecoded(text)


@given(any_text)
def test_repairing_twice_is_repairing_once(text: str) -> None:
    assert repair(repair(text)) == repair(text)


@given(any_text)
def test_repaired_text_holds_no_control_characters(text: str) -> None:
    assert not has_control_characters(repair(text))


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_plain_english_is_never_altered(text: str) -> None:
    assert repair(text) == text


@given(any_text)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(any_text)
def test_normalised_text_is_words_parted_by_single_spaces(text: str) -> None:
    words = normalise(text)
    assert words == " ".join(words.split())
    assert all(character.isalnum() or character == " " for character in words)


def test_case_punctuation_spacing_and_composition_do_not_count() -> None:
    assert normalise("  Great   STAFF!!\n") == normalise("great-staff") == "great staff"
    assert normalise("Caf\u00e9") == normalise(unicodedata.normalize("NFD", "café"))
    assert normalise("STRASSE") == normalise("Straße")


def test_letters_and_digits_of_any_script_count() -> None:
    assert normalise("Бардзо добра, 10/10") == "бардзо добра 10 10"
    assert normalise("👍") == normalise("...") == ""


def test_no_single_character_is_unstable() -> None:
    surrogates = range(0xD800, 0xE000)
    for code in range(0, sys.maxunicode, 7):
        if code not in surrogates:
            assert normalise(normalise(chr(code))) == normalise(chr(code))


def test_what_was_decoded_wrongly_is_told() -> None:
    assert is_misdecoded("donâ€™t")
    assert not is_misdecoded("plain\x00")
    assert has_control_characters("plain\x00")
