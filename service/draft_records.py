"""What somebody who brings a survey chooses, page by page, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from service.errors import FieldError

if TYPE_CHECKING:
    from datetime import datetime

OWN = "own"
"""Stands for a scheme of the survey's own, where one that is shipped would have its id."""


class Role(StrEnum):
    """What a column holds."""

    COMMENTS = "comments"
    QUESTION = "question"
    """The question that the comment of each row answers, where rows answer different ones."""
    RESPONSE_ID = "response_id"
    PERSON = "person"
    DATE = "date"
    SITE = "site"
    WEIGHT = "weight"
    GROUP = "group"
    UNUSED = "unused"


class Stage(StrEnum):
    """How far a draft has come."""

    CHOOSING = "choosing"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    IMPORTED = "imported"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choices(_Record):
    """What was chosen so far; nothing, or None, stands for what was not asked yet.

    Attributes:
        file: Name of the file as it was sent.
        format: What the file is.
        id: The survey's id.
        name: Its name.
        model: Id of the model that tags it.
        roles: What each column holds.
        numbered: Whether rows are numbered, since no column tells one response from another.
        questions: What the comments of each column answer.
        schemes: Id of a shipped scheme, or `OWN`, by column of equality groups.
        codes: For each of these columns the meaning of every value: a group, or why there is none.
        detailed: Those of them whose groups are compared though their scheme has broad groups.
    """

    file: str = ""
    format: Literal["csv", "xlsx"] = "csv"
    id: str = ""
    name: str = ""
    model: str = ""
    roles: dict[str, Role] | None = None
    numbered: bool = False
    questions: dict[str, str] | None = None
    schemes: dict[str, str] | None = None
    codes: dict[str, dict[str, str]] = {}
    detailed: tuple[str, ...] = ()

    def columns_that_hold(self, role: Role) -> tuple[str, ...]:
        """Give the columns of a role, in the order of the file."""
        return tuple(name for name, held in (self.roles or {}).items() if held == role)

    def column_that_holds(self, role: Role) -> str | None:
        """Give the first column of a role, if there is one."""
        return next(iter(self.columns_that_hold(role)), None)


class Outcome(_Record):
    """What has become of the rows so far, in a dry run or an import.

    Attributes:
        rows: How many there are, as far as they were counted.
        accepted: Those that are new.
        duplicate: Those that were there before, with the same content.
        rejected: Those of which something is wrong.
        errors: What is wrong; the first hundred.
        errors_total: How many errors there are.
        problem: Why it stopped, where it did.
        actor: Who had it done, for the audit.
    """

    rows: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    errors: tuple[FieldError, ...] = ()
    errors_total: int = 0
    problem: str | None = None
    actor: str = ""

    @property
    def read(self) -> int:
        """Rows that were read so far."""
        return self.accepted + self.duplicate + self.rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A survey, or more responses of one, that somebody is bringing.

    Attributes:
        id: What its addresses have, which nobody can guess.
        owner: Who brings it.
        survey: Id of the survey it adds to; None for a new one, until its import begins.
        stage: How far it has come.
        revision: How often its choices changed.
        choices: What was chosen.
        outcome: What has become of its rows; None before they were looked at.
        changed: When it last changed, in UTC.
    """

    id: str
    owner: str
    survey: str | None
    stage: Stage
    revision: int
    choices: Choices
    outcome: Outcome | None
    changed: datetime

    @property
    def adds(self) -> bool:
        """Whether it brings more responses of a survey that is there."""
        return self.survey is not None and not self.choices.id
