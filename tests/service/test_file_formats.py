from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.file_formats import MEDIA_TYPES, FileFormat, preferred

EVERY: tuple[FileFormat, ...] = ("json", "csv", "xlsx", "html")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV; charset=utf-8", "csv"),
        ("text/*", "csv"),
        ("text/*, text/csv;q=0.5", "html"),
        ("text/csv;q=0.5, text/html;q=0.9", "html"),
        ("application/json;q=0, */*", "csv"),
        (BROWSER, "html"),
        (MEDIA_TYPES["xlsx"], "xlsx"),
        ("image/png", "json"),
        ("text/csv;q=much", "json"),
    ],
)
def test_what_a_request_would_rather_have_is_given(accept: str, kind: FileFormat) -> None:
    assert preferred(accept, EVERY) == kind


@given(st.text(alphabet=" ,;/*=.q0159-abtexcsvhml"))
def test_whatever_is_accepted_something_is_given(accept: str) -> None:
    assert preferred(accept, EVERY) in EVERY
