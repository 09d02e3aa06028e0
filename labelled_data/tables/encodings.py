"""Finding out how a text file is encoded, without holding it."""

from __future__ import annotations

import codecs
from contextlib import contextmanager
from typing import TYPE_CHECKING

from labelled_data.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

WINDOWS = "sloppy-windows-1252"
"""Windows-1252 as browsers read it: its five unused bytes are control characters."""

_CHUNK = 1 << 20
_LONGEST_LINE = 64 << 20
_MOST_NULS = 0.05
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_KINDS = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old or protected Office document"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"SQLite format 3", "a database"),
)


def encoding_of(path: Path) -> str:
    """Finds the encoding of a text file.

    Args:
        path: The file; the whole of it is read, a chunk at a time, unless a byte order mark settles
            the matter.

    Returns:
        The name of a codec: what the byte order mark says, else UTF-8 where every byte fits, else
        Windows-1252.

    Raises:
        UnreadableError: If the file is not text, or has a line of more than 64 MB.
        OSError: If it cannot be read.
    """
    with path.open("rb") as stream:
        head = stream.read(_CHUNK)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    _refuse_other_kinds(path, head)
    return "utf-8" if _is_utf8(path) else WINDOWS


@contextmanager
def open_text(path: Path, encoding: str, *, newline: str) -> Iterator[TextIO]:
    """Opens a text file in an encoding that may be the one of browsers.

    Args:
        path: The file.
        encoding: A name `encoding_of` gives, or any that Python knows.
        newline: Where lines end, as `open` takes it.

    Yields:
        The open file.

    Raises:
        UnreadableError: If there is no such encoding, or the file cannot be opened.
    """
    _know(encoding)
    try:
        stream = path.open(encoding=encoding, newline=newline)
    except LookupError as error:
        raise UnreadableError(f"{path} is to be read as {encoding!r}, no known encoding") from error
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror or error}") from error
    with stream:
        yield stream


def _know(encoding: str) -> None:
    """Have Python know the encodings of browsers, where the one that is wanted may be of them."""
    try:
        codecs.lookup(encoding)
    except LookupError:
        from ftfy import bad_codecs

        bad_codecs.ok()


def _refuse_other_kinds(path: Path, head: bytes) -> None:
    for magic, kind in _OTHER_KINDS:
        if head.startswith(magic):
            raise UnreadableError(f"{path} is {kind}, not the {path.suffix} file its name says")
    if head.count(0) > _MOST_NULS * len(head):
        raise UnreadableError(f"{path} is not text, or is UTF-16 text without a byte order mark")


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    fits = True
    for chunk in _chunks(path):
        fits = fits and _decodes(decoder, chunk)
    return fits and _decodes(decoder, b"", final=True)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    """Reads a file, and refuses a line that no memory should have to hold."""
    line = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            line = line + len(chunk) if end < 0 else len(chunk) - end - 1
            if line > _LONGEST_LINE:
                raise UnreadableError(f"{path} has a line of more than 64 MB")
            yield chunk
