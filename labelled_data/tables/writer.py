"""Writing a table, whole or not at all, whatever its format."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, Self

from labelled_data.errors import WriteError
from labelled_data.tables.workspace import make_workspace, remove_leftovers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    import polars as pl


class Sink(Protocol):
    """What writes one format into a folder of its own."""

    def write(self, frame: pl.DataFrame, first_row: int) -> None:
        """Takes the next rows, whose first is `first_row` of the output."""

    def finish(self) -> Path:
        """Ends the file and says where it is."""

    def abandon(self) -> None:
        """Lets go of open files; called in place of `finish`."""


class SinkOpener(Protocol):
    """How a sink is made."""

    def __call__(self, folder: Path, path: Path, columns: tuple[str, ...]) -> Sink:
        """Opens a sink that keeps its files in `folder`, for the file `path` to be."""


class TableWriter:
    """Writes a table into a hidden folder, and moves it into place when the block ends well.

    When the block ends with an exception, also `KeyboardInterrupt` and `SystemExit`, nothing is
    left behind and an older file of that name stays as it was.

    Args:
        path: Where the table goes.
        columns: Names of its columns, which every frame has in this order.
        opener: Makes the sink for its format.
    """

    def __init__(self, path: Path, columns: tuple[str, ...], opener: SinkOpener) -> None:
        self.path = path
        self.columns = columns
        self.rows = 0
        self._opener = opener
        self._folder: Path | None = None
        self._sink: Sink | None = None

    def __enter__(self) -> Self:
        """Makes the hidden folder, having removed those of killed runs.

        Raises:
            WriteError: If the folder of the file is missing or may not be written to.
        """
        with told(self.path):
            remove_leftovers(self.path)
            self._folder = make_workspace(self.path)
            try:
                self._sink = self._opener(self._folder, self.path, self.columns)
            except BaseException:
                self._clear()
                raise
        return self

    def write(self, frame: pl.DataFrame) -> None:
        """Appends rows.

        Args:
            frame: The rows, with the writer's columns in the writer's order.

        Raises:
            WriteError: If the columns differ, the format cannot hold a cell or another row, or the
                disk refuses.
            ValueError: If the writer is not open.
        """
        if self._sink is None:
            raise ValueError("a table is written inside the writer's `with` block")
        if tuple(frame.columns) != self.columns:
            raise WriteError(
                f"{self.path} was opened with other columns than those of the rows to write"
            )
        with told(self.path):
            self._sink.write(frame, self.rows + 2)
        self.rows += frame.height

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Moves the table into place, or removes every trace of it."""
        sink, self._sink = self._sink, None
        try:
            if sink is not None and kind is None:
                with told(self.path):
                    os.replace(sink.finish(), self.path)  # noqa: PTH105  (says that it replaces)
            elif sink is not None:
                sink.abandon()
        finally:
            self._clear()

    def _clear(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what the system says into one sentence."""
    try:
        yield
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}") from error
