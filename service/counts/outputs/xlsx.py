"""Tables as an Excel workbook: a cover, a sheet for each table, and one over time.

Numbers are numbers with a format; text is text, none of it run as a formula or a link. It is made
in memory, so no temporary file holds figures, and the same tables always make the same bytes.
"""

from __future__ import annotations

import io
from datetime import UTC
from typing import TYPE_CHECKING, Any

from labelled_data.tables.sinks.excel import MOST_ROWS
from service.counts.outputs import words
from service.counts.outputs.cells import HIDDEN, safe
from service.counts.outputs.columns import TREND_COLUMNS, count_columns
from service.counts.outputs.cover import cover
from service.counts.outputs.sheet_names import sheet_names
from service.errors import UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

    from service.counts.outputs.columns import Column, Row
    from service.counts.outputs.cover import Cover
    from service.counts.records import CountsTable, TrendTable

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_WRAPPED = {"text_wrap": True, "valign": "top"}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": "#005EB8"},
    "section": {"bold": True, "font_size": 14, "font_color": "#005EB8"},
    "name": {"bold": True, "valign": "top"},
    "heading": {**_WRAPPED, "bold": True, "bg_color": "#005EB8", "font_color": "#FFFFFF"},
    "text": _WRAPPED,
    "long": _WRAPPED,
    "hidden": {"align": "right", "valign": "top"},
    "whole": {"num_format": "#,##0", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "points": {"num_format": "+0.0%;-0.0%;0.0%", "valign": "top"},
    "ratio": {"num_format": "0.00", "valign": "top"},
    "p": {"num_format": '[<0.001]"<0.001";0.000', "valign": "top"},
}
_WIDTHS = {"text": 28, "long": 50}
_NUMBER_WIDTH = 12
_COVER_WIDTHS = (24, 110)


def counts_workbook(tables: Sequence[CountsTable], trends: TrendTable | None = None) -> bytes:
    """Write a workbook.

    Args:
        tables: Each has a sheet of its own, named by what its people are parted by.
        trends: Themes over time, on the last sheet.

    Raises:
        ValueError: There is no table at all.
        UnprocessableError: A table has more rows than a sheet holds.
    """
    file = io.BytesIO()
    front = cover(tables, trends)
    names = sheet_names(
        ["About", *map(words.title, tables), *([words.OVER_TIME] if trends else [])]
    )
    with _Book(file, front) as book:
        book.write_cover(names[0], front)
        for name, table in zip(names[1:], tables, strict=False):
            book.write_sheet(name, count_columns(table), table.rows, 1 + len(table.query.by))
        if trends:
            periods = [(trend, point) for trend in trends.trends for point in trend.points]
            book.write_sheet(names[-1], TREND_COLUMNS, periods, 2)
    return file.getvalue()


class _Book:
    """A workbook in the making; leaving it packs the file."""

    def __init__(self, file: io.BytesIO, front: Cover) -> None:
        import xlsxwriter

        self._book = xlsxwriter.Workbook(file, dict(_OPTIONS))
        created = front.made.astimezone(UTC).replace(tzinfo=None)
        self._book.set_properties({"title": safe(front.survey), "created": created})
        self._formats = {name: self._book.add_format(look) for name, look in _FORMATS.items()}

    def __enter__(self) -> _Book:
        return self

    def __exit__(self, failed: type[BaseException] | None, *rest: object) -> None:
        if failed is None:
            self._book.close()
        else:
            self._book.fileclosed = True  # or it complains when it is dropped

    def write_cover(self, name: str, front: Cover) -> None:
        sheet = self._book.add_worksheet(name)
        for column, width in enumerate(_COVER_WIDTHS):
            sheet.set_column(column, column, width)
        lines = [
            ("title", front.survey, ""),
            ("name", "Made", words.made(front.made)),
        ]
        for section in front.sections:
            lines += [("name", "", ""), ("section", section.heading, "")]
            lines += [("name", fact.name, fact.text) for fact in section.facts]
        for row, (look, label, text) in enumerate(lines):
            self._write(sheet, (row, 0), label, look)
            self._write(sheet, (row, 1), text, "text")
        sheet.hide_gridlines(2)
        _fit(sheet)

    def write_sheet(
        self, name: str, columns: Sequence[Column[Row]], rows: Sequence[Row], keys: int
    ) -> None:
        """Write a table with its header in row 1, which stays in view as its first columns do."""
        if len(rows) >= MOST_ROWS:
            raise UnprocessableError(
                f"a sheet holds {MOST_ROWS:,} rows, and the table has more; ask for CSV"
            )
        sheet = self._book.add_worksheet(name)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _WIDTHS.get(column.look, _NUMBER_WIDTH))
            self._write(sheet, (0, place), column.heading, "heading")
        for number, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                self._write(sheet, (number, place), column.value(row), column.look)
        sheet.freeze_panes(1, keys)
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        sheet.repeat_rows(0)
        _fit(sheet)

    def _write(
        self,
        sheet: Worksheet,
        place: tuple[int, int],
        value: str | float | None,
        look: str,
    ) -> None:
        if isinstance(value, str):
            style = "hidden" if value == HIDDEN and look == "whole" else look
            sheet.write_string(*place, safe(value), self._formats[style])
        elif value is not None:
            sheet.write_number(*place, value, self._formats[look])


def _fit(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
