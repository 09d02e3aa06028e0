"""Reading and writing the tables that every tool of Sayso takes and gives."""

from labelled_data.tables.opening import FORMATS, open_table
from labelled_data.tables.table import Table, TableBatch
from labelled_data.tables.workspace import remove_leftovers
from labelled_data.tables.writer import TableWriter
from labelled_data.tables.writing import open_writer

__all__ = [
    "FORMATS",
    "Table",
    "TableBatch",
    "TableWriter",
    "open_table",
    "open_writer",
    "remove_leftovers",
]
