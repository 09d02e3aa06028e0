"""Tables of counts as files for people: CSV, Excel workbooks and pages."""

from service.counts.outputs.csv import counts_csv, trend_csv
from service.counts.outputs.html import counts_report
from service.counts.outputs.xlsx import counts_workbook

__all__ = ["counts_csv", "counts_report", "counts_workbook", "trend_csv"]
