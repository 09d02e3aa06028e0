"""Files of a survey's figures: which there are, and what each holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from service.counts.notes import policy_stamp
from service.counts.outputs import words
from service.counts.over_time import MONTHS
from service.pages.asked import Pairs
from service.pages.figure_desk import FigureDesk
from service.pages.route import page_router

CORRECT = ("false", "true")
TABLES = (("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON"))
REPORT = (("html", "Page to read or print"), ("xlsx", "Excel"))

router = page_router()


@dataclass(frozen=True, slots=True)
class Download:
    """Something to download.

    Attributes:
        name: What it is called.
        holds: What is in it, in words.
        files: Names of formats, and their addresses.
    """

    name: str
    holds: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Downloads:
    """What the page shows.

    Attributes:
        report: Everything in one file.
        tables: A table each.
        trends: A table of each kind of period.
        policy: What the files are protected by, in words.
        exact: Whether numbers are exact.
        corrected: Whether shares are corrected by what people read.
    """

    report: Download
    tables: tuple[Download, ...]
    trends: tuple[Download, ...]
    policy: str
    exact: bool
    corrected: bool


@router.get("/surveys/{survey}/downloads")
def show_downloads(desk: Annotated[FigureDesk, Depends()]) -> HTMLResponse:
    """Show which files there are."""
    return desk.answer("pages/downloads.html", "downloads", lambda: _downloads(desk), ())


def _downloads(desk: FigureDesk) -> Downloads:
    correct = desk.setting("correct", CORRECT) == "true"
    corrected = [("correct", "true")] if correct else []
    return Downloads(
        report=_report(desk, corrected),
        tables=(_everyone(desk, corrected), *_by_group(desk, corrected)),
        trends=tuple(_over_time(desk)),
        policy=words.policy(policy_stamp(desk.policy)),
        exact=not desk.policy.protects,
        corrected=correct,
    )


def _report(desk: FigureDesk, corrected: Pairs) -> Download:
    holds = (
        "Everyone, a table and charts for each characteristic, what could be read, and the change"
        " over time, in one file."
    )
    return Download("The report", holds, _files(desk, "report", REPORT, corrected))


def _everyone(desk: FigureDesk, corrected: Pairs) -> Download:
    holds = "How many people raise each theme, with 95% intervals."
    return Download(words.EVERYONE, holds, _files(desk, "counts", TABLES, corrected))


def _by_group(desk: FigureDesk, corrected: Pairs) -> Iterator[Download]:
    holds = (
        "Each theme by group, with differences from everyone else; those whose group is not known"
        " stand apart."
    )
    for each in desk.countable.partings:
        if each.told:
            files = _files(desk, "counts", TABLES, [("by", each.id), *corrected])
            yield Download(f"By {each.name[:1].lower()}{each.name[1:]}", holds, files)


def _over_time(desk: FigureDesk) -> Iterator[Download]:
    holds = "Each theme period by period, with control limits and what is more than chance."
    if desk.countable.months:
        for period in MONTHS:
            files = _files(desk, "trends", TABLES, [("period", period)])
            yield Download(f"By {period}", holds, files)


def _files(
    desk: FigureDesk, call: str, kinds: Sequence[tuple[str, str]], asked: Pairs
) -> tuple[tuple[str, str], ...]:
    return tuple((words, desk.links.file(call, kind, *asked)) for kind, words in kinds)
