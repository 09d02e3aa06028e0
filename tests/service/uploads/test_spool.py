from __future__ import annotations

import asyncio
import gzip
import hashlib
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from service.errors import BadRequestError, ServiceError, TooLargeError, UnsupportedMediaError
from service.uploads import receive, sweep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

BODY = hashlib.shake_128(b"a body that does not compress").digest(3_000_000)


async def pieces(body: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def received(
    body: bytes,
    folder: Path,
    limit: int = 10_000_000,
    *,
    encoding: str = "",
    unpacked: int | None = None,
) -> bytes:
    async def kept() -> bytes:
        stream = pieces(body)
        async with receive(stream, folder, limit, encoding=encoding, unpacked=unpacked) as path:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            return path.read_bytes()

    try:
        return asyncio.run(kept())
    finally:
        assert list(folder.glob("*")) == []


@pytest.mark.parametrize("body", [b"", b"id\n1\n", BODY])
def test_a_body_is_in_the_file_as_it_was_sent_and_then_gone(tmp_path: Path, body: bytes) -> None:
    assert received(body, tmp_path / "new" / "spool") == body


@pytest.mark.parametrize("body", [b"", b"id\n1\n", BODY, bytes(5 << 20)])
def test_a_compressed_body_is_unpacked(tmp_path: Path, body: bytes) -> None:
    packed = gzip.compress(body[:1000], mtime=0) + gzip.compress(body[1000:])
    assert received(packed, tmp_path, encoding="GZIP") == body


def test_a_body_may_be_as_long_as_the_limit_and_no_longer(tmp_path: Path) -> None:
    assert received(BODY, tmp_path, len(BODY)) == BODY
    with pytest.raises(TooLargeError, match="2,999,999 bytes"):
        received(BODY, tmp_path, len(BODY) - 1)


def test_a_compressed_body_is_unpacked_no_further_than_the_limit(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(200_000_000))
    assert len(bomb) < 200_000
    with pytest.raises(TooLargeError, match="1,000,000 bytes once unpacked"):
        received(bomb, tmp_path, 1_000_000, encoding="gzip")
    with pytest.raises(TooLargeError, match="5,000,000 bytes once unpacked"):
        received(bomb, tmp_path, 1_000_000, encoding="gzip", unpacked=5_000_000)


@pytest.mark.parametrize(
    ("body", "encoding", "kind"),
    [
        (b"plain", "gzip", BadRequestError),
        (gzip.compress(BODY, mtime=0)[:-9], "gzip", BadRequestError),
        (gzip.compress(b"a", mtime=0) + b"more", "gzip", BadRequestError),
        (b"", "gzip", BadRequestError),
        (b"plain", "br", UnsupportedMediaError),
        (b"plain", "gzip, gzip", UnsupportedMediaError),
    ],
)
def test_a_body_that_is_not_what_its_encoding_says_is_refused(
    tmp_path: Path, body: bytes, encoding: str, kind: type[ServiceError]
) -> None:
    with pytest.raises(kind):
        received(body, tmp_path, encoding=encoding)


def test_nothing_stays_of_an_upload_that_is_broken_off(tmp_path: Path) -> None:
    async def broken_off() -> AsyncIterator[bytes]:
        yield BODY
        raise ConnectionError

    async def take() -> None:
        async with receive(broken_off(), tmp_path, 10_000_000):
            pytest.fail("the body never ended")

    with pytest.raises(ConnectionError):
        asyncio.run(take())
    assert list(tmp_path.iterdir()) == []


def test_nothing_stays_of_an_upload_that_is_cancelled(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield BODY

    async def take() -> None:
        async with receive(endless(), tmp_path, 1 << 40):
            pytest.fail("the body never ended")

    async def cancelled() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(take(), 0.1)

    asyncio.run(cancelled())
    assert list(tmp_path.iterdir()) == []


def test_what_an_upload_was_turned_into_goes_with_it(tmp_path: Path) -> None:
    async def take() -> None:
        async with receive(pieces(b"body"), tmp_path, 10) as path:
            made = path.with_name(f"{path.name}.x")
            made.mkdir()
            (made / "rows").write_text("left here by a reader that was stopped")

    asyncio.run(take())
    assert list(tmp_path.iterdir()) == []


def test_sweeping_leaves_an_upload_in_use_alone(tmp_path: Path) -> None:
    async def take() -> None:
        async with receive(pieces(b"body"), tmp_path, 10) as path:
            path.with_name(f"{path.name}.x").mkdir()
            assert sweep(tmp_path) == 0
            assert path.read_bytes() == b"body"

    asyncio.run(take())


def test_sweeping_removes_what_a_killed_process_left_and_nothing_else(tmp_path: Path) -> None:
    other = tmp_path / "sayso.db"
    other.touch()
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 3
    assert sweep(tmp_path) == 2
    assert list(tmp_path.iterdir()) == [other]


def test_there_may_be_nothing_to_sweep(tmp_path: Path) -> None:
    assert sweep(tmp_path / "missing") == 0


KILLED = """
import asyncio, os, pathlib, signal, sys
from service.uploads import receive

async def body():
    yield b"half of it"

async def take():
    async with receive(body(), pathlib.Path(sys.argv[1]), 100) as path:
        path.with_name(f"{path.name}.x").mkdir()
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(take())
"""
