"""Counting themes of a tagged file, and writing what was counted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from service.count_files import counts_file, report_file
from service.counted_survey import faults_named
from service.counting import Publication
from service.counts.cautions import cautions
from service.counts.table import build_table, build_trend, protected
from service.counts.tagged_file import read_tagged
from service.errors import FieldError, UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evaluation.fairness import Fairness
    from labelled_data import Codebook
    from service.counts.policy import Policy
    from service.counts.readings import Readings
    from service.counts.records import CountQuery, CountsTable, TrendTable
    from service.counts.table import Protected
    from service.counts.tagged_file import TaggedColumns
    from service.file_formats import FileFormat

ONE_RUN = (
    "Figures are protected together with those of the same run only: name every column by which"
    " figures are published in one run."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCounts:
    """What is to be counted in a tagged file.

    Attributes:
        columns: What its columns hold; there is a table by each of `columns.by`.
        codebook: What its themes belong to; None for the one shipped codebook that has them all.
        fairness: Errors of the model that tagged it by equality group, where they are known.
        query: Which people count; it parts them by nothing.
        cross: Whether there is one table by the crossing of two columns in place of one by each.
        period: Over which periods themes are followed too; None for no such table.
        sheet: Sheet of a workbook; the first when None.
    """

    columns: TaggedColumns
    codebook: Codebook | None = None
    fairness: Fairness | None = None
    query: CountQuery
    cross: bool = False
    period: str | None = None
    sheet: str | None = None


def count_file(path: Path, wanted: FileCounts, policy: Policy) -> Publication:
    """Count how often each theme of a tagged file is raised.

    Args:
        path: What `sayso tag` wrote.
        wanted: What is to be counted.
        policy: What may be published of small numbers.

    Raises:
        DataError: The file cannot be read as it should be.
        UnprocessableError: It has nothing of the kind, or the policy does not allow it.
    """
    readings = read_tagged(path, wanted.columns, wanted.codebook, sheet=wanted.sheet)
    _check_level(readings, wanted.columns)
    file = _TaggedFile(path.name, readings, policy, protected(readings, policy), wanted.fairness)
    tables = tuple(file.table(query) for query in _queries(readings, wanted))
    if wanted.period is None:
        return Publication(tables=tables, trend=None)
    with faults_named(by="period"):
        return Publication(tables=tables, trend=file.trend(wanted.query, wanted.period))


def publication_file(made: Publication, kind: FileFormat) -> bytes:
    """Give what was counted as a file of a format.

    JSON has the tables under `tables` and the change over time under `trend`. In CSV, tables stand
    under one another.

    Raises:
        UnprocessableError: It is CSV, which has no room for the change over time.
    """
    if kind == "json":
        tables = [table.model_dump(mode="json") for table in made.tables]
        trend = None if made.trend is None else made.trend.model_dump(mode="json")
        return json.dumps({"tables": tables, "trend": trend}, ensure_ascii=False).encode()
    if kind != "csv":
        return report_file(made.tables, made.trend, kind)
    if made.trend is not None:
        raise UnprocessableError(
            "a CSV file has no room for themes over time; name an .xlsx, .html or .json file"
        )
    first, *others = (counts_file(table, kind) for table in made.tables)
    return first + b"".join(other.split(b"\r\n", 1)[1] for other in others)


@dataclass(frozen=True, slots=True)
class _TaggedFile:
    name: str
    readings: Readings
    policy: Policy
    held: Protected | None
    fairness: Fairness | None

    def table(self, query: CountQuery) -> CountsTable:
        made = build_table(
            self.readings,
            query,
            self.policy,
            survey=self.name,
            survey_name=self.name,
            model=None,
            made=datetime.now(UTC),
            cautions=partial(cautions, self.fairness),
            protection=self.held,
        )
        return made.model_copy(update={"notes": (*made.notes, *self._notes())})

    def trend(self, query: CountQuery, period: str) -> TrendTable:
        made = build_trend(
            self.readings,
            query,
            period,
            self.policy,
            survey=self.name,
            survey_name=self.name,
            model=None,
            made=datetime.now(UTC),
            protection=self.held,
        )
        return made.model_copy(update={"notes": (*made.notes, *self._notes())})

    def _notes(self) -> tuple[str, ...]:
        return (ONE_RUN,) if self.policy.protects else ()


def _queries(readings: Readings, wanted: FileCounts) -> Iterator[CountQuery]:
    named = [each.id for each in readings.characteristics]
    if wanted.cross and len(named) != 2:
        raise _wrong("cross", f"two columns can be crossed, and {len(named)} are named")
    by: list[tuple[str, ...]] = [tuple(named)] if wanted.cross else [(each,) for each in named]
    for each in by or [()]:
        yield wanted.query.model_copy(update={"by": each})


def _check_level(readings: Readings, columns: TaggedColumns) -> None:
    compared = [each.compared for each in readings.characteristics]
    if columns.level == "broad_groups" and columns.level not in compared:
        raise _wrong("level", "no column has a scheme with broad groups; name one with --scheme")


def _wrong(member: str, message: str) -> UnprocessableError:
    return UnprocessableError(message, (FieldError(None, member, message),))
