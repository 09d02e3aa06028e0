"""What is uploaded: a file or bytes, sent piece by piece."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, get_args

from service.client.errors import UnknownFormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Format = Literal["csv", "xlsx", "jsonl", "json"]

CONTENT_TYPES: dict[Format, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
    "json": "application/json",
}
_SUFFIXES: dict[str, Format] = {
    **{f".{name}": name for name in get_args(Format)},
    ".ndjson": "jsonl",
}
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Upload:
    """A file or bytes in one of the formats that the service reads.

    Attributes:
        source: Path of the file, or what would be in it.
        format: Its format; by default as the file's suffix says.
        progress: Told of the bytes sent and of all there are, after each piece.

    Raises:
        UnknownFormatError: No format was given, and none can be told from a suffix.
    """

    source: Path | bytes
    format: Format | None = None
    progress: Callable[[int, int], None] | None = None

    def __post_init__(self) -> None:
        """Refuses what has no known format, before anything is sent."""
        _ = self.content_type

    @property
    def content_type(self) -> str:
        """The media type of its format."""
        if self.format is not None:
            return CONTENT_TYPES[self.format]
        suffix = self.source.suffix.lower() if isinstance(self.source, Path) else ""
        if suffix not in _SUFFIXES:
            what = f"the suffix {suffix!r}" if suffix else "its name"
            known = ", ".join(_SUFFIXES)
            raise UnknownFormatError(f"{what} does not tell the format; known are {known}")
        return CONTENT_TYPES[_SUFFIXES[suffix]]

    @property
    def size(self) -> int:
        """Bytes in all."""
        if isinstance(self.source, Path):
            return self.source.stat().st_size
        return len(self.source)

    def pieces(self) -> Iterator[bytes]:
        """Give the content from its start, piece by piece, telling of the progress."""
        sent, size = 0, self.size
        with self._opened() as file:
            while piece := file.read(_PIECE):
                yield piece
                sent += len(piece)
                if self.progress is not None:
                    self.progress(sent, size)

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        if isinstance(self.source, bytes):
            yield BytesIO(self.source)
            return
        with self.source.open("rb") as file:
            yield file
