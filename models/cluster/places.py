"""Files and folders wherever they are: on this computer, or in a store that a URL names."""

from __future__ import annotations

import io
import os
import re
import shutil
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from labelled_data.errors import TableError, UnreadableError, WriteError
from models.cluster.errors import MissingRayError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyarrow.fs import FileInfo, FileSystem

INSTALL = "Ray is not installed: pip install 'sayso[ray]' brings it"
# Their files appear whole when the last byte is there, and a move would copy them.
_OBJECT_STORES = ("s3", "gcs", "abfs")
_CHUNK = 8 << 20
_UNFINISHED = re.compile(r"\..+\.[0-9a-f]{32}\.part")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is there.

    Attributes:
        name: Its path from the folder it was looked for in, with ``/`` between the parts.
        size: Bytes.
        changed: When it last changed, in nanoseconds since 1970; 0 where the store does not tell.
    """

    name: str
    size: int
    changed: int


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder, which need not be there.

    Attributes:
        filesystem: What holds it.
        path: Where it is in there.
        shown: Its name for messages, without the keys that a URL may hold.
    """

    filesystem: FileSystem
    path: str
    shown: str

    @classmethod
    def at(cls, where: str | Path) -> Place:
        """Find the place that a path or a URL names.

        Args:
            where: A path of this computer, or a URL that `pyarrow.fs.FileSystem.from_uri`
                understands, such as ``s3://bucket/folder`` or ``file:///folder``.

        Raises:
            MissingRayError: pyarrow, which comes with Ray, is not installed.
            UnreadableError: The URL is of no known kind.
        """
        try:
            from pyarrow.fs import FileSystem, LocalFileSystem
        except ImportError as error:
            raise MissingRayError(INSTALL) from error
        if "://" not in str(where):
            path = Path(where).resolve()
            return cls(LocalFileSystem(), path.as_posix(), str(path))
        shown = _without_keys(str(where))
        try:
            filesystem, inside = FileSystem.from_uri(str(where))
        except (ValueError, OSError) as error:
            raise UnreadableError(f"{shown} is no URL of a kind that can be read") from error
        return cls(filesystem, inside.rstrip("/"), shown.rstrip("/"))

    def __truediv__(self, name: str) -> Place:
        return Place(self.filesystem, f"{self.path}/{name}", f"{self.shown}/{name}")

    @property
    def parent(self) -> Place:
        """The folder it is in."""
        folder = str(PurePosixPath(self.path).parent)
        return Place(self.filesystem, folder, self.shown.rpartition("/")[0])

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.path).name

    @property
    def local(self) -> Path | None:
        """Its path, where this computer's own file system holds it."""
        return Path(self.path) if self.filesystem.type_name == "local" else None

    def is_within(self, other: Place) -> bool:
        """Tell whether it is another place or in it."""
        inside = PurePosixPath(self.path).is_relative_to(other.path)
        return inside and bool(self.filesystem.equals(other.filesystem))

    def is_file(self) -> bool:
        """Tell whether it is a file, and so no folder.

        Raises:
            UnreadableError: Nothing is there, or the store refuses.
        """
        from pyarrow.fs import FileType

        kind = self._info().type
        if kind == FileType.NotFound:
            raise UnreadableError(f"{self.shown} does not exist")
        return bool(kind == FileType.File)

    def stored(self) -> StoredFile | None:
        """Describe the file, if one is there, by its name alone.

        Raises:
            UnreadableError: The store refuses.
        """
        info = self._info()
        return StoredFile(self.name, info.size, info.mtime_ns or 0) if info.is_file else None

    def files(self) -> list[StoredFile]:
        """List the files of a folder and of all folders in it, by name.

        Returns:
            The files; a folder that is not there has none.

        Raises:
            UnreadableError: The store refuses.
        """
        from pyarrow.fs import FileSelector

        with _told(self, UnreadableError):
            inside = FileSelector(self.path, allow_not_found=True, recursive=True)
            found = self.filesystem.get_file_info(inside)
        prefix = len(self.path) + 1
        files = (
            StoredFile(info.path[prefix:], info.size, info.mtime_ns or 0)
            for info in found
            if info.is_file
        )
        return sorted(files, key=lambda file: file.name)

    def fetch(self, to: Path) -> None:
        """Copy the file to this computer, in constant memory.

        Raises:
            UnreadableError: It is not there, or the store refuses.
        """
        with (
            _told(self, UnreadableError),
            self.filesystem.open_input_stream(self.path) as source,
            to.open("wb") as target,
        ):
            shutil.copyfileobj(source, target, _CHUNK)

    def read(self) -> bytes:
        """Read a small file whole.

        Raises:
            UnreadableError: It is not there, or the store refuses.
        """
        with (
            _told(self, UnreadableError),
            self.filesystem.open_input_stream(self.path) as source,
        ):
            return bytes(source.read())

    def put(self, content: BinaryIO | bytes) -> int:
        """Write the file, whole or not at all, in constant memory; an older one is replaced.

        Returns:
            Bytes written.

        Raises:
            WriteError: The store refuses, or kept less than it was given.
        """
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        with _told(self, WriteError):
            if self.filesystem.type_name in _OBJECT_STORES:
                self._write(stream)
            else:
                self._write_and_move(stream)
        size, kept = stream.tell(), self.stored()
        if kept is None or kept.size != size:
            raise WriteError(f"{self.shown} cannot be written: the store kept less than its bytes")
        return size

    def remove_unfinished(self) -> None:
        """Remove from a folder what killed runs had begun to write there.

        Raises:
            UnreadableError: The store refuses.
        """
        for file in self.files():
            if _UNFINISHED.fullmatch(PurePosixPath(file.name).name):
                with suppress(FileNotFoundError):
                    self.filesystem.delete_file(f"{self.path}/{file.name}")

    def _write_and_move(self, stream: BinaryIO) -> None:
        self.filesystem.create_dir(self.parent.path, recursive=True)
        hidden = self.parent / f".{self.name}.{uuid.uuid4().hex}.part"
        hidden._write(stream)
        self.filesystem.move(hidden.path, self.path)

    def _write(self, stream: BinaryIO) -> None:
        try:
            with self.filesystem.open_output_stream(self.path) as target:
                shutil.copyfileobj(stream, target, _CHUNK)
        except BaseException:
            # closing the stream has published what was written so far
            with suppress(OSError):
                self.filesystem.delete_file(self.path)
            raise

    def _info(self) -> FileInfo:
        with _told(self, UnreadableError):
            return self.filesystem.get_file_info(self.path)


@contextmanager
def _told(place: Place, kind: type[TableError]) -> Iterator[None]:
    """Turn what a store says into one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise kind(f"{place.shown} does not exist") from error
    except OSError as error:
        # pyarrow's own sentence is long and names the path again
        reason = os.strerror(error.errno) if error.errno else " ".join(str(error).split())
        done = "read" if kind is UnreadableError else "written"
        raise kind(f"{place.shown} cannot be {done}: {reason}") from error


def _without_keys(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
