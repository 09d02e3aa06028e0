"""What tables are and how they were made, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.counts.trend import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from service.counts.records import (
        CountQuery,
        CountRow,
        CountsTable,
        Coverage,
        PolicyStamp,
        TrendTable,
    )
    from service.records import ArtefactStamp

EVERYONE = "Everyone"
OVER_TIME = "Over time"
KINDS = {"everyone": "everyone", "group": "group", "missing": "no group"}
READ = {
    "readable": "have an answer that could be read",
    "unreadable": "answered, but nothing that could be read (empty, or not in English)",
    "silent": "gave no answer",
    "waiting": "have an answer that waits to be read",
}
"""The shares of `Coverage`, in words."""


class Fact(NamedTuple):
    """A line of a cover.

    Attributes:
        name: What it tells of.
        text: What it tells.
    """

    name: str
    text: str


def title(table: CountsTable) -> str:
    """Name a table by what its people are parted by."""
    return " and ".join(table.by_names[each] for each in table.query.by) or EVERYONE


def group(row: CountRow) -> str:
    """Name the people of a row."""
    return ", ".join(row.group_names.values()) or EVERYONE


def asked(query: CountQuery) -> tuple[str, ...]:
    """Say which people and answers a query picks, in sentences; none where it picks all."""
    told = {
        f"Only answers to “{query.question}”.": query.question,
        f"Only responses {_days(query.since, query.until)}.": query.since or query.until,
        f"Only responses about {query.site}.": query.site,
        f"Only themes whose mention is {query.polarity}.": query.polarity,
        "Broad groups.": query.level == "broad_groups",
        f"Only some themes: {', '.join(query.themes or ())}.": query.themes,
    }
    return tuple(sentence for sentence, applies in told.items() if applies)


def policy(stamp: PolicyStamp) -> str:
    """Name a policy with its version and rule."""
    return f"{stamp.name} ({stamp.id}), version {stamp.version}. {stamp.rule}"


def model(stamp: ArtefactStamp | None) -> str:
    """Name what tagged the comments, and its codebook, with their versions."""
    if stamp is None:
        return "Not told by the file."
    return (
        f"Model {stamp.id}, version {stamp.version}, thresholds “{stamp.operating_point}”; "
        f"codebook {stamp.codebook}, version {stamp.codebook_version}; SHA-256 {stamp.sha256}."
    )


def coverage(told: Coverage) -> str:
    """Say what could be read and what could not."""
    responses = "" if told.responses is None else f"{told.responses:,} responses. "
    shares = ((words, getattr(told, name)) for name, words in READ.items())
    parts = [f"{share:.0%} {words}" for words, share in shares if share is not None]
    if not parts:
        return f"{responses}Too few responses to tell which could be read."
    return f"{responses}Of the responses, {'; '.join(parts)}."


def rule(signal: str) -> str:
    """Name a rule of control charts."""
    return signal.replace("_", " ")


def rules() -> tuple[Fact, ...]:
    """Say when a period of a control chart is marked."""
    return tuple(Fact(rule(name).capitalize(), f"{told}.") for name, told in RULES.items())


def made(moment: datetime) -> str:
    """Write a moment in UTC."""
    return f"{moment:%-d %B %Y, %H:%M} UTC"


def method(tables: Iterable[CountsTable | TrendTable]) -> tuple[Fact, ...]:
    """Say how the figures of some tables were made."""
    several = tuple(tables)
    share = _WEIGHTED if any(table.weighted for table in several) else _UNWEIGHTED
    corrected = (_CORRECTED,) if any(table.query.correct for table in several) else ()
    over_time = (_OVER_TIME,) if any(hasattr(table, "trends") for table in several) else ()
    return (*_COUNTED, share, *_COMPARED, *corrected, *over_time)


def _days(since: date | None, until: date | None) -> str:
    parts = (("from", since), ("to", until))
    return " ".join(f"{word} {day:%-d %B %Y}" for word, day in parts if day is not None)


KEY = (
    Fact("*", "Hidden, to protect people: a small number, or one that would give it away."),
    Fact("Blank", "No figure: it would need a hidden one, or the row is not compared."),
    Fact(
        "Not stated, not known, not asked",
        "People of whom no group is known, and why. They are never compared.",
    ),
)
"""What the signs in a table stand for."""

_COUNTED = (
    Fact(
        "Base",
        "People with at least one answer that could be read. Rows of one characteristic need not "
        "add up to everyone, as figures may be rounded or hidden.",
    ),
    Fact(
        "Count",
        "Those of the base who raise the theme. A person counts once per theme, however many "
        "comments they left. A model read the comments; it misses some themes and sees some that "
        "are not there.",
    ),
)
_UNWEIGHTED = Fact(
    "Share",
    "The count as a share of the base. The 95% interval (Wilson) shows how far chance may have "
    "moved it: of a hundred such intervals, about 95 hold what all such people would say.",
)
_WEIGHTED = Fact(
    "Share",
    "The weighted share of the base; bases and counts are people, without weights. The 95% "
    "interval (Wilson, from the effective base) shows how far chance may have moved it: of a "
    "hundred such intervals, about 95 hold what all such people would say.",
)
_COMPARED = (
    Fact(
        "Everyone else",
        "The share among people of all other groups whose group is known and shown.",
    ),
    Fact(
        "Difference",
        "The share less that of everyone else, with its 95% interval (Newcombe). The p-value is "
        "how often chance alone would make such a difference or a larger one; the adjusted "
        "p-value allows for the number of comparisons in the table (Benjamini and Hochberg): of "
        "differences with one below 0.05, about one in twenty at most is chance.",
    ),
    Fact(
        "Risk ratio",
        "The share over that of everyone else, with its 95% interval: 2 is twice as often.",
    ),
)
_CORRECTED = Fact(
    "Corrected share",
    "The share as people would have it, from comments that people read in a random sample "
    "(prediction-powered inference), with its 95% interval; or why there is none.",
)
_OVER_TIME = Fact(
    OVER_TIME,
    "A control chart (p-chart): the centre line is the share of all periods shown, the limits are "
    "three standard errors from it. A period is marked as more than chance by four rules; chance "
    "alone marks some period of about one theme in five over two years. Only published figures "
    "enter it.",
)
