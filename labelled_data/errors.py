"""Everything this layer raises on purpose.

DataError                 anything wrong with a codebook, a table or labels
├── CodebookError         a codebook file, or a theme it does not have
├── LabelError            a label, sentiment or column in labelled data
└── TableError            a table, whatever its format
    ├── UnreadableError   it cannot be opened, or is not what its name says
    ├── HeaderError       its column names, or a column that is asked for
    ├── RowError          one of its rows
    └── WriteError        it cannot be written

Each message is one sentence that names the file, and the row and column where they are known. It
never holds the text of a comment, so it may be shown and logged.
"""

from __future__ import annotations


class DataError(Exception):
    """Base of everything this layer raises on purpose."""


class CodebookError(DataError):
    """A codebook file is wrong, or a theme is not in the codebook."""


class LabelError(DataError):
    """Labelled data holds a label, sentiment or column it should not, or lacks one."""


class TableError(DataError):
    """A table cannot be read or written."""


class UnreadableError(TableError):
    """A table cannot be opened, or is not what its name says."""


class HeaderError(TableError):
    """The column names of a table are wrong, or a column that is asked for is not there."""


class RowError(TableError):
    """A row of a table is wrong.

    Attributes:
        row: Its number, as a spreadsheet numbers it.
    """

    def __init__(self, message: str, row: int) -> None:
        super().__init__(message)
        self.row = row


class WriteError(TableError):
    """A table cannot be written."""
