"""Unpacking a compressed body as it comes in."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

from service.errors import BadRequestError, UnsupportedMediaError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS


class Unpacker(Protocol):
    """What turns the bytes of a body into those that were meant."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Gives what some more bytes unpack to, in pieces that no memory need fear."""

    def finish(self) -> None:
        """Makes sure that nothing is missing at the end."""


def unpacker_for(encoding: str) -> Unpacker:
    """Gives what unpacks a body.

    Args:
        encoding: Its Content-Encoding; empty when it has none.

    Raises:
        UnsupportedMediaError: If the encoding is neither gzip nor none.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Gunzip()
        case _:
            raise UnsupportedMediaError("a body may have the Content-Encoding gzip, or none")


class _Plain:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def finish(self) -> None:
        """Has nothing to look at."""


class _Gunzip:
    """Unpacks gzip, of which several may follow each other."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = b""
        while data or len(piece) == _PIECE:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            piece = self._unpacked(data)
            yield piece
            data = self._member.unused_data if self._member.eof else self._member.unconsumed_tail

    def finish(self) -> None:
        if not self._member.eof:
            raise BadRequestError("the body ends before its gzip does")

    def _unpacked(self, data: bytes) -> bytes:
        try:
            return self._member.decompress(data, _PIECE)
        except zlib.error as error:
            raise BadRequestError("the body is not gzip, as its Content-Encoding says") from error
