from __future__ import annotations

import subprocess
import sys

import labelled_data
from labelled_data import tables


def test_the_public_names_change_only_on_purpose() -> None:
    assert sorted(labelled_data.__all__) == [
        "BLAME",
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
        "PRAISE",
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
    assert tables.__all__ == [
        "FORMATS",
        "Table",
        "TableBatch",
        "TableWriter",
        "open_table",
        "open_writer",
        "remove_leftovers",
    ]


def test_every_public_name_is_there() -> None:
    for package in (labelled_data, tables):
        assert all(hasattr(package, name) for name in package.__all__)


def test_the_commands_are_imported_without_the_slow_libraries() -> None:
    code = (
        "import sys, labelled_data.commands;"
        "print({'polars', 'fastexcel', 'xlsxwriter', 'ftfy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
