"""How many people raise each theme, and how they speak of it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from labelled_data import Polarity
from service.counts.outputs import words
from service.counts.records import CountRow, CountsTable
from service.pages.axis import axis_end
from service.pages.comment_words import POLARITIES
from service.pages.figure_desk import FigureDesk
from service.pages.route import page_router, sentence

FIELDS = ("question", "site", "from", "to")
ORDERS = ("share", "codebook")

router = page_router()


@dataclass(frozen=True, slots=True)
class Spoken:
    """How many people speak so of a theme.

    Attributes:
        row: Their number.
        href: Address of their comments, if they may be read.
    """

    row: CountRow
    href: str | None


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme.

    Attributes:
        row: How many people raise it.
        href: Address of the comments that do, if they may be read.
        spoken: By each way to speak of it; empty where that is not told.
    """

    row: CountRow
    href: str | None
    spoken: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Themes:
    """What the page shows.

    Attributes:
        table: The counts of everyone.
        lines: The themes, in the order that was chosen.
        order: That order.
        end: Where the axis of the bars ends.
        ways: Ways to speak of a theme, in words; empty where they are not told.
        untold: Why they are not told.
        method: How to read the figures.
    """

    table: CountsTable
    lines: tuple[ThemeLine, ...]
    order: str
    end: float
    ways: tuple[str, ...]
    untold: str
    method: tuple[words.Fact, ...]


@router.get("/surveys/{survey}/themes")
def show_themes(desk: Annotated[FigureDesk, Depends()]) -> HTMLResponse:
    """Show the share of people who raise each theme."""
    return desk.answer("pages/themes.html", "themes", lambda: _themes(desk), FIELDS)


def _themes(desk: FigureDesk) -> Themes:
    order = desk.setting("order", ORDERS)
    made = desk.spoken_counts()
    table = made.table
    spoken = {each: {row.theme: row for row in of.rows} for each, of in made.spoken.items()}
    lines = [_line(desk, row, spoken) for row in table.rows]
    if order == "share":
        lines.sort(key=lambda line: line.row.share.value if line.row.share else -1, reverse=True)
    return Themes(
        table=table,
        lines=tuple(lines),
        order=order,
        end=axis_end(row.share for row in table.rows),
        ways=tuple(POLARITIES[each] for each in spoken),
        untold=sentence(made.untold) if made.untold else "",
        method=words.method([table]),
    )


def _line(
    desk: FigureDesk, row: CountRow, spoken: dict[Polarity, dict[str, CountRow]]
) -> ThemeLine:
    links = desk.links
    return ThemeLine(
        row,
        links.comments(row.theme) if row.count else None,
        tuple(
            Spoken(
                rows[row.theme],
                links.comments(row.theme, more={"polarity": polarity.value})
                if rows[row.theme].count
                else None,
            )
            for polarity, rows in spoken.items()
        ),
    )
