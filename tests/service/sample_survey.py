"""A small survey with two questions and two characteristics, and files of its responses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from labelled_data.tables import open_writer
from models import OperatingPoint
from service.records import ArtefactStamp, NewSurvey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from service.uploads import UploadFormat

COLUMNS = ("response_id", "patient", "date", "hospital", "good", "better", "sex", "carer")
MEDIA_TYPES: dict[UploadFormat, str] = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
STAMP = ArtefactStamp(
    id="tiny",
    version="1.0.0",
    sha256="0" * 64,
    codebook="tiny",
    codebook_version="1.0",
    operating_point=OperatingPoint.BALANCED,
)

Cells = dict[str, str]


def new_survey(survey_id: str = "visits", model: str = "tiny") -> NewSurvey:
    return NewSurvey.model_validate(
        {
            "id": survey_id,
            "name": "Visits",
            "model": model,
            "columns": {
                "response_id": "response_id",
                "person": "patient",
                "date": "date",
                "site": "hospital",
                "text": [
                    {"column": "good", "question": "What was good?"},
                    {"column": "better", "question": "What could we do better?"},
                ],
                "characteristics": {
                    "sex": {"column": "sex", "scheme": "sex", "codes": {"": "not_known"}},
                    "carer": {"column": "carer", "scheme": "carer"},
                },
            },
        }
    )


def row(response_id: str, **cells: str) -> Cells:
    """A row whose cells are empty where nothing is given."""
    return dict.fromkeys(COLUMNS, "") | {"response_id": response_id} | cells


def write_rows(path: Path, rows: Sequence[Cells], kind: UploadFormat) -> Path:
    """Write rows as a file of a format."""
    file = path / f"responses.{kind}"
    if kind == "json":
        file.write_text(json.dumps(list(rows)), "utf-8")
        return file
    frame = pl.DataFrame(list(rows), schema=dict.fromkeys(COLUMNS, pl.String))
    with open_writer(file, COLUMNS) as writer:
        writer.write(frame)
    return file
