"""Calls that count themes by equality group."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response, status

from service import counting
from service.count_files import counts_file, report_file, trends_file
from service.counted_survey import faults_named
from service.counts.records import CountsTable, TrendTable
from service.deps import ModelsDep, ReadingsDep, StoreDep, SurveyReader
from service.errors import ConflictError, NotFoundError, UnprocessableError
from service.file_formats import MEDIA_TYPES, FileFormat, preferred
from service.problem import KEYED, documented
from service.schemas.count_examples import COUNTS, COUNTS_CSV, PAGE, TRENDS, TRENDS_CSV, WORKBOOK
from service.schemas.counts import OUTSIDE, CountsFilter, ReportFilter, TrendsFilter
from service.schemas.surveys import SurveyPath
from service.security.headers import REPORT

FIGURES: tuple[FileFormat, ...] = ("json", "csv", "xlsx", "html")
REPORTS: tuple[FileFormat, ...] = ("xlsx", "html")

router = APIRouter(
    prefix="/v1/surveys",
    tags=["counts"],
    responses=documented(*KEYED, NotFoundError, ConflictError, UnprocessableError),
)


def _answers(**examples: object) -> dict[int | str, dict[str, Any]]:
    """Describe an answer that comes in several formats, by an example of each."""
    binary = {"xlsx": {"type": "string", "format": "binary"}}
    text = {"type": "string"}
    content = {
        media_type: {"example": examples[kind]}
        | ({} if kind == "json" else {"schema": binary.get(kind, text)})
        for kind, media_type in MEDIA_TYPES.items()
        if kind in examples
    }
    return {status.HTTP_200_OK: {"content": content}}


@router.get(
    "/{survey}/counts",
    summary="Count themes by group",
    response_model=CountsTable,
    response_description="The counts",
    responses=_answers(json=COUNTS, csv=COUNTS_CSV, xlsx=WORKBOOK, html=PAGE),
)
def read_counts(
    survey: SurveyPath,
    wanted: Annotated[CountsFilter, Query()],
    request: Request,
    store: StoreDep,
    models: ModelsDep,
    readings: ReadingsDep,
    caller: SurveyReader,
) -> Response:
    """Tell how many people raise each theme, by up to two characteristics.

    A person counts once per theme however many comments they left. The base is of people with a
    comment that could be read. Those whose group is not there have rows of their own, by the
    reason, and are never compared.

    Small numbers are protected, however tables are combined; dates are then of whole months.
    """
    policy, query = counting.allowed(wanted.chosen_policy(), caller), wanted.query()
    with faults_named(**OUTSIDE):
        table = counting.counts(store, models, readings, survey, query, policy, caller.name)
    kind = _kind(request, wanted.format, FIGURES)
    name = "-by-".join([f"{survey}-counts", *(["-".join(wanted.by)] if wanted.by else [])])
    return _answer(counts_file(table, kind), kind, name)


@router.get(
    "/{survey}/trends",
    summary="Follow themes over time",
    response_model=TrendTable,
    response_description="The themes over time",
    responses=_answers(json=TRENDS, csv=TRENDS_CSV, xlsx=WORKBOOK, html=PAGE),
)
def read_trends(
    survey: SurveyPath,
    wanted: Annotated[TrendsFilter, Query()],
    request: Request,
    store: StoreDep,
    models: ModelsDep,
    readings: ReadingsDep,
    caller: SurveyReader,
) -> Response:
    """Tell the share of people who raise each theme, period by period, and what stands out.

    Periods are protected like groups are. Control limits are those of a p-chart, and signals tell
    by which rule of statistical process control a period is special.
    """
    policy = counting.allowed(wanted.chosen_policy(), caller)
    query, period = wanted.query(), wanted.period
    with faults_named(**OUTSIDE):
        table = counting.trend(store, models, readings, survey, query, period, policy, caller.name)
    kind = _kind(request, wanted.format, FIGURES)
    return _answer(trends_file(table, kind), kind, f"{survey}-trends-by-{period}")


@router.get(
    "/{survey}/report",
    summary="Make a report",
    response_class=Response,
    response_description="A workbook, or a page that needs nothing else",
    responses=_answers(xlsx=WORKBOOK, html=PAGE),
)
def read_report(
    survey: SurveyPath,
    wanted: Annotated[ReportFilter, Query()],
    request: Request,
    store: StoreDep,
    models: ModelsDep,
    readings: ReadingsDep,
    caller: SurveyReader,
) -> Response:
    """Put everyone, a table for each characteristic, and the change over time in one file."""
    policy = counting.allowed(wanted.chosen_policy(), caller)
    with faults_named(by="characteristic"):
        made = counting.publication(
            store,
            models,
            readings,
            survey,
            wanted.characteristics,
            wanted.period,
            policy,
            caller.name,
            correct=wanted.correct,
        )
    kind = _kind(request, wanted.format, REPORTS)
    return _answer(report_file(made.tables, made.trend, kind), kind, f"{survey}-report")


def _kind(
    request: Request, named: FileFormat | None, offered: tuple[FileFormat, ...]
) -> FileFormat:
    return named or preferred(request.headers.get("accept", ""), offered)


def _answer(content: bytes, kind: FileFormat, name: str) -> Response:
    """Send a file; a browser shows what it can, and stores the rest under its name."""
    shown = "attachment" if kind in ("csv", "xlsx") else "inline"
    headers = {
        "Content-Disposition": f'{shown}; filename="{name}.{kind}"',
        "Cache-Control": "no-store",
        "Vary": "Accept",
    }
    if kind == "html":
        headers["Content-Security-Policy"] = REPORT
    return Response(content, media_type=MEDIA_TYPES[kind], headers=headers)
