"""Keeping the body of an upload in a file for as long as it is read.

The file is readable for its owner alone, and locked while it is in use. A killed process leaves it
behind without its lock, which is how `sweep` tells it from those that other processes still read.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from contextlib import asynccontextmanager, suppress
from typing import IO, TYPE_CHECKING

from service.errors import TooLargeError
from service.uploads.unpacking import unpacker_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator
    from pathlib import Path

    from service.uploads.unpacking import Unpacker

_PREFIX = "upload-"
_ENOUGH_TO_WRITE = 1 << 20


@asynccontextmanager
async def receive(
    stream: AsyncIterable[bytes],
    folder: Path,
    limit: int,
    *,
    encoding: str = "",
    unpacked: int | None = None,
) -> AsyncIterator[Path]:
    """Writes the body of a request to a file, which is removed when the block ends.

    Args:
        stream: The body, a piece at a time.
        folder: Where the file goes; made when it is missing.
        limit: Most bytes of the body as it is sent.
        encoding: Its Content-Encoding: gzip or none.
        unpacked: Most bytes of it once unpacked; `limit` when None.

    Yields:
        The file, unpacked.

    Raises:
        TooLargeError: If the body is longer than a limit.
        UnsupportedMediaError: If the encoding is another.
        BadRequestError: If the body is not what its encoding says.
    """
    unpacker = unpacker_for(encoding)
    path, file = _new_file(folder)
    try:
        with file:
            await _Writer(file, unpacker, limit, unpacked or limit).take(stream)
            yield path
    finally:
        _remove(path)


def sweep(folder: Path) -> int:
    """Removes what killed processes left behind.

    Args:
        folder: Where uploads are kept; it may be missing.

    Returns:
        How many files and folders were removed.
    """
    removed = 0
    for path in folder.glob(f"{_PREFIX}*"):
        upload = path.with_name(path.name.partition(".")[0])
        if not _is_locked(upload):
            _remove_one(path)
            removed += not path.exists()
    return removed


class _Writer:
    """Writes off the event loop, about a megabyte at a time."""

    def __init__(self, file: IO[bytes], unpacker: Unpacker, limit: int, unpacked: int) -> None:
        self._file = file
        self._unpacker = unpacker
        self._limit = limit
        self._unpacked = unpacked
        self._received = 0
        self._written = 0

    async def take(self, stream: AsyncIterable[bytes]) -> None:
        waiting = bytearray()
        async for piece in stream:
            self._received += len(piece)
            if self._received > self._limit:
                raise TooLargeError(f"an upload may have {self._limit:,} bytes")
            waiting += piece
            if len(waiting) >= _ENOUGH_TO_WRITE:
                await asyncio.to_thread(self._write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(self._write, bytes(waiting))
        self._unpacker.finish()
        self._file.flush()

    def _write(self, data: bytes) -> None:
        for piece in self._unpacker.feed(data):
            self._written += len(piece)
            if self._written > self._unpacked:
                raise TooLargeError(f"an upload may have {self._unpacked:,} bytes once unpacked")
            self._file.write(piece)


def _new_file(folder: Path) -> tuple[Path, IO[bytes]]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
    file = os.fdopen(number, "wb")
    _lock(file)
    return folder / os.path.basename(name), file  # noqa: PTH119  (a name, not a path)


def _remove(path: Path) -> None:
    for part in (path, *path.parent.glob(f"{path.name}.*")):
        _remove_one(part)


def _remove_one(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):  # on Windows, one that another process reads
        path.unlink()


def _lock(file: IO[bytes]) -> None:
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_locked(path: Path) -> bool:
    if sys.platform == "win32":
        return False  # there a file in use refuses to be removed
    try:
        with path.open("rb") as file:
            _lock(file)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
