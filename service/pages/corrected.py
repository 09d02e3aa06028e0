"""Corrected figures as they stand while people read."""

from dataclasses import dataclass
from itertools import groupby

from fastapi import Request, Response

from service import surveys
from service.corrected_counts import CorrectedCounts, corrected_counts
from service.counted_survey import faults_named
from service.counting import allowed
from service.counts.outputs import words
from service.counts.records import Corrected, CountRow, CountsTable
from service.deps import ModelsDep, ReadingsDep, StoreDep
from service.errors import UnprocessableError
from service.pages.asked import Pairs, by_field, field_errors, pairs_of, read_as
from service.pages.axis import axis_end
from service.pages.comment_search import characteristics_of, codebook_of
from service.pages.figure_links import FigureLinks, links_of
from service.pages.route import page_router
from service.pages.share_bars import Bar, bar
from service.pages.visitor import SurveyViewer
from service.rendering import page
from service.schemas.counts import OUTSIDE, CountsFilter
from service.schemas.surveys import SurveyPath
from service.security.principals import Scope

router = page_router()

FIELDS = ("by", "theme", "policy")
WRONG = {
    "by": "Choose a characteristic of the survey",
    "theme": "Choose a theme of the codebook",
}


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row with its drawing.

    Attributes:
        row: The row.
        who: Whom it is of.
        bar: Both shares, drawn; None where neither is told.
        href: Address of the comments behind the counted share, if they may be read.
    """

    row: CountRow
    who: str
    bar: Bar | None
    href: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A corrected table as it is shown.

    Attributes:
        table: The table.
        themes: Name and rows of each theme.
        steps: How everyone's corrected share of the one theme narrowed, each step with its drawing.
        end: The share at which drawings end.
        method: How to read the figures.
    """

    table: CountsTable
    themes: list[tuple[str, list[RowShown]]]
    steps: list[tuple[Corrected, Bar | None]]
    end: float
    method: tuple[words.Fact, ...]


@router.get("/surveys/{survey}/corrected")
def show_corrected(
    survey: SurveyPath,
    request: Request,
    store: StoreDep,
    models: ModelsDep,
    readings: ReadingsDep,
    visitor: SurveyViewer,
) -> Response:
    """Show counted and corrected shares side by side, or why a share is not corrected."""
    pairs = pairs_of(request.query_params.multi_items(), FIELDS)
    found, errors = None, []
    try:
        wanted = read_as(CountsFilter, pairs, ("by", "theme"))
        policy = allowed(wanted.chosen_policy(), visitor.principal)
        with faults_named(**OUTSIDE):
            found = corrected_counts(
                store, models, readings, survey, wanted.query(), policy, visitor.name
            )
    except UnprocessableError as error:
        errors = field_errors(error, WRONG)
    told = surveys.get(store, survey)
    codebook = codebook_of(told, models)
    links = links_of(told, [], visitor.may(Scope.COMMENTS_READ))
    return page(
        "pages/corrected.html",
        422 if errors else 200,
        visitor=visitor,
        survey=told,
        asked=by_field(pairs, FIELDS),
        files=_files(links, pairs),
        parted=[(each.id, each.name) for each in characteristics_of(told)],
        themes=[(theme.id, theme.name) for theme in codebook.themes] if codebook else [],
        errors=errors,
        wrong=by_field(errors, FIELDS),
        shown=_shown(found, links) if found else None,
    )


def _shown(found: CorrectedCounts, links: FigureLinks) -> Shown:
    rows, steps = found.table.rows, found.steps
    corrected = [row.corrected for row in rows if row.corrected]
    end = axis_end([*(row.share for row in rows), *(each.share for each in (*corrected, *steps))])
    by_theme = groupby(rows, key=lambda row: (row.theme, row.theme_name))
    return Shown(
        table=found.table,
        themes=[(name, [_row(row, end, links) for row in of]) for (_, name), of in by_theme],
        steps=[(step, bar(None, step.share, end)) for step in steps],
        end=end,
        method=words.method([found.table]),
    )


def _row(row: CountRow, end: float, links: FigureLinks) -> RowShown:
    corrected = row.corrected.share if row.corrected else None
    who = ", ".join(row.group_names.values()) or "Everyone"
    href = links.comments(row.theme, row.groups) if row.count else None
    return RowShown(row, who, bar(row.share, corrected, end), href)


def _files(links: FigureLinks, pairs: Pairs) -> Pairs:
    """Give the names of the formats in which the calls answer with the same table, and where."""
    asked = [*pairs, ("correct", "true")]
    formats = (("CSV", "csv"), ("Excel", "xlsx"), ("JSON", "json"))
    return [(name, links.file("counts", kind, *asked)) for name, kind in formats]
