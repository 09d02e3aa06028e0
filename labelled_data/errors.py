"""Everything this layer raises on purpose.

DataError                    anything wrong with a codebook, a table or labels
├── CodebookError            a codebook file, or a theme it does not have
├── EqualitySchemeError      an equality scheme file, or a group it does not have
├── LabelError               a label, sentiment or column in labelled data
│   └── UnmappedValueError   a value that means no equality group
└── TableError               a table, whatever its format
    ├── UnreadableError      it cannot be opened, or is not what its name says
    ├── HeaderError          its column names, or a column that is asked for
    ├── RowError             one of its rows
    └── WriteError           it cannot be written

Each message is one sentence that names the file, and the row and column where they are known. It
never holds the text of a comment, so it may be shown and logged; of a value that names a category
it holds 40 characters at most.
"""

from __future__ import annotations

_SHOWN = 40


class DataError(Exception):
    """Base of everything this layer raises on purpose."""


class CodebookError(DataError):
    """A codebook file is wrong, or a theme is not in the codebook."""


class EqualitySchemeError(DataError):
    """An equality scheme is wrong, or a group is not in the scheme."""


class LabelError(DataError):
    """Labelled data holds a label, sentiment or column it should not, or lacks one."""


class UnmappedValueError(LabelError):
    """A value means none of the groups of an equality scheme, nor that the group is missing.

    Attributes:
        scheme: Id of the scheme.
        value: The value, whole.
    """

    def __init__(self, scheme: str, value: str) -> None:
        shown = value if len(value) <= _SHOWN else f"{value[: _SHOWN - 1]}…"
        super().__init__(f"the scheme {scheme!r} does not say which group {shown!r} means")
        self.scheme = scheme
        self.value = value


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
