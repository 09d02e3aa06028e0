"""What the calls on surveys take and answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict

from labelled_data.codebook import Line
from service.missing_groups import MissingShares
from service.records import Survey, SurveyId

SurveyPath = Annotated[SurveyId, Path(description="The survey's id.", examples=["ae-2025"])]

NEW_SURVEY: dict[str, Any] = {
    "id": "ae-2025",
    "name": "Urgent and emergency care, patients, 2025",
    "model": "uec",
    "columns": {
        "response_id": "response_id",
        "person": "patient",
        "date": "date",
        "site": "hospital",
        "text": [
            {
                "column": "what_was_good",
                "question": "What was good about your visit to A&E?",
            },
            {"column": "what_was_not", "question": "What could have been better?"},
        ],
        "characteristics": {
            "ethnicity": {
                "column": "ethnicity",
                "scheme": "ethnicity_nhs16",
                "codes": {"": "not_known"},
            },
            "sex": {"column": "sex", "scheme": "sex", "codes": {"0": "not_known"}},
        },
    },
}
ARTEFACT: dict[str, Any] = {
    "id": "uec",
    "version": "1.0.0",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "codebook": "uec",
    "codebook_version": "1.0",
    "operating_point": "balanced",
}
SURVEY: dict[str, Any] = NEW_SURVEY | {
    "created": "2025-11-03T09:12:45Z",
    "artefact": ARTEFACT,
}
PROGRESS: dict[str, Any] = {
    "responses": 2140,
    "comments": 3866,
    "tagged": 3712,
    "statuses": {"tagged": 3105, "no_theme": 402, "unsure": 131, "not_english": 62, "empty": 12},
    "missing": {
        "ethnicity": {"known": 0.92, "not_stated": 0.05, "not_known": 0.03, "not_asked": 0.0},
        "sex": {"known": 0.97, "not_stated": 0.02, "not_known": 0.01, "not_asked": 0.0},
    },
    "groups": {},
}


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Surveys(_Schema):
    """All surveys, in the order in which they were made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"surveys": [SURVEY]}]})

    surveys: tuple[Survey, ...]


class SurveyProgress(_Schema):
    """How far a survey has come; in rounded numbers for those who may not see exact counts.

    Attributes:
        responses: How many it has.
        comments: How many they hold.
        tagged: How many comments its model, in its present version, has been over.
        statuses: These by status; where numbers are rounded, none for fewer than 200 comments.
        missing: Of each characteristic, the rounded share of responses whose group is known, and
            of those where it is missing and why; none while there are fewer than 200 responses.
        groups: Responses by characteristic, and by group or why there is none; only for those who
            may see exact counts.
    """

    responses: int
    comments: int
    tagged: int
    statuses: dict[str, int]
    missing: dict[str, MissingShares]
    groups: dict[str, dict[str, int]]


class SurveyWithProgress(Survey):
    """A survey, and how far it has come."""

    model_config = ConfigDict(json_schema_extra={"examples": [SURVEY | {"progress": PROGRESS}]})

    progress: SurveyProgress


class ModelChoice(_Schema):
    """The model that is to tag a survey."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"model": "uec"}]})

    model: Line
