"""Finding everything that is wrong with a table of comments, without stopping at the first.

What is remembered of a comment is a hash, so that a file of any length can be checked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labelled_data.errors import HeaderError, LabelError, RowError
from labelled_data.findings import CheckReport, FindingList
from labelled_data.labelled_tables import theme_ids_in
from labelled_data.records import sentiment_of
from labelled_data.tables.headers import listed, repeated
from labelled_data.tables.rows import RawTable, raw_table
from labelled_data.text import has_control_characters, is_misdecoded, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from labelled_data.codebook import Codebook

TEXT_COLUMNS = ("text", "comment", "FFT answer")
"""Names under which the comments are looked for when no column is given."""

LONGEST_CELL = 32_767
"""Characters; longer cells do not fit into an Excel workbook."""


def check_table(
    path: str | Path,
    *,
    text_column: str | None = None,
    codebook: Codebook | None = None,
    sheet: str | None = None,
    limit: int = 1000,
) -> CheckReport:
    """Finds everything that is wrong with a table of comments.

    A table with a `themes` column is taken for labelled: its sentiments and contradictions are
    checked too and, with a codebook, its theme ids.

    Args:
        path: A file of any format Sayso reads.
        text_column: Column of the comments; without it, one named `text`, `comment` or `FFT
            answer`.
        codebook: What the theme ids of a labelled table belong to.
        sheet: Sheet of a workbook; the first when None.
        limit: Most findings to list of each rule; all are counted.

    Returns:
        The findings, with row and column.

    Raises:
        TableError: If the file cannot be opened at all, or lacks the column of the comments.
    """
    table = raw_table(path, sheet=sheet)
    check = _Check(table, _text_place(table, text_column), codebook, FindingList(limit))
    check.run()
    findings = check.findings
    return CheckReport(str(path), check.rows, tuple(findings.kept), dict(findings.counts))


def _text_place(table: RawTable, wanted: str | None) -> int:
    names = TEXT_COLUMNS if wanted is None else (wanted,)
    for name in names:
        if name in table.header:
            return table.header.index(name)
    known = listed(table.header)
    sought = " or ".join(map(repr, names))
    raise HeaderError(f"{table.path} has no column {sought} for the comments; it has {known}")


@dataclass
class _Check:
    """The rules at work on one table."""

    table: RawTable
    text_place: int
    codebook: Codebook | None
    findings: FindingList
    rows: int = 0
    first_rows: dict[int, int] = field(default_factory=dict)
    first_labels: dict[int, tuple[int, int]] = field(default_factory=dict)

    def run(self) -> None:
        self._header()
        try:
            for row, cells in self.table.rows:
                self.rows += 1
                self._row(row, cells)
        except RowError as error:
            self.findings.add(
                error.row, None, "unreadable_row", f"{error}; the rest was not checked"
            )

    def _header(self) -> None:
        for name, first, again in repeated(self.table.header):
            sentence = f"columns {first} and {again} have the same header"
            self.findings.add(1, name, "duplicate_header", sentence)

    def _row(self, row: int, cells: Sequence[str]) -> None:
        self._length(row, cells)
        for name, cell in zip(self.table.header, cells, strict=False):
            self._cell(row, name, cell)
        if self.text_place < len(cells) and cells[self.text_place].strip():
            self._text(row, cells[self.text_place])
        else:
            self._add_for_text(row, "the comment is empty")
        if "themes" in self.table.header:
            self._labels(row, dict(zip(self.table.header, cells, strict=False)))

    def _length(self, row: int, cells: Sequence[str]) -> None:
        width = len(self.table.header)
        if any(cells[width:]):
            sentence = f"the row has {len(cells)} cells, but the header has {width}"
            self.findings.add(row, None, "long_row", sentence)
        elif len(cells) < width:
            sentence = f"the row has {len(cells)} cells, not {width}; the rest is taken as empty"
            self.findings.add(row, None, "short_row", sentence)

    def _cell(self, row: int, name: str, cell: str) -> None:
        if has_control_characters(cell):
            sentence = "the cell holds control characters, which are removed on reading"
            self.findings.add(row, name, "control_characters", sentence)
        if is_misdecoded(cell):
            sentence = (
                "the text was decoded wrongly when the file was made; it is mended on tagging"
            )
            self.findings.add(row, name, "misdecoded_text", sentence)
        if len(cell) > LONGEST_CELL:
            sentence = f"the cell has {len(cell):,} characters, more than a cell of Excel holds"
            self.findings.add(row, name, "overlong_cell", sentence)

    def _add_for_text(self, row: int, sentence: str) -> None:
        self.findings.add(row, self.table.header[self.text_place], "empty_text", sentence)

    def _text(self, row: int, text: str) -> None:
        if not (words := normalise(text)):
            return
        first = self.first_rows.setdefault(_hash(words), row)
        if first != row:
            name = self.table.header[self.text_place]
            self.findings.add(
                row, name, "repeated_text", f"the comment is the same as in row {first}"
            )

    def _labels(self, row: int, cells: dict[str, str]) -> None:
        themes = theme_ids_in(cells.get("themes", ""))
        self._themes(row, themes)
        try:
            sentiment_of(cells.get("sentiment", ""), "the cell")
        except LabelError as error:
            self.findings.add(row, "sentiment", "bad_sentiment", str(error))
        self._contradiction(row, cells, themes)

    def _themes(self, row: int, themes: tuple[str, ...]) -> None:
        if self.codebook is None:
            return
        for theme in themes:
            if theme not in self.codebook.theme_ids:
                sentence = f"codebook {self.codebook.id!r} has no theme {theme!r}"
                self.findings.add(row, "themes", "unknown_theme", sentence)

    def _contradiction(self, row: int, cells: dict[str, str], themes: tuple[str, ...]) -> None:
        """Compares labels of one text under one question, which changes what the text means."""
        text = normalise(cells.get(self.table.header[self.text_place], ""))
        if not text:
            return
        key = _hash(text + "\n" + normalise(cells.get("question", "")))
        labels = _hash("\n".join(sorted(set(themes))))
        first, known = self.first_labels.setdefault(key, (row, labels))
        if known != labels:
            sentence = f"the comment has other themes than the same comment in row {first}"
            self.findings.add(row, "themes", "contradictory_labels", sentence)


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest)
