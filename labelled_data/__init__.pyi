from .checks import check_table
from .codebook import Codebook, Theme, load_codebook, shipped_codebook, shipped_codebooks
from .crosswalk import Crosswalk, CrosswalkRule, load_crosswalk, shipped_crosswalk
from .distinct_comments import BLAME, PRAISE, DistinctComments, distinct, unlabelled
from .equality_groups import (
    EqualityGroup,
    EqualityScheme,
    GroupOutcome,
    MissingGroup,
    load_equality_scheme,
    shipped_equality_scheme,
    shipped_equality_schemes,
)
from .errors import (
    CodebookError,
    DataError,
    EqualitySchemeError,
    HeaderError,
    LabelError,
    RowError,
    TableError,
    UnmappedValueError,
    UnreadableError,
    WriteError,
)
from .example import example_file
from .example_surveys import ExampleSurvey, example_survey
from .findings import CheckReport, Finding
from .labelled_tables import read_labelled, write_labelled
from .polarity import Polarity
from .qdc import QdcImport, import_qdc, read_qdc
from .records import LabelledComment
from .spans import Span, numbered_sentences
from .splits import fold_of, split_of
from .text import normalise, repair

__all__ = [
    "BLAME",
    "PRAISE",
    "CheckReport",
    "Codebook",
    "CodebookError",
    "Crosswalk",
    "CrosswalkRule",
    "DataError",
    "DistinctComments",
    "EqualityGroup",
    "EqualityScheme",
    "EqualitySchemeError",
    "ExampleSurvey",
    "Finding",
    "GroupOutcome",
    "HeaderError",
    "LabelError",
    "LabelledComment",
    "MissingGroup",
    "Polarity",
    "QdcImport",
    "RowError",
    "Span",
    "TableError",
    "Theme",
    "UnmappedValueError",
    "UnreadableError",
    "WriteError",
    "check_table",
    "distinct",
    "example_file",
    "example_survey",
    "fold_of",
    "import_qdc",
    "load_codebook",
    "load_crosswalk",
    "load_equality_scheme",
    "normalise",
    "numbered_sentences",
    "read_labelled",
    "read_qdc",
    "repair",
    "shipped_codebook",
    "shipped_codebooks",
    "shipped_crosswalk",
    "shipped_equality_scheme",
    "shipped_equality_schemes",
    "split_of",
    "unlabelled",
    "write_labelled",
]
