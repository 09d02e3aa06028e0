"""Example surveys: invented responses with equality groups, and what is known to be in them.

Each has a table of responses, a table of the codes their writers gave the comments, and a
definition: what its columns hold, and the differences between groups that were planted in it, so
that anything that counts themes by group can be held against what is there.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from labelled_data.codebook import Id, Line
from labelled_data.equality_groups import EqualityScheme, shipped_equality_scheme
from labelled_data.errors import DataError
from labelled_data.strict_yaml import read_model

_SHIPPED = Path(__file__).parent / "surveys"

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextColumn(_Part):
    """A column of comments.

    Attributes:
        column: Its header.
        question: What the comments answer.
    """

    column: Line
    question: Line


class GroupColumn(_Part):
    """A column that tells people's group of a characteristic.

    Attributes:
        column: Its header.
        scheme: Id of a shipped equality scheme, or a scheme of the survey's own.
        codes: What values mean in this survey; see `EqualityScheme.with_codes`.
        compared: Whether the planted differences are between groups or broad groups.
    """

    column: Line
    scheme: Id | EqualityScheme
    codes: dict[str, str] = {}
    compared: Literal["groups", "broad_groups"] = "groups"

    def resolved_scheme(self) -> EqualityScheme:
        """Gives the scheme with the survey's own codes.

        Raises:
            EqualitySchemeError: If there is no such scheme, or no group that a code names.
        """
        if isinstance(self.scheme, EqualityScheme):
            return self.scheme.with_codes(self.codes)
        return shipped_equality_scheme(self.scheme).with_codes(self.codes)


class SurveyColumns(_Part):
    """What the columns of a survey hold.

    Attributes:
        person: Header of the column that tells one respondent from another.
        date: Header of the column of dates, in ISO 8601.
        site: Header of the column that tells the place.
        text: Columns of comments.
        characteristics: Columns of equality groups, by characteristic.
    """

    person: Line
    date: Line
    site: Line
    text: Annotated[tuple[TextColumn, ...], Field(min_length=1)]
    characteristics: dict[Id, GroupColumn]


class PlantedDifference(_Part):
    """A theme that one group raises more, or less, than everyone else whose group is known.

    Shares are of people with a comment in English, by the codes of the survey.

    Attributes:
        theme: Id of the theme.
        characteristic: What parts people into groups.
        group: Id of the group, or of the broad group where these are compared.
        direction: Whether the group raises it more or less.
        share: Share of the group that raises it.
        share_elsewhere: Share of everyone else with a known group that does.
        base: People in the group.
        base_elsewhere: Everyone else with a known group.
    """

    theme: Id
    characteristic: Id
    group: Id
    direction: Literal["more", "less"]
    share: Share
    share_elsewhere: Share
    base: Count
    base_elsewhere: Count


class PlantedChange(_Part):
    """A theme that one group raises more, or less, from a day on.

    Shares are of people with a comment in English, by the codes of the survey.

    Attributes:
        theme: Id of the theme.
        characteristic: What parts people into groups.
        group: Id of the group.
        since: First day of the change.
        direction: Whether it is raised more or less from then on.
        share: Share of the group that raises it from then on.
        share_before: Share that raised it before.
        base: People in the group from then on.
        base_before: People in the group before.
    """

    theme: Id
    characteristic: Id
    group: Id
    since: date
    direction: Literal["more", "less"]
    share: Share
    share_before: Share
    base: Count
    base_before: Count


class ExampleSurvey(_Part):
    """An invented survey, and what is known to be in it.

    Attributes:
        id: Short name in snake_case.
        name: Plain name for people.
        codebook: Id of the codebook of its codes.
        columns: What its columns hold.
        planted: Differences between groups; there are no others.
        planted_changes: Changes over time.
    """

    id: Id
    name: Line
    codebook: Id
    columns: SurveyColumns
    planted: tuple[PlantedDifference, ...]
    planted_changes: tuple[PlantedChange, ...] = ()

    @model_validator(mode="after")
    def _knows_its_characteristics(self) -> Self:
        differences = (planted.characteristic for planted in self.planted)
        changes = (planted.characteristic for planted in self.planted_changes)
        for characteristic in (*differences, *changes):
            if characteristic not in self.columns.characteristics:
                raise ValueError(f"there is no characteristic {characteristic!r}")
        return self

    @property
    def responses(self) -> Path:
        """Path of the table of responses, one row each."""
        return _SHIPPED / f"{self.id}.csv"

    @property
    def codes(self) -> Path:
        """Path of the table of codes, one row for each comment.

        Its columns are `response_id`, `question`, `themes` (ids joined by `;`, in codebook order),
        `polarity` (`theme=negative` joined by `;`), `evidence` (in comments of several sentences,
        `theme=1+3` joined by `;`) and `language`.
        """
        return _SHIPPED / f"{self.id}_codes.csv"


@cache
def example_survey(survey: Literal["uec", "ics"]) -> ExampleSurvey:
    """Gives an example survey.

    Args:
        survey: "uec" for patients after urgent and emergency care, "ics" for people who work in
            integrated care systems.

    Raises:
        DataError: If there is no such survey.
    """
    path = _SHIPPED / f"{survey}_survey.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem.removesuffix("_survey") for p in _SHIPPED.glob("*.yaml")))
        raise DataError(f"there is no example survey {survey!r}; those shipped are: {known}")
    return read_model(path, ExampleSurvey, "a survey", DataError)
