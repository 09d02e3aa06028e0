"""What the calls on counts are asked by, and examples of what they answer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from labelled_data import Polarity
from service.counts.policy import shipped_policies, shipped_policy
from service.counts.readings import MOST_THEMES
from service.counts.records import CountQuery
from service.errors import FieldError, UnprocessableError
from service.schemas.comments import Short
from service.schemas.count_examples import MONTH, SITE, THEME

if TYPE_CHECKING:
    from service.counts.policy import Policy

DEFAULT_POLICY = "nhs"
OUTSIDE = {"themes": "theme", "since": "from", "until": "to"}
"""Names of parameters that `CountQuery` has others for."""

Themes = Annotated[
    list[Short],
    Field(
        max_length=MOST_THEMES,
        description="Id of a theme to tell of, all by default; may be repeated.",
        examples=[[THEME]],
    ),
]
Question = Annotated[
    Short | None,
    Field(description="Column of a question: only what was answered to it.", examples=["better"]),
]
Site = Annotated[
    Short | None,
    Field(description="A site, or a group where the site is a characteristic.", examples=[SITE]),
]
OfPolarity = Annotated[
    Polarity | None, Field(description="Only themes that a person speaks of so.")
]
PolicyName = Annotated[
    Short,
    Field(
        description=(
            "What may be published of small numbers. `exact` hides and rounds nothing, and needs"
            " the scope `counts:exact`."
        ),
        json_schema_extra={"enum": list(shipped_policies())},
    ),
]
Correct = Annotated[
    bool, Field(description="Whether shares are corrected by what people read of random samples.")
]
Level = Annotated[
    Literal["groups", "broad_groups"] | None,
    Field(description="Which groups are told apart; by default those that the survey compares."),
]
FORMAT = "The answer's format; by default what the `Accept` header prefers, else the first of these"


class _Filter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: PolicyName = DEFAULT_POLICY

    def chosen_policy(self) -> Policy:
        """Give the policy.

        Raises:
            UnprocessableError: There is none of that name.
        """
        try:
            return shipped_policy(self.policy)
        except UnprocessableError as error:
            raise _wrong("policy", str(error)) from error


class CountsFilter(_Filter):
    """Who is counted, and how they are parted."""

    by: Annotated[
        list[Short],
        Field(
            max_length=2,
            description=(
                "Characteristic by which people are parted, or `site`; twice for a crossing, none"
                " for everyone together."
            ),
            examples=[["ethnicity"]],
        ),
    ] = []
    theme: Themes = []
    question: Question = None
    since: Annotated[
        date | None, Field(alias="from", description="First day.", examples=["2025-01-01"])
    ] = None
    until: Annotated[
        date | None, Field(alias="to", description="Last day.", examples=["2025-03-31"])
    ] = None
    site: Site = None
    polarity: OfPolarity = None
    level: Level = None
    correct: Correct = False
    format: Annotated[
        Literal["json", "csv", "xlsx", "html"] | None, Field(description=f"{FORMAT}.")
    ] = None

    def query(self) -> CountQuery:
        """Give what is asked of the counts.

        Raises:
            UnprocessableError: A characteristic is named twice, or the last day is before the
                first.
        """
        if len(set(self.by)) < len(self.by):
            raise _wrong("by", f"{self.by[0]!r} is named twice")
        if self.since and self.until and self.until < self.since:
            raise _wrong("to", f"the last day ({self.until}) is before the first ({self.since})")
        return CountQuery(
            by=tuple(self.by),
            themes=tuple(self.theme) or None,
            question=self.question,
            since=self.since,
            until=self.until,
            site=self.site,
            polarity=self.polarity,
            level=self.level,
            correct=self.correct,
        )


class TrendsFilter(_Filter):
    """Who is counted in each period."""

    period: Annotated[
        Short,
        Field(
            description="`month`, `quarter`, `year`, or a characteristic such as a wave.",
            examples=[MONTH],
        ),
    ] = MONTH
    theme: Themes = []
    question: Question = None
    site: Site = None
    polarity: OfPolarity = None
    format: Annotated[
        Literal["json", "csv", "xlsx", "html"] | None, Field(description=f"{FORMAT}.")
    ] = None

    def query(self) -> CountQuery:
        """Give what is asked of the counts of each period."""
        return CountQuery(
            themes=tuple(self.theme) or None,
            question=self.question,
            site=self.site,
            polarity=self.polarity,
        )


class ReportFilter(_Filter):
    """What stands in a report."""

    characteristic: Annotated[
        list[Short],
        Field(
            max_length=20,
            description=(
                "Characteristic that has a table, or `site`; all characteristics by default; may be"
                " repeated."
            ),
            examples=[["ethnicity"]],
        ),
    ] = []
    period: Annotated[
        Short | None,
        Field(
            description=(
                "Periods of the change over time, as of the trends; by default months, where the"
                " survey has dates."
            ),
            examples=[MONTH],
        ),
    ] = None
    correct: Correct = False
    format: Annotated[Literal["xlsx", "html"] | None, Field(description=f"{FORMAT}.")] = None

    @property
    def characteristics(self) -> tuple[str, ...]:
        """The characteristics that are asked for, each once."""
        return tuple(dict.fromkeys(self.characteristic))


def _wrong(parameter: str, message: str) -> UnprocessableError:
    return UnprocessableError(message, (FieldError(None, parameter, message),))
