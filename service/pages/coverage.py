"""What could not be read of a survey, and whose group is not known."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from models import Status
from service.coarse_progress import coarse_progress
from service.counts.characteristics import MISSING_NODES
from service.counts.outputs.bar_chart import Bar, coverage_bars
from service.errors import UnprocessableError
from service.missing_groups import FEWEST, MissingShares, missing_shares
from service.pages.comment_words import STATUSES
from service.pages.figure_desk import FigureDesk
from service.pages.route import page_router
from service.records import Progress
from service.security.principals import Scope
from service.surveys import with_progress

router = page_router()


@dataclass(frozen=True, slots=True)
class StatusLine:
    """Comments of a status.

    Attributes:
        words: The status, in words.
        comments: How many there are, rounded for those who may not see exact numbers.
        href: Their address, if they may be read.
    """

    words: str
    comments: int
    href: str | None


@dataclass(frozen=True, slots=True)
class MissingLine:
    """Whose group of a characteristic is not known.

    Attributes:
        name: The characteristic.
        known: Share of responses whose group is known.
        reasons: Why it is missing, the share of responses, and the address of their comments.
        figures: Address of the figures by this characteristic.
    """

    name: str
    known: float
    reasons: tuple[tuple[str, float, str | None], ...]
    figures: str


@dataclass(frozen=True, slots=True)
class Covered:
    """What the page shows.

    Attributes:
        progress: How far the survey has come.
        exact: Whether numbers are exact.
        bars: Shares of responses that could be read or not; empty for a survey of few.
        statuses: Comments by how far they could be read; empty for a survey of few.
        missing: Whose group is not known; empty for a survey of few.
        fewest: Responses, or comments, below which nothing is told.
    """

    progress: Progress
    exact: bool
    bars: tuple[Bar, ...]
    statuses: tuple[StatusLine, ...]
    missing: tuple[MissingLine, ...]
    fewest: int


@router.get("/surveys/{survey}/coverage")
def show_coverage(desk: Annotated[FigureDesk, Depends()]) -> HTMLResponse:
    """Show what could not be read, and who is missing."""
    reasons = [(node.name, "number") for node in MISSING_NODES]
    return desk.answer(
        "pages/coverage.html", "overview", lambda: _covered(desk), (), reasons=reasons
    )


def _covered(desk: FigureDesk) -> Covered:
    _, progress = with_progress(desk.store, desk.survey.id)
    exact = desk.visitor.may(Scope.COUNTS_EXACT)
    told = progress if exact else coarse_progress(progress)
    shares = missing_shares(progress.responses, progress.groups)
    return Covered(
        progress=told,
        exact=exact,
        bars=_bars(desk),
        statuses=tuple(
            StatusLine(
                STATUSES[status],
                told.statuses[status],
                desk.links.comments(more={"status": status.value}),
            )
            for status in Status
            if status in told.statuses
        ),
        missing=tuple(
            _missing(desk, each, name, shares[each])
            for each, name in desk.characteristics.items()
            if each in shares
        ),
        fewest=FEWEST,
    )


def _bars(desk: FigureDesk) -> tuple[Bar, ...]:
    """Give the shares of responses that could be read; none of a survey that is not counted."""
    try:
        return coverage_bars(desk.counts().coverage)
    except UnprocessableError:
        return ()


def _missing(
    desk: FigureDesk, characteristic: str, name: str, shares: MissingShares
) -> MissingLine:
    return MissingLine(
        name,
        shares.known,
        tuple(
            (
                node.name,
                getattr(shares, node.id),
                desk.links.comments(groups={characteristic: node.id}),
            )
            for node in MISSING_NODES
        ),
        desk.links.figures("groups", characteristic),
    )
