"""A small survey, and its upload in every format."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import xlsxwriter

from labelled_data import example_survey
from labelled_data.example_surveys import GroupColumn, TextColumn
from service.records import ResponseColumns
from service.uploads import UploadLimits, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import Literal

    from service.errors import FieldError
    from service.records import ResponseRow
    from service.uploads import UploadFormat

LIMITS = UploadLimits()
COLUMNS = ResponseColumns(
    response_id="id",
    person="who",
    date="day",
    site="place",
    weight="w",
    text=(
        TextColumn(column="good", question="What was good?"),
        TextColumn(column="better", question="What could be better?"),
    ),
    characteristics={
        "sex": GroupColumn(column="sex", scheme="sex", codes={"": "not_known"}),
        "age": GroupColumn(column="age", scheme="age_bands"),
    },
)
ROW: dict[str, Any] = {
    "id": "r-1",
    "who": "p-1",
    "day": "2025-03-31",
    "place": "A&E",
    "w": "0.5",
    "good": "kind staff",
    "better": "",
    "sex": "F",
    "age": "34",
}


def example_columns(survey: Literal["uec", "ics"]) -> ResponseColumns:
    """Columns of an example survey, of which one tells both responses and people apart."""
    columns = example_survey(survey).columns
    named = ResponseColumns(
        response_id=columns.person,
        date=columns.date,
        site=columns.site,
        text=columns.text,
        characteristics=columns.characteristics,
    )
    return named.model_copy(update={"person": columns.person})


def row(**changed: object) -> dict[str, Any]:
    return {**ROW, **changed}


def save(path: Path, rows: Sequence[dict[str, Any]], kind: UploadFormat = "csv") -> Path:
    match kind:
        case "csv":
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        case "json":
            path.write_text(json.dumps(rows), encoding="utf-8")
        case "jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        case "xlsx":
            save_sheet(path, [list(rows[0]), *(list(row.values()) for row in rows)])
    return path


def save_sheet(path: Path, rows: Iterable[Sequence[Any]]) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(number, column, cell)
    return path


def read(
    path: Path,
    kind: UploadFormat = "csv",
    columns: ResponseColumns = COLUMNS,
    limits: UploadLimits = LIMITS,
) -> tuple[list[ResponseRow], list[int], list[FieldError]]:
    """Every row, its number, and every error of an upload."""
    rows: list[ResponseRow] = []
    numbers: list[int] = []
    errors: list[FieldError] = []
    for batch in read_rows(path, columns, kind, limits):
        rows.extend(batch.rows)
        numbers.extend(batch.numbers)
        errors.extend(batch.errors)
    return rows, numbers, errors
