"""What stands before the figures of several tables: what was asked, how, and under which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.counts.outputs import words
from service.counts.outputs.words import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from service.counts.records import CountsTable, TrendTable


class Section(NamedTuple):
    """Lines of a cover that belong together."""

    heading: str
    facts: tuple[Fact, ...]


class Cover(NamedTuple):
    """What stands before the figures.

    Attributes:
        survey: Name of the survey.
        made: When the latest of the tables was made, in UTC.
        sections: What is told, in order.
    """

    survey: str
    made: datetime
    sections: tuple[Section, ...]


def cover(tables: Sequence[CountsTable], trends: TrendTable | None) -> Cover:
    """Tell of tables, each thing once that they share.

    Raises:
        ValueError: There is no table at all.
    """
    told: list[CountsTable | TrendTable] = [*tables, *([trends] if trends else [])]
    if not told:
        raise ValueError("there is no table to tell of")
    sections = (
        Section("What was asked", (*map(_question, tables), *_over_time(trends))),
        Section("Rules and model", _rules(told)),
        Section("What could be read", _distinct("Responses", _coverages(told))),
        Section("Notes", _distinct("Note", (note for table in told for note in table.notes))),
        Section("How to read it", words.method(told)),
        Section("Signs", words.KEY),
        Section("Periods that are more than chance", words.rules() if trends else ()),
    )
    return Cover(
        told[0].survey_name,
        max(table.made for table in told),
        tuple(section for section in sections if section.facts),
    )


def _question(table: CountsTable) -> Fact:
    parted = f"by {words.title(table)}" if table.query.by else "by everyone together"
    sentences = (f"How often each theme is raised, {parted}.", *words.asked(table.query))
    return Fact(words.title(table), " ".join(sentences))


def _over_time(trends: TrendTable | None) -> tuple[Fact, ...]:
    if trends is None:
        return ()
    sentences = (f"How often each theme is raised by {trends.period}.", *words.asked(trends.query))
    return (Fact(words.OVER_TIME, " ".join(sentences)),)


def _rules(tables: Sequence[CountsTable | TrendTable]) -> tuple[Fact, ...]:
    return (
        *_distinct("Policy", (words.policy(table.policy) for table in tables)),
        *_distinct("Model", (words.model(table.model) for table in tables)),
    )


def _coverages(tables: Iterable[CountsTable | TrendTable]) -> Iterable[str]:
    return (words.coverage(table.coverage) for table in tables)


def _distinct(name: str, texts: Iterable[str]) -> tuple[Fact, ...]:
    return tuple(Fact(name, text) for text in dict.fromkeys(texts))
