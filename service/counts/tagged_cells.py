"""The cells of a tagged file that counts are made of, as text, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import polars as pl

from labelled_data import LabelError
from labelled_data.tables.values import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from labelled_data.tables import Table

Value = TypeVar("Value")

QUESTION = "question"
_PLACE = "\0place"


class Distinct(NamedTuple):
    """What stands in some columns: each combination once, in order of appearance.

    Attributes:
        cells: Of each combination, one of each column.
        first: Shape (len(cells),); the first row in which it stands, from 0.
        places: Shape (n,); of each row, the place in `cells`.
    """

    cells: list[tuple[str, ...]]
    first: NDArray[np.intp]
    places: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class TaggedCells:
    """Columns of a file, n rows of it.

    Attributes:
        path: The file.
        frame: The columns that are wanted, all text, without white space around it.
        numbers: Shape (n,); the row of each, as a spreadsheet numbers it.
        blank: Shape (n,); whether there is no comment to read; all False where it is not known
            which column holds the comments.
    """

    path: Path
    frame: pl.DataFrame
    numbers: NDArray[np.int64]
    blank: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.numbers)

    def distinct(self, *columns: str) -> Distinct:
        """Give what stands in some columns."""
        frame = self.frame.select(columns)
        found = frame.unique(maintain_order=True)
        placed = frame.join(
            found.with_row_index(_PLACE), on=columns, how="left", maintain_order="left"
        )
        places = placed[_PLACE].to_numpy().astype(np.intp)
        return Distinct(found.rows(), np.unique(places, return_index=True)[1], places)

    def read(
        self, column: str, reader: Callable[[str], Value]
    ) -> tuple[list[Value], NDArray[np.intp]]:
        """Read each different cell of a column once.

        Args:
            column: Its header.
            reader: Raises ValueError or LabelError for a cell that is wrong.

        Returns:
            What was read; and of each row its place in that, shape (n,).

        Raises:
            LabelError: A cell is wrong; the message names the file, the row and the column.
        """
        found = self.distinct(column)
        values = []
        for (cell,), row in zip(found.cells, found.first.tolist(), strict=True):
            try:
                values.append(reader(cell))
            except (ValueError, LabelError) as error:
                raise LabelError(f"{self.place(row, column)}: {error}") from error
        return values, found.places

    def place(self, row: int, column: str) -> str:
        """Say where a cell stands, for a message."""
        return f"{self.path} row {self.numbers[row]}, column {column!r}"


def cells_of(table: Table, columns: Sequence[str], text: str | None) -> TaggedCells:
    """Read the columns of a file that are wanted.

    Args:
        table: The file.
        columns: Their headers.
        text: Header of the comments; None where the column `question` tells it, or nobody does.

    Raises:
        TableError: The file lacks a column, or cannot be read.
    """
    wanted = [table.require(column) for column in dict.fromkeys(columns)]
    frames, numbers, blank = [], [np.empty(0, np.int64)], [np.empty(0, np.bool_)]
    for batch in table.batches():
        frame = as_text(batch.frame.select(wanted)).select(pl.all().str.strip_chars())
        frames.append(frame)
        numbers.append(np.arange(batch.first_row, batch.first_row + frame.height))
        blank.append(_blank(batch.frame, frame, text))
    whole = pl.concat([pl.DataFrame(schema=dict.fromkeys(wanted, pl.String)), *frames])
    return TaggedCells(table.path, whole, np.concatenate(numbers), np.concatenate(blank))


def _blank(cells: pl.DataFrame, frame: pl.DataFrame, text: str | None) -> NDArray[np.bool_]:
    if text is not None:
        return _is_blank(cells, text)
    blank = np.zeros(frame.height, np.bool_)
    if QUESTION in frame.columns:
        asked = frame[QUESTION]
        for column in asked.unique().to_list():
            if column in cells.columns:
                blank |= (asked == column).to_numpy() & _is_blank(cells, column)
    return blank


def _is_blank(cells: pl.DataFrame, column: str) -> NDArray[np.bool_]:
    blank: NDArray[np.bool_] = (
        as_text(cells.select(column))[column].str.strip_chars() == ""
    ).to_numpy()
    return blank
