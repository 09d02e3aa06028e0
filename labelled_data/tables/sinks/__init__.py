"""Writers of each format, which know nothing of temporary names."""

from labelled_data.tables.sinks.delimited import DelimitedSink
from labelled_data.tables.sinks.excel import SheetSink
from labelled_data.tables.sinks.jsonlines import JsonLinesSink
from labelled_data.tables.sinks.parquet import ParquetSink

__all__ = ["DelimitedSink", "JsonLinesSink", "ParquetSink", "SheetSink"]
