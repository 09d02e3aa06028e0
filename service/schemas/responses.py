"""What the upload of responses takes and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict

from service.errors import FieldError

if TYPE_CHECKING:
    from service.uploads import Preview, UploadFormat

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[str, UploadFormat] = {
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "text/csv": "csv",
    XLSX: "xlsx",
}
"""Format of an upload by its media type."""

_ROW = {
    "response_id": "r-0001",
    "patient": "p-0001",
    "date": "2025-03-14",
    "hospital": "Aldermere General Hospital",
    "what_was_good": "The nurse was so kind",
    "what_was_not": "Five hours on a chair and no one told us why",
    "ethnicity": "A",
    "sex": "2",
}
_CSV = ",".join(_ROW) + "\r\n" + ",".join(_ROW.values()) + "\r\n"
_BINARY = {"type": "string", "format": "binary"}
_ROWS = {"type": "array", "items": {"type": "object"}}
_NAMED = {"type": "object", "required": ["responses"], "properties": {"responses": _ROWS}}

INTAKE: dict[str, Any] = {
    "received": 4,
    "accepted": 2,
    "duplicate": 1,
    "rejected": 1,
    "errors": [
        {
            "row": 4,
            "column": "ethnicity",
            "message": "the scheme 'ethnicity_nhs16' does not say which group 'Klingon' means",
        }
    ],
    "errors_total": 1,
}
DRY_RUN: dict[str, Any] = {
    "rows": 3,
    "rejected": 1,
    "errors": INTAKE["errors"],
    "errors_total": 1,
    "values": {
        "ethnicity": [
            {"value": "Klingon", "count": 1, "group": None},
            {"value": "A", "count": 1, "group": "white_british"},
            {"value": "", "count": 1, "group": "not_known"},
        ],
        "sex": [{"value": "2", "count": 3, "group": "female"}],
    },
    "values_not_listed": {},
}
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "description": (
        "One row for each response, with the survey's own column names. JSON is a list of objects,"
        " or an object that has it as `responses`."
    ),
    "content": {
        "application/json": {
            "schema": {"anyOf": [_ROWS, _NAMED]},
            "example": {"responses": [_ROW]},
        },
        "application/x-ndjson": {"schema": {"type": "string"}},
        "text/csv": {"schema": {"type": "string"}, "example": _CSV},
        XLSX: {"schema": _BINARY},
    },
}


class RawValue(BaseModel):
    """A value of a column of equality groups, and where it goes.

    Attributes:
        value: As it stands, without white space around it; cut after 100 characters.
        count: In how many rows it stands.
        group: Id of the group it means, or why there is none; null where nothing says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    value: str
    count: int
    group: str | None


class DryRun(BaseModel):
    """What would become of an upload.

    Attributes:
        rows: How many it has, rows without any value left out.
        rejected: How many of them would be rejected.
        errors: What is wrong with them; the first hundred.
        errors_total: How many errors there are; a row may have several.
        values: For each characteristic the values of its column: those that nothing maps first,
            then the most frequent first.
        values_not_listed: For each characteristic with more than a thousand values, in how many
            rows the others stand.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        from_attributes=True,
        json_schema_extra={"examples": [DRY_RUN]},
    )

    rows: int
    rejected: int
    errors: tuple[FieldError, ...]
    errors_total: int
    values: dict[str, tuple[RawValue, ...]]
    values_not_listed: dict[str, int]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """Give what is told of a preview."""
        return cls.model_validate(preview)
