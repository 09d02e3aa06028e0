"""What the call that plans reading takes and answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.counts.records import PolicyStamp
from service.counts.review_plan_records import ReviewPlan
from service.schemas.comments import Short
from service.schemas.counts import DEFAULT_POLICY, PolicyName, Themes

STRATA: list[dict[str, Any]] = [
    {"groups": {"sex": "female"}, "size": 250},
    {"groups": {"sex": "male"}, "size": 225},
    {"groups": {}, "size": 30},
]
READING_PLAN: dict[str, Any] = {
    "survey": "ae-2025",
    "by": "sex",
    "by_name": "Sex",
    "policy": {
        "id": "nhs",
        "version": "1.0",
        "name": "NHS small numbers",
        "rule": "Numbers of people from 1 to 7 are hidden; others are rounded to the nearest 5.",
    },
    "plan": {
        "aim": "groups",
        "width": 0.1,
        "confidence": 0.95,
        "read": 475,
        "further": 475,
        "groups": [
            {
                "id": "female",
                "name": "Female",
                "people": 1340,
                "read": 250,
                "further": 250,
                "width": 0.0997,
                "decided_by": "waiting",
            },
            {
                "id": "male",
                "name": "Male",
                "people": 810,
                "read": 225,
                "further": 225,
                "width": 0.0986,
                "decided_by": "waiting",
            },
        ],
        "overall_width": 0.0694,
        "unstratified_width": 0.0683,
    },
    "strata": STRATA,
    "left_out": ["Indeterminate"],
}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanFilter(_Record):
    """What reading is planned for."""

    by: Annotated[
        Short,
        Field(description="Characteristic whose groups are to be read.", examples=["ethnicity"]),
    ]
    width: Annotated[
        float,
        Field(
            gt=0,
            lt=1,
            description="Full width wanted of the intervals of corrected shares, 0 to 1.",
            examples=[0.1],
        ),
    ] = 0.1
    theme: Themes = []
    aim: Annotated[
        Literal["groups", "overall"],
        Field(description="Whether each group's interval is to be so narrow, or everyone's."),
    ] = "groups"
    policy: PolicyName = DEFAULT_POLICY


class PlannedStratum(_Record):
    """People to draw, as drawing a sample takes them.

    Attributes:
        groups: Who they are, by characteristic; empty for everyone else.
        size: How many.
    """

    groups: dict[str, str]
    size: int


class ReadingPlan(_Record):
    """How many people of which groups are to be read.

    Attributes:
        survey: Id of the survey.
        by: What parts people into groups.
        by_name: Its plain name.
        policy: What numbers of people were protected by; the plan goes by what it lets be told.
        plan: The plan.
        strata: What is to be drawn for it. The last is of everyone else, without whom everyone
            together could not be corrected.
        left_out: Names of groups of which the policy tells nothing.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [READING_PLAN]})

    survey: str
    by: str
    by_name: str
    policy: PolicyStamp
    plan: ReviewPlan
    strata: tuple[PlannedStratum, ...]
    left_out: tuple[str, ...]
