"""Counts of themes by equality group, over time, and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from service.client.calls import Asking, place
from service.counts.records import CountsTable, TrendTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from labelled_data import Polarity
    from service.file_formats import FileFormat

Policy = Literal["nhs", "exact"]

_NAMES = {"since": "from", "until": "to", "themes": "theme"}


class Followed(TypedDict, total=False):
    """Whose themes are followed over time.

    Attributes:
        themes: Ids of themes to tell of; all by default.
        question: Column of a question: only what was answered to it.
        site: A site, or a group where the site is a characteristic.
        polarity: Only themes that a person speaks of so.
        policy: What may be published of small numbers; "exact" needs a scope of its own.
    """

    themes: Sequence[str]
    question: str
    site: str
    polarity: Polarity
    policy: Policy


class Counted(Followed, total=False):
    """Who is counted; see `Followed` too.

    Attributes:
        since: First day.
        until: Last day.
        level: Which groups are told apart; by default those that the survey compares.
        correct: Whether shares are corrected by what people read of random samples.
    """

    since: date
    until: date
    level: Literal["groups", "broad_groups"]
    correct: bool


class CountCalls(Asking):
    """What the client asks of counts."""

    def counts(
        self, survey: str, by: str | Sequence[str] = (), **asked: Unpack[Counted]
    ) -> CountsTable:
        """Tell how many people raise each theme.

        Args:
            survey: The survey.
            by: Characteristic by which people are parted, or "site"; two for a crossing, none for
                everyone together.
            **asked: Who is counted; see `Counted`.
        """
        path, query = place("surveys", survey, "counts"), _query(by, asked)
        return self._calls.ask(CountsTable, "GET", path, query=query | {"format": "json"})

    def counts_file(
        self,
        survey: str,
        format: FileFormat,  # noqa: A002 - what it is called everywhere
        path: Path,
        by: str | Sequence[str] = (),
        **asked: Unpack[Counted],
    ) -> None:
        """Write how many people raise each theme to a file.

        Args:
            survey: The survey.
            format: The file's format.
            path: Where it goes; a file that is there is replaced once the whole answer came.
            by: As for `counts`.
            **asked: As for `counts`.
        """
        query = _query(by, asked) | {"format": format}
        path.write_bytes(self._calls.content("GET", place("surveys", survey, "counts"), query))

    def trends(self, survey: str, period: str = "month", **asked: Unpack[Followed]) -> TrendTable:
        """Tell the share of people who raise each theme, period by period.

        Args:
            survey: The survey.
            period: "month", "quarter", "year", or a characteristic such as a wave.
            **asked: Whose themes; see `Followed`.
        """
        path, query = place("surveys", survey, "trends"), _query((), asked)
        query |= {"period": period, "format": "json"}
        return self._calls.ask(TrendTable, "GET", path, query=query)

    def report(
        self,
        survey: str,
        format: Literal["xlsx", "html"],  # noqa: A002 - what it is called everywhere
        path: Path,
        characteristics: Sequence[str] = (),
        *,
        period: str | None = None,
        policy: Policy = "nhs",
        correct: bool = False,
    ) -> None:
        """Write everyone, a table for each characteristic, and the change over time to a file.

        Args:
            survey: The survey.
            format: A workbook, or a page.
            path: Where it goes; a file that is there is replaced once the whole answer came.
            characteristics: Those that have a table; all by default.
            period: As for `trends`; by default months, where the survey has dates.
            policy: What may be published of small numbers; "exact" needs a scope of its own.
            correct: Whether shares are corrected by what people read of random samples.
        """
        query = {
            "characteristic": list(characteristics),
            "period": period,
            "policy": policy,
            "correct": correct,
            "format": format,
        }
        path.write_bytes(self._calls.content("GET", place("surveys", survey, "report"), query))


def _query(by: str | Sequence[str], asked: Followed) -> dict[str, Any]:
    query = {_NAMES.get(name, name): value for name, value in asked.items()}
    return query | {"by": [by] if isinstance(by, str) else list(by)}
