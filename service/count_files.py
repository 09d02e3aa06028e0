"""Counts as the bytes of a file in one of several formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.counts.outputs.csv import counts_csv, trend_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.counts.records import CountsTable, TrendTable
    from service.file_formats import FileFormat


def counts_file(table: CountsTable, kind: FileFormat) -> bytes:
    """Give a table as a file of a format."""
    match kind:
        case "json":
            return table.model_dump_json().encode()
        case "csv":
            return counts_csv(table)
        case _:
            return report_file([table], None, kind)


def trends_file(table: TrendTable, kind: FileFormat) -> bytes:
    """Give themes over time as a file of a format."""
    match kind:
        case "json":
            return table.model_dump_json().encode()
        case "csv":
            return trend_csv(table)
        case _:
            return report_file([], table, kind)


def report_file(
    tables: Sequence[CountsTable], trends: TrendTable | None, kind: FileFormat
) -> bytes:
    """Give tables and trends as a workbook, or else as a page; what draws them is loaded late."""
    if kind == "xlsx":
        from service.counts.outputs.xlsx import counts_workbook

        return counts_workbook(tables, trends)
    from service.counts.outputs.html import counts_report

    return counts_report(tables, trends)
