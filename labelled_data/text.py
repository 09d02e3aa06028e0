"""Mending text that was decoded wrongly, and the form in which two texts count as the same."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_NOT_LETTER_OR_DIGIT = re.compile(r"[\W_]+")
# Line ends and tabs stay. The C1 range goes only after mending, which needs it as evidence.
_C0 = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_C0_AND_C1 = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def repair(text: str) -> str:
    """Mends text decoded with the wrong encoding and removes control characters.

    Text that is right stays as it is: quotes keep their curl, letters their form, line ends and
    tabs their place.

    Args:
        text: Any text; lone surrogates become U+FFFD.

    Returns:
        The mended text; mending it again changes nothing.
    """
    if text.isascii():
        return _C0.sub("", text)
    while (mended := _repaired_once(text)) != text:
        text = mended
    return text


def has_control_characters(text: str) -> bool:
    """Tells whether text holds characters that `repair` removes, such as NUL."""
    return _C0_AND_C1.search(text) is not None


def is_misdecoded(text: str) -> bool:
    """Tells whether text was decoded with the wrong encoding, as far as that shows."""
    return not text.isascii() and repair(text) != _C0_AND_C1.sub("", text)


def normalise(text: str) -> str:
    """Gives the form in which two comments count as the same text.

    Case is folded, and each run of anything but letters and digits, in any script, becomes one
    space.

    Args:
        text: Any text.

    Returns:
        Letters and digits in words parted by single spaces; empty when the text has none.
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    return _NOT_LETTER_OR_DIGIT.sub(" ", folded).strip()


def _repaired_once(text: str) -> str:
    import ftfy

    return _C0_AND_C1.sub("", ftfy.fix_text(_C0.sub("", text), _encoding_only()))


@cache
def _encoding_only() -> TextFixerConfig:
    import ftfy

    return ftfy.TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )
