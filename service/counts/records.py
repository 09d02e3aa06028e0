"""Questions asked of a survey's counts, and the tables that answer them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from labelled_data import Polarity
from service.records import ArtefactStamp


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CountQuery(_Record):
    """Which people are counted, and how they are parted.

    Attributes:
        by: Up to two characteristics, or "site"; none for everyone together.
        themes: Ids of themes to tell of; None for all. It changes no figure of those.
        question: Header of a question's column: only what was answered to it.
        since: First day, included.
        until: Last day, included.
        site: Id of a site, or of a group where the site is a characteristic.
        polarity: Only themes that the person speaks of so, over all answers that count.
        level: Whether groups or broad groups are told apart; None for what the survey compares.
        correct: Whether shares are corrected by what people read.
    """

    by: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    themes: tuple[str, ...] | None = None
    question: str | None = None
    since: date | None = None
    until: date | None = None
    site: str | None = None
    polarity: Polarity | None = None
    level: Literal["groups", "broad_groups"] | None = None
    correct: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if len(set(self.by)) < len(self.by):
            raise ValueError(f"{self.by[0]!r} is named twice in `by`")
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"`until` ({self.until}) is before `since` ({self.since})")
        return self


class Ranged(_Record):
    """A figure with its 95% interval.

    Attributes:
        value: The figure.
        low: Where the interval begins.
        high: Where it ends.
    """

    value: float
    low: float
    high: float


class Corrected(_Record):
    """A share corrected by what people read, or why it is not.

    Attributes:
        share: Share of people who raise the theme by what a person would say, 0 to 1; None where it
            is not corrected.
        read: People of the row whose answers were read, rounded down under a policy that rounds.
        why_not: Why it is not corrected, in plain words.
        further: How many more people's answers would do, where that can be said.
    """

    share: Ranged | None = None
    read: int
    why_not: str | None = None
    further: int | None = None


class CountRow(_Record):
    """How many people of one group, or of a crossing of two, raise a theme.

    Attributes:
        theme: Id of the theme.
        theme_name: Its plain name.
        groups: Id of the group, or why there is none, by what people are parted by; empty for
            everyone together.
        group_names: Their plain names.
        kind: "missing" rows tell of people whose group is not there; they are never compared.
        hidden: Whether a figure is withheld: a small one, or one that would give a small one away.
        base: People with an answer that could be read; None where hidden.
        count: Those of them who raise the theme; None where hidden.
        rounded_to: What the count is rounded to; 1 where it is exact.
        share: Share of the base that raises it, 0 to 1, weighted where the survey has weights.
        elsewhere: Share of everyone else whose group is known (and, under a policy that hides, is
            shown).
        difference: The share less the share elsewhere.
        p_value: Of a two-sided test that there is no difference.
        p_adjusted: The same, adjusted over the whole table (Benjamini and Hochberg).
        risk_ratio: The share over the share elsewhere.
        corrected: The share as people would have it, where that was asked for.
        caution: What to mind when reading the row.
    """

    theme: str
    theme_name: str
    groups: dict[str, str]
    group_names: dict[str, str]
    kind: Literal["everyone", "group", "missing"]
    hidden: bool = False
    base: int | None = None
    count: int | None = None
    rounded_to: int = 1
    share: Ranged | None = None
    elsewhere: float | None = None
    difference: Ranged | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    risk_ratio: Ranged | None = None
    corrected: Corrected | None = None
    caution: str | None = None


class PolicyStamp(_Record):
    """Which policy a table was made under.

    Attributes:
        id: Its id.
        version: Its version.
        name: Plain name.
        rule: What it does, in one sentence.
    """

    id: str
    version: str
    name: str
    rule: str


class Coverage(_Record):
    """What could not be read, of all responses that the query picks; shares 0 to 1.

    Attributes:
        responses: How many there are; rounded down to a multiple of ten under a policy that
            protects, None for fewer than `FEWEST` of `service.missing_groups` there.
        readable: Share with an answer that could be read.
        unreadable: Share whose answers are all empty or not in English.
        silent: Share without an answer.
        waiting: Share with an answer that the model has not been over yet.
    """

    responses: int | None
    readable: float | None = None
    unreadable: float | None = None
    silent: float | None = None
    waiting: float | None = None


class CountsTable(_Record):
    """How often each theme is raised, by group: everything an output needs.

    Attributes:
        survey: Id of the survey; the name of the file where there is none.
        survey_name: Its plain name.
        query: What was asked.
        by_names: Plain name of each of `query.by`.
        policy: What it was protected by.
        model: What tagged the comments; None where a file does not say.
        coverage: What could not be read.
        weighted: Whether shares are weighted.
        rows: By theme in codebook order; everyone first, then groups in order, then missing ones.
        notes: What a reader has to know, in sentences.
        made: When, in UTC.
    """

    survey: str
    survey_name: str
    query: CountQuery
    by_names: dict[str, str]
    policy: PolicyStamp
    model: ArtefactStamp | None
    coverage: Coverage
    weighted: bool
    rows: tuple[CountRow, ...]
    notes: tuple[str, ...] = ()
    made: datetime


class TrendPoint(_Record):
    """One period of one theme.

    Attributes:
        period: "2025-03", "2025-Q1", or the id of a wave.
        name: Plain name of the period.
        base: People with an answer that could be read; None where hidden.
        count: Those who raise the theme; None where hidden.
        rounded_to: What the count is rounded to; 1 where it is exact.
        share: Their share with its Wilson 95% interval.
        low: Lower control limit of the share.
        high: Upper control limit of the share.
        signals: Rules of statistical process control that mark it as special cause.
    """

    period: str
    name: str
    hidden: bool = False
    base: int | None = None
    count: int | None = None
    rounded_to: int = 1
    share: Ranged | None = None
    low: float | None = None
    high: float | None = None
    signals: tuple[str, ...] = ()


class Trend(_Record):
    """One theme over time.

    Attributes:
        theme: Its id.
        theme_name: Its plain name.
        centre: The centre line: its share over all periods that are shown.
        points: In order of time.
    """

    theme: str
    theme_name: str
    centre: float | None
    points: tuple[TrendPoint, ...]


class TrendTable(_Record):
    """Every theme over time; attributes as of `CountsTable`."""

    survey: str
    survey_name: str
    query: CountQuery
    period: str
    policy: PolicyStamp
    model: ArtefactStamp | None
    coverage: Coverage
    weighted: bool
    trends: tuple[Trend, ...]
    notes: tuple[str, ...] = ()
    made: datetime
