from .checks import check_table
from .codebook import Codebook, Theme, load_codebook, shipped_codebook, shipped_codebooks
from .distinct_comments import DistinctComments, distinct
from .errors import (
    CodebookError,
    DataError,
    HeaderError,
    LabelError,
    RowError,
    TableError,
    UnreadableError,
    WriteError,
)
from .example import example_file
from .findings import CheckReport, Finding
from .labelled_tables import read_labelled, write_labelled
from .qdc import QdcImport, import_qdc, read_qdc
from .records import LabelledComment
from .splits import fold_of, split_of
from .text import normalise, repair

__all__ = [
    "CheckReport",
    "Codebook",
    "CodebookError",
    "DataError",
    "DistinctComments",
    "Finding",
    "HeaderError",
    "LabelError",
    "LabelledComment",
    "QdcImport",
    "RowError",
    "TableError",
    "Theme",
    "UnreadableError",
    "WriteError",
    "check_table",
    "distinct",
    "example_file",
    "fold_of",
    "import_qdc",
    "load_codebook",
    "normalise",
    "read_labelled",
    "read_qdc",
    "repair",
    "shipped_codebook",
    "shipped_codebooks",
    "split_of",
    "write_labelled",
]
