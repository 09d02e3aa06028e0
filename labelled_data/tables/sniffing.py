"""Finding out what parts the cells of a delimited file."""

from __future__ import annotations

import csv
import io

DELIMITERS = ",;\t|"
_MOST_RECORDS = 100


def delimiter_of(sample: str, *, whole: bool) -> str:
    """Finds the delimiter that gives the header and most rows the same number of cells.

    Args:
        sample: The start of the file.
        whole: Whether the sample is the whole file; otherwise its last record may be cut and is not
            counted.

    Returns:
        A comma, semicolon, tab or bar; a comma when nothing parts the header.
    """
    best = max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter, whole=whole))
    return best if _fit(sample, best, whole=whole) > (0, 1) else ","


def _fit(sample: str, delimiter: str, *, whole: bool) -> tuple[float, int]:
    """Gives the share of rows as wide as the header, and that width."""
    widths = _widths(sample, delimiter, whole=whole)
    if not widths or widths[0] < 2:
        return 0.0, 1
    header, *rows = widths
    alike = sum(width == header for width in rows) / len(rows) if rows else 1.0
    return alike, header


def _widths(sample: str, delimiter: str, *, whole: bool) -> list[int]:
    widths: list[int] = []
    reader = csv.reader(io.StringIO(sample.replace("\0", ""), newline=""), delimiter=delimiter)
    for record in reader:
        if record:
            widths.append(len(record))
        if len(widths) > _MOST_RECORDS:
            return widths
    return widths if whole or len(widths) < 2 else widths[:-1]
