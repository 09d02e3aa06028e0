from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.counts.outputs.cells import safe
from tests.service.counts.outputs import hostile

RUN = re.compile(r"^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
HARMLESS = (
    "White British",
    "16-24",
    "Bath and North East Somerset, Swindon and Wiltshire",
    "e-mail",
    "A&E (urgent) = fast",
    "O'Brien",
    "“quoted”",
    "*",
    "العربية",
    "👩🏽‍⚕️",
    "",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_what_begins_like_a_formula_gets_an_apostrophe() -> None:
    assert safe("=1+1") == "'=1+1"
    assert safe("-") == "'-"
    assert safe(" \u200b'@x") == "' \u200b'@x"


def test_what_would_begin_a_formula_at_another_separator_gets_one_too() -> None:
    assert safe("a;=1") == "a;'=1"
    assert safe("a, +1") == "a,' +1"


def test_tabs_and_line_ends_become_spaces() -> None:
    assert safe("a\tb\r\nc\x00d") == "a b c d"


@given(st.text() | st.sampled_from(hostile.NAMES))
def test_no_text_begins_with_what_a_spreadsheet_runs(text: str) -> None:
    made = safe(text)
    assert not RUN.match(made)
    assert not any(RUN.match(part.lstrip()) for part in re.split("[,;|]", made))


@given(st.text())
def test_making_a_text_safe_twice_keeps_what_a_reader_sees(text: str) -> None:
    assert safe(safe(text)).replace("'", "") == safe(text).replace("'", "")
