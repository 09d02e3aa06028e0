"""Themes by group: which characteristics there are, heatmaps, and one theme by one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from service.counts.outputs import words
from service.counts.outputs.grid import grid
from service.counts.records import CountRow, CountsTable
from service.missing_groups import MissingShares, missing_shares
from service.pages.axis import axis_end
from service.pages.figure_desk import FigureDesk
from service.pages.heat import Heatmap, Line, crossed, heatmap
from service.pages.route import page_router
from service.surveys import with_progress

CORRECT = ("false", "true")

router = page_router()


@dataclass(frozen=True, slots=True)
class Choice:
    """A characteristic to choose.

    Attributes:
        id: Its id.
        name: Its plain name.
        told: Whether the policy tells it.
        shares: Of how many responses the group is known; None for a survey of few, or for sites.
    """

    id: str
    name: str
    told: bool
    shares: MissingShares | None


@dataclass(frozen=True, slots=True)
class ByGroup:
    """A heatmap, and the table it was made of."""

    name: str
    table: CountsTable
    heatmap: Heatmap
    method: tuple[words.Fact, ...]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group and how many of it raise the theme.

    Attributes:
        name: Its plain name.
        row: Its figures.
        href: Address of the comments behind them, if they may be read.
    """

    name: str
    row: CountRow
    href: str | None


@dataclass(frozen=True, slots=True)
class Crossing:
    """The theme by a second characteristic too.

    Attributes:
        id: The second characteristic's id.
        name: Its plain name.
        heads: Its groups.
        lines: Groups of the first.
    """

    id: str
    name: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class OneTheme:
    """A theme by a characteristic.

    Attributes:
        table: The counts.
        lines: Everyone, each group, and those without one.
        end: Where the axis of shares ends.
        reach: How far the axis of differences goes to either side.
        crossing: The same by a second characteristic, where one was chosen.
        seconds: What can be chosen.
        corrected: Whether shares are corrected by what people read.
        method: How to read the figures.
    """

    table: CountsTable
    lines: tuple[GroupLine, ...]
    end: float
    reach: float
    crossing: Crossing | None
    seconds: tuple[tuple[str, str], ...]
    corrected: bool
    method: tuple[words.Fact, ...]

    @property
    def everyone(self) -> CountRow:
        """The row of everyone."""
        return self.lines[0].row


@router.get("/surveys/{survey}/groups")
def show_characteristics(desk: Annotated[FigureDesk, Depends()]) -> HTMLResponse:
    """Show by what people can be parted."""
    return desk.answer("pages/groups.html", "groups", lambda: _choices(desk))


@router.get("/surveys/{survey}/groups/{characteristic}")
def show_heatmap(desk: Annotated[FigureDesk, Depends()], characteristic: str) -> HTMLResponse:
    """Show themes by the groups of a characteristic."""
    return desk.answer(
        "pages/heatmap.html",
        "groups",
        lambda: _by_group(desk, characteristic),
        parting=characteristic,
    )


@router.get("/surveys/{survey}/groups/{characteristic}/{theme}")
def show_theme(
    desk: Annotated[FigureDesk, Depends()], characteristic: str, theme: str
) -> HTMLResponse:
    """Show one theme by the groups of a characteristic."""
    return desk.answer(
        "pages/group_theme.html",
        "groups",
        lambda: _one_theme(desk, characteristic, theme),
        parting=characteristic,
        theme=theme,
    )


def _choices(desk: FigureDesk) -> tuple[Choice, ...]:
    _, progress = with_progress(desk.store, desk.survey.id)
    shares = missing_shares(progress.responses, progress.groups)
    return tuple(
        Choice(each.id, each.name, each.told, shares.get(each.id))
        for each in desk.countable.partings
    )


def _by_group(desk: FigureDesk, characteristic: str) -> ByGroup:
    name = desk.parting_name(characteristic)
    table = desk.counts(characteristic)
    return ByGroup(name, table, heatmap(table, _behind(desk)), words.method([table]))


def _one_theme(desk: FigureDesk, characteristic: str, theme: str) -> OneTheme:
    desk.parting_name(characteristic)
    desk.theme_name(theme)
    correct = desk.setting("correct", CORRECT) == "true"
    table = desk.counts(characteristic, themes=(theme,), correct=correct)
    lines, href = grid(table), _behind(desk)
    differences = [row.difference for row in table.rows if row.difference]
    corrected = [row.corrected.share for row in table.rows if row.corrected]
    seconds = tuple(
        (each.id, each.name)
        for each in desk.countable.partings
        if each.told and each.id != characteristic
    )
    return OneTheme(
        table=table,
        lines=tuple(
            GroupLine(name, row, href(row) if row.count else None)
            for name, row in zip(lines.groups, table.rows, strict=True)
        ),
        end=axis_end([*(row.share for row in table.rows), *corrected]),
        reach=max((max(abs(each.low), abs(each.high)) for each in differences), default=0.1),
        crossing=_crossing(desk, characteristic, theme, dict(seconds)),
        seconds=seconds,
        corrected=correct,
        method=words.method([table]),
    )


def _crossing(
    desk: FigureDesk, characteristic: str, theme: str, names: dict[str, str]
) -> Crossing | None:
    chosen = desk.setting("second", ("", *names))
    if not chosen:
        return None
    table = desk.counts(characteristic, chosen, themes=(theme,))
    return Crossing(chosen, names[chosen], *crossed(table, _behind(desk)))


def _behind(desk: FigureDesk) -> Callable[[CountRow], str | None]:
    links = desk.links
    return lambda row: links.comments(row.theme, row.groups)
