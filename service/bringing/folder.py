"""Where the file of a draft is kept, which its owner's account alone may read."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from service.errors import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

_FILE = "upload"
_LOCK = "lock"
_INSPECTION = "columns.json"
_RESHAPED = "rows.csv"
_ERRORS = "errors.csv"
_PIECE = 1 << 20
_MOMENT = 0.05
"""Seconds."""


class DraftFolder:
    """The folder of one draft.

    Args:
        spool: Folder for uploads.
        draft_id: The draft's id.
    """

    def __init__(self, spool: Path, draft_id: str) -> None:
        self._path = drafts_in(spool) / draft_id

    @property
    def upload(self) -> Path:
        """The file as it was sent."""
        return self._path / _FILE

    @property
    def inspection(self) -> Path:
        """What was found in its columns."""
        return self._path / _INSPECTION

    @property
    def reshaped(self) -> Path:
        """Its rows as the survey needs them, where that is not as they were sent."""
        return self._path / _RESHAPED

    @property
    def errors(self) -> Path:
        """What is wrong with its rows; never what anybody wrote."""
        return self._path / _ERRORS

    def receive(self, stream: BinaryIO, limit: int) -> None:
        """Write the file.

        Raises:
            TooLargeError: It has more bytes than the limit.
        """
        self._path.mkdir(mode=0o700, parents=True)
        with self.create(self.upload) as file:
            while piece := stream.read(_PIECE):
                file.write(piece)
                if file.tell() > limit:
                    raise TooLargeError(f"an upload may have {limit:,} bytes")

    def create(self, path: Path) -> BinaryIO:
        """Open a file of the folder to write it anew."""
        path.unlink(missing_ok=True)
        return os.fdopen(_new(path), "wb")

    def create_text(self, path: Path) -> TextIO:
        """Open a text of the folder to write it anew."""
        path.unlink(missing_ok=True)
        return os.fdopen(_new(path), "w", encoding="utf-8", newline="")

    def is_here(self) -> bool:
        """Tell whether the file is on this computer, and not erased."""
        return self.upload.exists()

    def erase_file(self) -> None:
        """Erase the file with all that was made of it, but for what is wrong with its rows."""
        for path in (self.upload, self.inspection, self.reshaped):
            path.unlink(missing_ok=True)

    def erase(self) -> None:
        """Erase the folder."""
        shutil.rmtree(self._path, ignore_errors=True)

    @contextmanager
    def alone(self, tries: int = 1) -> Iterator[bool]:
        """Tell whether nobody else works on the file; nobody else begins to until the block ends.

        A killed process lets go of it.

        Args:
            tries: How often to try, a moment apart: who only asks whether somebody works on it
                holds it for less than that.
        """
        try:
            file = os.fdopen(os.open(self._path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600), "rb")
        except FileNotFoundError:
            yield False
            return
        with file:
            while not (free := _locked(file)) and tries > 1:
                tries -= 1
                time.sleep(_MOMENT)
            yield free

    def is_worked_on(self) -> bool:
        """Tell whether somebody works on the file at the moment."""
        with self.alone() as free:
            return self.is_here() and not free


def drafts_in(spool: Path) -> Path:
    """Give the folder of all drafts."""
    return spool / "drafts"


def forgotten(spool: Path, known: set[str], older_than: float) -> Iterator[DraftFolder]:
    """Find folders of which the store does not know.

    Args:
        spool: Folder for uploads.
        known: Ids of the drafts in the store.
        older_than: Seconds for which nothing was made in them, since one may just be begun.
    """
    for path in drafts_in(spool).glob("*"):
        if path.name not in known and time.time() - path.stat().st_mtime > older_than:
            yield DraftFolder(spool, path.name)


def _new(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)


def _locked(file: BinaryIO) -> bool:
    if sys.platform == "win32":
        return True  # there one process alone serves
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
