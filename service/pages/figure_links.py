"""Where the figures of a survey lead: to other figures, to the comments behind, and to files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from labelled_data import MissingGroup
from service.counts.picking import SITE
from service.counts.stored import survey_characteristics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.pages.asked import Pairs
    from service.records import Survey

OF_COMMENTS = ("question", "from", "to", "polarity")
"""Filters that comments are picked by under the same name."""


@dataclass(frozen=True, slots=True)
class FigureLinks:
    """Makes addresses that keep what a visitor picked.

    Attributes:
        survey: Id of the survey.
        kept: What they picked, as the counts call it.
        characteristics: Ids of the survey's characteristics.
        site_characteristic: The one that the site is, if any.
        reads_comments: Whether they may read comments.
    """

    survey: str
    kept: Pairs
    characteristics: frozenset[str]
    site_characteristic: str | None
    reads_comments: bool

    def figures(self, *parts: str, **changed: str) -> str:
        """Give the address of other figures with the same filters.

        Args:
            *parts: What follows the survey in the path.
            **changed: Filters to set; empty ones are taken away.
        """
        path = "/".join(("", "surveys", self.survey, *(quote(part, "") for part in parts)))
        return path + self._query(changed)

    def file(self, call: str, kind: str, *more: tuple[str, str]) -> str:
        """Give the address of a call that answers with the same figures as a file.

        Args:
            call: "counts" or "trends".
            kind: Its format.
            *more: What else it is asked by.
        """
        pairs = [*more, *self.kept, ("format", kind)]
        return f"/v1/surveys/{self.survey}/{call}?{urlencode(pairs)}"

    def comments(
        self,
        theme: str | None = None,
        groups: Mapping[str, str] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> str | None:
        """Give the address of the comments behind a figure; None where they may not be read.

        Args:
            theme: Id of the theme.
            groups: Id of the group, or why there is none, by what people are parted by.
            more: Filters of the comments to set.
        """
        if not self.reads_comments:
            return None
        pairs = {name: value for name, value in self.kept if name in OF_COMMENTS}
        pairs |= more or {}
        picked = dict(groups or {})
        if (site := dict(self.kept).get(SITE)) is not None:
            picked[SITE] = site
        told = [("theme", theme)] if theme else []
        for parting, group in picked.items():
            pair = self._group(parting, group)
            if pair is None:
                return None
            told.append(pair)
        return f"/surveys/{self.survey}/comments?{urlencode([*told, *pairs.items()])}"

    def _group(self, parting: str, group: str) -> tuple[str, str] | None:
        """Name a group as comments are picked by it; they cannot be by a site that is missing."""
        if parting == SITE and parting not in self.characteristics:
            if self.site_characteristic is None:
                return None if group in set(MissingGroup) else (SITE, group)
            parting = self.site_characteristic
        return "group", f"{parting}:{group}"

    def _query(self, changed: Mapping[str, str]) -> str:
        pairs = dict(self.kept) | dict(changed)
        query = urlencode([pair for pair in pairs.items() if pair[1]])
        return f"?{query}" if query else ""


def links_of(survey: Survey, kept: Pairs, reads_comments: bool) -> FigureLinks:
    """Make what gives the addresses that a survey's figures lead to.

    Args:
        survey: The survey.
        kept: What the visitor picked, as the counts call it.
        reads_comments: Whether they may read comments.
    """
    site = survey.columns.site
    columns = survey.columns.characteristics.items()
    named = (name for name, group in columns if site is not None and group.column == site)
    told = frozenset(each.id for each in survey_characteristics(survey.columns))
    return FigureLinks(survey.id, kept, told, next(named, None), reads_comments)
