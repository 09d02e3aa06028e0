"""Turning a JSON list of objects into JSON lines, in constant memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from labelled_data.errors import RowError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

MEMBER = "responses"
"""Name of the list, where it is the only member of an object."""

LONGEST_ITEM = 16 << 20
_CHUNK = 1 << 20
_BLANK = " \t\n\r"


def write_as_lines(path: Path, lines: Path) -> None:
    """Writes the objects of a JSON list as JSON lines: the first on line 1, and so on.

    Args:
        path: A list of objects, or an object whose only member is the list `responses`.
        lines: Where the lines go.

    Raises:
        UnreadableError: If the file is not UTF-8 text, or not such a list.
        RowError: If an item is not an object, or has more than 16 million characters.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream, lines.open("xb") as file:
            reader = _Reader(path, stream)
            for item in _items(reader, path):
                file.write(item)
    except UnicodeError as error:
        raise UnreadableError(f"{path} is not UTF-8 text, as JSON must be") from error


class _Reader:
    """Reads JSON from a window of text that moves on as it is used."""

    def __init__(self, path: Path, stream: TextIO) -> None:
        self._path = path
        self._stream = stream
        self._text = ""
        self._at = 0
        self._decoder = json.JSONDecoder()

    def next_mark(self) -> str:
        """Gives the next character that is not blank, without taking it; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANK:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, mark: str) -> bool:
        """Takes the next character if it is this one."""
        taken = self.next_mark() == mark
        self._at += taken
        return taken

    def value(self) -> str | None:
        """Takes the text of the next object or string, or gives None if there is no whole one."""
        if self.next_mark() not in ("{", '"'):
            return None
        while True:
            try:
                _, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                return None
            except ValueError:
                if len(self._text) - self._at > LONGEST_ITEM or not self._more():
                    return None
                continue
            start, self._at = self._at, end
            return self._text[start:end]

    def _more(self) -> bool:
        """Reads on, ever more of a long value, so that it is not tried too often."""
        left = self._text[self._at :]
        more = self._stream.read(max(_CHUNK, len(left)))
        self._text, self._at = left + more, 0
        return bool(more)


def _items(reader: _Reader, path: Path) -> Iterator[bytes]:
    named = reader.take("{")
    if named and (reader.value() != f'"{MEMBER}"' or not reader.take(":")):
        raise UnreadableError(f"{path} is not an object whose only member is {MEMBER!r}")
    if not reader.take("["):
        raise UnreadableError(f"{path} is not a JSON list of objects")
    yield from _listed(reader, path)
    if (named and not reader.take("}")) or reader.next_mark():
        raise UnreadableError(f"{path} holds something after its list of objects")


def _listed(reader: _Reader, path: Path) -> Iterator[bytes]:
    if reader.take("]"):
        return
    number = 1
    while True:
        item = reader.value() if reader.next_mark() == "{" else None
        if item is None:
            raise RowError(f"{path} item {number} is not a JSON object, or is too long", number)
        # Inside strings JSON writes line breaks as \n, so that these stand between its tokens.
        yield item.replace("\n", " ").encode() + b"\n"
        if reader.take("]"):
            return
        if not reader.take(","):
            raise RowError(f"{path} item {number} is not followed by a comma or the end", number)
        number += 1
